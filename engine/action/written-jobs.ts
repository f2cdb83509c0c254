import { gvkOf } from "../object/gvk.ts";
import { integerAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace, getResourceVersion } from "../object/read.ts";
import type { Operation } from "./state.ts";
import type { StageResult, Step } from "./step.ts";

/** Jobs that an operation remembers: more would fill its state. */
const MAX_JOBS = 100;
/** Stands for the version of a Job whose end was seen. */
export const SEEN_TO_END = "ended";

/** True for a Job that deletes itself when it is over: it may be gone before anybody looks. */
export function vanishes(object: KubeObject): boolean {
  const { group, kind } = gvkOf(object);
  return group === "batch" && kind === "Job" && integerAt(object, "spec", "ttlSecondsAfterFinished") !== undefined;
}

/** How a Job is remembered. */
export function jobKey(object: KubeObject): string {
  return `${getNamespace(object)}/${getName(object)}`;
}

/** Notes what was written, when its end may have to be looked for from there. */
export function noteWritten(step: Step, written: KubeObject): void {
  const version = getResourceVersion(written);
  if (version !== undefined && vanishes(written)) step.cache.jobs.set(jobKey(written), version);
}

/** What a stage came to, with the Jobs that it wrote. */
export function withWrittenJobs(step: Step, result: StageResult): StageResult {
  if (step.cache.jobs.size === 0) return result;
  return { ...result, operation: withJobs(result.operation, Object.fromEntries(step.cache.jobs)) };
}

/** The operation with more Jobs to remember. */
export function withJobs(operation: Operation, more: NonNullable<Operation["jobs"]>): Operation {
  const jobs = Object.entries({ ...operation.jobs, ...more }).slice(0, MAX_JOBS);
  return jobs.length === 0 ? operation : { ...operation, jobs: Object.fromEntries(jobs) };
}
