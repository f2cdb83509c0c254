import { indexPlace, indexRecordKey, INDEXES } from "../content/keys.ts";
import type { ObjectHead } from "../content/object-store.ts";
import { readJson } from "../content/record.ts";
import { DONE, type PhaseStep, type Run } from "./run.ts";

const PAGE = 200;
/** Calls for one object: what is written of its project, and its end. */
const INDEX_CALLS = 4;

/** Large indexes that no record names, or whose project is not there any more. A write that is under way is younger than the grace time. */
export const removeIndexes: PhaseStep = async (run, cursor) => {
  let after = cursor;
  while (run.budget.allows(1 + INDEX_CALLS)) {
    const page = await run.store.list(INDEXES, { limit: PAGE, ...(after === "" ? {} : { after }) });
    for (const item of page.items) {
      if (!run.budget.allows(INDEX_CALLS)) return { done: false, cursor: after };
      await removeIndex(run, item);
      after = item.key;
    }
    if (page.next === undefined) return DONE;
  }
  return { done: false, cursor: after };
};

async function removeIndex(run: Run, item: ObjectHead): Promise<void> {
  if (item.modified > run.before || (await isUsed(run, item.key))) return;
  run.count("indexesTaken");
  if (!run.dryRun) await run.store.delete(item.key);
}

async function isUsed({ find, store }: Run, key: string): Promise<boolean> {
  const { project, name } = indexPlace(key);
  if (find(project) === undefined) return false;
  return name === undefined || (await readJson(store, indexRecordKey(project)))?.value["name"] === name;
}
