import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildTool } from "../oracles/build.ts";

/** What `test/oracles/tools/helmbench` is asked: a chart to load, renders of the loaded one, or a program to run. */
export type HelmRequest =
  | { readonly chart: string; readonly values: string; readonly kubeVersion: string }
  | { readonly renders: number }
  | { readonly command: readonly string[]; readonly directory: string };

/** Milliseconds of each round, the bytes that came out, and of a program its CPU milliseconds. */
export interface HelmAnswer {
  readonly ms: readonly number[] | null;
  readonly cpu: number;
  readonly bytes: number;
  readonly error?: string;
}

/** Helm's own packages in a process of their own, asked one thing at a time. */
export interface HelmBench {
  readonly ask: (request: HelmRequest) => Promise<HelmAnswer>;
  readonly stop: () => void;
}

/** Starts the Go program, built if need be. */
export function startHelmBench(): HelmBench {
  const child = spawn(join(buildTool("helmbench"), "helmbench"), { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { done, value } = await lines.next();
      if (done === true) throw new Error("helmbench ended early");
      return JSON.parse(value) as HelmAnswer;
    },
    stop: () => child.stdin.end(),
  };
}
