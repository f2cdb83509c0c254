import { lastSegment, usageKey } from "../content/keys.ts";
import { listKeys } from "../content/record.ts";
import { beginCount, endCount } from "../content/usage.ts";
import { DONE, type PhaseStep } from "./run.ts";

const PAGE = 200;
/** Calls to begin or end a count, races included. */
const COUNT_CALLS = 4;

/** Begins the count of every project that has one: what is pushed from now on is added to what this collection finds. */
export const beginCounts: PhaseStep = async (run, cursor) => {
  if (run.dryRun) return DONE;
  let after = cursor;
  while (run.budget.allows(1 + COUNT_CALLS)) {
    const page = await listKeys(run.store, usageKey(""), { limit: PAGE, ...(after === "" ? {} : { after }) });
    for (const key of page.keys) {
      if (!run.budget.allows(COUNT_CALLS)) return { done: false, cursor: after };
      await beginCount(run.store, lastSegment(key));
      run.hold(lastSegment(key), 0);
      after = key;
    }
    if (page.next === undefined) return DONE;
  }
  return { done: false, cursor: after };
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
