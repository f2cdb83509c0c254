import { indexPlace, indexRecordKey, INDEXES } from "../content/keys.ts";
import type { ObjectHead } from "../content/object-store.ts";
import { readJson } from "../content/record.ts";
import type { PhaseStep, Run } from "./run.ts";
import { walkObjects } from "./walk.ts";

/** Calls for one object: what is written of its project, and its end. */
const INDEX_CALLS = 4;

/** Large indexes that no record names, or whose project is not there any more. A write that is under way is younger than the grace time. */
export const removeIndexes: PhaseStep = async (run, cursor) => {
  const walk = { prefix: INDEXES, cursor, calls: INDEX_CALLS };
  return await walkObjects(run, walk, async (item) => await removeIndex(run, item));
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
