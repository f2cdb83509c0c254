import type { JsonObject } from "../errors.ts";
import { explainStates, type Finding } from "../kube/explain.ts";
import type { WaitState } from "../kube/wait.ts";
import type { Step } from "./step.ts";
import { findingText, tellFindings } from "./tell.ts";

/** Nothing is asked about a wait that is this young: most things get ready by themselves. */
const FIRST_AFTER = 2000;
/** Reasons are looked for no more often than this. */
const AGAIN_AFTER = 5000;
/** Reasons that a failure names. */
const MAX_NAMED = 20;

/** What a wait remembers about reasons. */
export interface ReasonMemory {
  readonly since: number;
  readonly memory: string;
  readonly explainedAt?: number;
}

/** What looking for reasons came to. */
export interface Reasons {
  readonly findings: readonly Finding[];
  readonly news: boolean;
  readonly memory: string;
  readonly explainedAt?: number;
}

/** Looks for the reasons why objects are not ready, when it is time to, or `now`: the wait ends. Tells what is new. */
export async function lookForReasons(
  step: Step,
  states: readonly WaitState[],
  before: ReasonMemory,
  when: "due" | "now",
): Promise<Reasons> {
  const at = step.deps.now();
  const due = before.explainedAt === undefined ? before.since + FIRST_AFTER : before.explainedAt + AGAIN_AFTER;
  if (when === "due" && at < due) return { findings: [], news: false, ...withoutSince(before) };
  const findings = await explainStates(step.session, states);
  return { findings, ...tellFindings(step, findings, before.memory), explainedAt: at };
}

function withoutSince({ since: _since, ...rest }: ReasonMemory): Omit<ReasonMemory, "since"> {
  return rest;
}

/** The reasons as a failure's detail. */
export function reasonDetail(findings: readonly Finding[]): JsonObject {
  return findings.length === 0 ? {} : { reasons: findings.slice(0, MAX_NAMED).map(findingText) };
}
