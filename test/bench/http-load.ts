import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildTool } from "../oracles/build.ts";

/** One request of an operation, ready to be sent. */
export interface LoadRequest {
  /** Request line and headers; `%s` is the path where the request follows. */
  readonly head: string;
  /** It goes to the Location of the answer before, with `query` added. */
  readonly follow?: boolean;
  readonly query?: string;
  /** Where its body lies in the plan's `bodies`. */
  readonly offset?: number;
  readonly length?: number;
  readonly status: number;
  /** Size of the answer's body; -1: any. */
  readonly bytes: number;
}

/** Requests that belong together: one after the other on one connection. */
export type LoadOperation = readonly LoadRequest[];

/** A load: its operations in turn until the time is over, or once. */
export interface LoadPlan {
  readonly address: string;
  readonly connections: number;
  readonly milliseconds: number;
  readonly once?: boolean;
  /** A file. */
  readonly bodies?: string;
  readonly operations: readonly LoadOperation[];
}

/** What came of a load; times in milliseconds. */
export interface LoadOutcome {
  readonly operations: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failure?: string;
}

/** A process that sends loads. */
export interface HttpLoad {
  readonly run: (plan: LoadPlan) => Promise<LoadOutcome>;
  readonly stop: () => void;
}

/** Starts `test/oracles/tools/httpload`, built if need be. */
export function startHttpLoad(): HttpLoad {
  const child = spawn(join(buildTool("httpload"), "httpload"), { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (plan) => {
      child.stdin.write(`${JSON.stringify(plan)}\n`);
      const { done, value } = await lines.next();
      if (done === true) throw new Error("httpload ended early");
      const outcome = JSON.parse(value) as LoadOutcome;
      if (outcome.failure !== undefined) throw new Error(`load on ${plan.address}: ${outcome.failure}`);
      return outcome;
    },
    stop: () => child.stdin.end(),
  };
}
