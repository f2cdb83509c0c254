import { lastSegment, usageKey } from "../content/keys.ts";
import { beginCount, endCount } from "../content/usage.ts";
import { DONE, type PhaseStep } from "./run.ts";
import { walkKeys } from "./walk.ts";

/** Calls to begin or end a count, races included. */
const COUNT_CALLS = 4;

/** Begins the count of every project that has one: what is pushed from now on is added to what this collection finds. */
export const beginCounts: PhaseStep = async (run, cursor) => {
  if (run.dryRun) return DONE;
  return await walkKeys(run, { prefix: usageKey(""), cursor, calls: COUNT_CALLS }, async (key) => {
    await beginCount(run.store, lastSegment(key));
    run.hold(lastSegment(key), 0);
  });
};

/** Writes down what every project holds. */
export const endCounts: PhaseStep = async (run, cursor) => {
  if (run.dryRun) return DONE;
  const held = run.held();
  let at = cursor;
  for (const project of Object.keys(held)
    .sort()
    .filter((name) => name > cursor)) {
    if (!run.budget.allows(COUNT_CALLS)) return { done: false, cursor: at };
    await endCount(run.store, project, held[project] ?? 0, run.now());
    at = project;
  }
  return DONE;
};
