import { parseRepositoryName } from "../../engine/oci/repository-name.ts";
import { catalogOf, lastSegment, listingKey, manifestsOf, repositoryOf, tagEpochKey } from "../content/keys.ts";
import { listKeys } from "../content/record.ts";
import { endEpoch } from "../content/repositories.ts";
import { splitRepository } from "../projects/project.ts";
import { judge, type PhaseStep, type Run } from "./run.ts";
import { walkKeys } from "./walk.ts";

/** Calls for one name: whether there is something, the judgement, and what was built from its tags. */
const NAME_CALLS = 20;

/**
 * Gives up the names of repositories without a manifest: listings do not show them any more, and a group looks for them at its next member.
 * Whoever pushes a manifest keeps the name first (`registry/content/condemned.ts`).
 */
export const releaseNames: PhaseStep = async (run, cursor) => {
  const walk = { prefix: catalogOf(undefined), cursor, calls: NAME_CALLS };
  return await walkKeys(run, walk, async (key) => await releaseName(run, key));
};

async function releaseName(run: Run, key: string): Promise<void> {
  const { store } = run;
  const repository = parseRepositoryName(repositoryOf(lastSegment(key)));
  if (repository === undefined) return;
  const isEmpty = async (): Promise<boolean> =>
    (await listKeys(store, manifestsOf(repository), { limit: 1 })).keys.length === 0;
  if (!(await isEmpty())) return;
  const fate = await judge(run, key, async () => (await isEmpty()) && (await store.delete(key)));
  if (fate !== "taken") return;
  run.count("namesTaken");
  await endEpoch(store, splitRepository(repository)?.project ?? repository, repository);
  for (const left of [listingKey(repository), tagEpochKey(repository)]) await store.delete(left);
}
