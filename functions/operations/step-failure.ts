import { EngineError, type JsonObject } from "../../engine/errors.ts";
import { problemOf } from "../http/engine-problem.ts";

/** What a step that threw means. */
export type StepFailure =
  /** The same step may succeed later. */
  | { readonly kind: "transient"; readonly code: string; readonly message: string }
  /** It never will. */
  | { readonly kind: "final"; readonly code: string; readonly message: string; readonly detail: JsonObject };

const TRANSIENT: ReadonlySet<string> = new Set([
  "cluster-unreachable",
  "upstream-unavailable",
  "store-unavailable",
  "rate-limited",
]);

/** Judges what `advance` threw. A defect is tried again too: a step repeats without harm, and the fault may have been the weather's. */
export function judge(thrown: unknown): StepFailure {
  const problem = problemOf(thrown);
  if (problem === undefined) {
    return { kind: "transient", code: "internal", message: "something is wrong on our side; the log has more" };
  }
  if (TRANSIENT.has(problem.code)) return { kind: "transient", code: problem.code, message: problem.message };
  const conflicts = problem.options.conflicts;
  const detail = thrown instanceof EngineError ? thrown.detail : problem.detail;
  return {
    kind: "final",
    code: problem.code,
    message: problem.message,
    detail: conflicts === undefined ? detail : { ...detail, conflicts },
  };
}
