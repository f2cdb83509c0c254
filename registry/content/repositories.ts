import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { catalogAfter, catalogKey, catalogOf, epochKey, lastSegment, repositoryOf, tagEpochKey } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { listKeys, readJson, writeJson, writeMark } from "./record.ts";

/** Makes the repository one that listings show. Written once: an existing mark is left alone. */
export async function markRepository(store: ObjectStore, project: string, repository: RepositoryName): Promise<void> {
  const key = catalogKey(project, repository);
  if ((await store.head(key)) === undefined) await writeMark(store, key);
}

/** One page of repository names. `next` goes into `after`. */
export interface RepositoryPage {
  readonly names: readonly RepositoryName[];
  readonly next?: RepositoryName;
}

/** Repositories of a project, or of all projects, behind `after`, which need not be one, that were pushed to or pulled through, as long as collection finds something there. */
export async function listRepositories(
  store: ObjectStore,
  options: { readonly project?: string; readonly after?: string; readonly limit: number },
): Promise<RepositoryPage> {
  const page = await listKeys(store, catalogOf(options.project), {
    limit: Math.min(1000, options.limit),
    ...(options.after === undefined ? {} : { after: catalogAfter(options.after) }),
  });
  const names: RepositoryName[] = [];
  for (const key of page.keys) {
    const name = parseRepositoryName(repositoryOf(lastSegment(key)));
    if (name !== undefined) names.push(name);
  }
  const next = page.next === undefined ? undefined : names.at(-1);
  return next === undefined ? { names } : { names, next };
}

/**
 * Makes everything stale that was built from the repository's tags, then what was built from its project's. Called after a tag changed,
 * or may have; costs two looks where nobody reads them all.
 */
export async function endEpoch(store: ObjectStore, project: string, repository: RepositoryName): Promise<void> {
  for (const key of [tagEpochKey(repository), epochKey(project)]) {
    if ((await store.head(key)) !== undefined) await store.delete(key);
  }
}

/**
 * What holds as long as no tag of the project changes. Asked for before the tags are read, whoever changes one meanwhile ends it.
 * `nonce` gives another one with every call.
 */
export async function currentEpoch(
  store: ObjectStore,
  project: string,
  nonce: () => string,
): Promise<string | undefined> {
  return await epochAt(store, epochKey(project), nonce);
}

/** The same for the tags of one repository. */
export async function currentTagEpoch(
  store: ObjectStore,
  repository: RepositoryName,
  nonce: () => string,
): Promise<string | undefined> {
  return await epochAt(store, tagEpochKey(repository), nonce);
}

async function epochAt(store: ObjectStore, key: string, nonce: () => string): Promise<string | undefined> {
  const known = (await readJson(store, key))?.value["epoch"];
  if (typeof known === "string") return known;
  const epoch = nonce();
  return (await writeJson(store, key, { epoch }, { kind: "absent" })).kind === "stored" ? epoch : undefined;
}
