import type { Digest } from "../../engine/oci/digest.ts";
import { parseRepositoryName, parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import {
  catalogOf,
  condemnedKey,
  lastSegment,
  manifestKey,
  manifestPlace,
  manifestsOf,
  pulledKey,
  referrersOf,
  repositoryOf,
  subjectOfMark,
  taggedOf,
  tagKey,
  tagOfHint,
  tagsOf,
  upstreamKey,
} from "../content/keys.ts";
import { deleteManifest } from "../content/manifests.ts";
import type { ObjectHead } from "../content/object-store.ts";
import { listKeys, writeJson } from "../content/record.ts";
import { endEpoch } from "../content/repositories.ts";
import { readTag } from "../content/tags.ts";
import { type HostedProject, type ProxyProject, splitRepository } from "../projects/project.ts";
import { flatName } from "../upstream/remote-name.ts";
import { ageClass, firstEvicted } from "./age.ts";
import { lastPulled } from "./mark.ts";
import { expiredTags } from "./retention.ts";
import { DONE, judge, type PhaseStep, pinMark, type Progress, type Run } from "./run.ts";
import { walkKeys, walkObjects } from "./walk.ts";

/** Repositories in one listing, and calls that one may take before it is looked at closer. */
const PAGE = 200;
const REPOSITORY_CALLS = 4;
/** Calls to expire a tag, and to retire a manifest whose hints fit {@link MAX_HINTS}. */
const TAG_CALLS = 8;
const MANIFEST_CALLS = 14;
/** Hints and referrers of a manifest that are followed at once. A manifest with more hints is taken for a tagged one. */
const MAX_HINTS = 5;
/** Tags of a repository that rules are asked about; more are all kept. */
const MAX_TAGS = 20_000;

/**
 * Tags that retention expires, manifests whose last tag it took, and pulled content above a proxy's cap. A pinned manifest stays, with
 * its tags. The cursor is the catalog key of the last finished repository and, behind a line feed, where the next one stands.
 */
export const retireManifests: PhaseStep = async (run, cursor) => {
  let [finished = "", within = ""] = cursor.split("\n");
  while (run.budget.allows(1 + REPOSITORY_CALLS)) {
    const page = await listKeys(run.store, catalogOf(undefined), {
      limit: PAGE,
      ...(finished === "" ? {} : { after: finished }),
    });
    for (const key of page.keys) {
      const repository = parseRepositoryName(repositoryOf(lastSegment(key)));
      const end = repository === undefined ? DONE : await retireIn(run, repository, within);
      if (!end.done) return { done: false, cursor: `${finished}\n${end.cursor}` };
      finished = key;
      within = "";
    }
    if (page.next === undefined) return DONE;
  }
  return { done: false, cursor: `${finished}\n${within}` };
};

async function retireIn(run: Run, repository: RepositoryName, within: string): Promise<Progress> {
  const project = run.find(splitRepository(repository)?.project ?? repository);
  if (project?.kind === "hosted" && project.retention !== undefined) {
    return await retainIn(run, project, repository, within);
  }
  if (project?.kind === "proxy" && project.cap !== undefined) return await evictIn(run, project, repository, within);
  return DONE;
}

/** Tags first (`t` and the tag in the cursor), then the manifests that an earlier collection condemned (`m` and the mark's key). */
async function retainIn(
  run: Run,
  project: HostedProject,
  repository: RepositoryName,
  within: string,
): Promise<Progress> {
  if (!within.startsWith("m")) {
    const end = await expireTags(run, project, repository, within.slice(1));
    if (!end.done) return { done: false, cursor: `t${end.cursor}` };
  }
  const prefix = condemnedKey(manifestsOf(repository));
  const walk = { prefix, cursor: within.startsWith("m") ? within.slice(1) : "", calls: MANIFEST_CALLS };
  const end = await walkKeys(run, walk, async (mark) => await retireUntagged(run, project, subjectOfMark(mark)));
  return end.done ? DONE : { done: false, cursor: `m${end.cursor}` };
}

async function expireTags(
  run: Run,
  project: HostedProject,
  repository: RepositoryName,
  after: string,
): Promise<Progress> {
  if (!run.budget.allows(REPOSITORY_CALLS)) return { done: false, cursor: after };
  const items = await allTags(run, repository);
  const tags = items.map(({ key, modified }) => ({ tag: lastSegment(key), modified }));
  const path = splitRepository(repository)?.path ?? "";
  const expired = expiredTags({ rules: project.retention ?? [], path, tags, now: run.started });
  let at = after;
  for (const tag of expired.filter((each) => each > after)) {
    if (!run.budget.allows(TAG_CALLS)) return { done: false, cursor: at };
    await expireTag(run, project, repository, tag);
    at = tag;
  }
  return DONE;
}

async function allTags(run: Run, repository: RepositoryName): Promise<readonly ObjectHead[]> {
  const items: ObjectHead[] = [];
  let after: string | undefined;
  do {
    const page = await run.store.list(tagsOf(repository), after === undefined ? {} : { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined && items.length <= MAX_TAGS);
  return items.length > MAX_TAGS ? [] : items;
}

/** The manifest is condemned before its tag goes: one without a tag and without a mark would stay for ever. */
async function expireTag(run: Run, project: HostedProject, repository: RepositoryName, text: string): Promise<void> {
  const tag = parseTag(text);
  const target = tag === undefined ? undefined : await readTag(run.store, repository, tag);
  if (target === undefined || run.marks.has(pinMark(target.digest))) return;
  run.count("tagsExpired");
  if (run.dryRun) return;
  await condemn(run, manifestKey(repository, target.digest));
  await run.store.delete(tagKey(repository, text), target.etag);
  await endEpoch(run.store, project.name, repository);
}

/** Marks a manifest that may be unused by the next collection. */
async function condemn(run: Run, key: string): Promise<void> {
  const mark = { epoch: run.epoch, since: run.now() };
  await writeJson(run.store, condemnedKey(key), mark, { kind: "absent" });
}

async function retireUntagged(run: Run, project: HostedProject, key: string): Promise<void> {
  const { repository, digest } = manifestPlace(key);
  if (run.marks.has(pinMark(digest)) || run.marks.has(key)) return;
  if ((await currentTags(run, repository, digest)) !== "none") return;
  const fate = await judge(run, key, async () => {
    const removed = await deleteManifest(run.store, repository, digest);
    await condemnReferrers(run, repository, digest);
    await endEpoch(run.store, project.name, repository);
    return removed;
  });
  if (fate !== "kept") run.count(fate === "taken" ? "manifestsTaken" : "manifestsCondemned");
}

/** Whether a tag points at the manifest now. */
async function currentTags(run: Run, repository: RepositoryName, digest: Digest): Promise<"some" | "none"> {
  const page = await listKeys(run.store, taggedOf(repository, digest), { limit: MAX_HINTS });
  if (page.next !== undefined) return "some";
  for (const hint of page.keys) {
    const tag = parseTag(tagOfHint(hint));
    if (tag !== undefined && (await readTag(run.store, repository, tag))?.digest === digest) return "some";
  }
  return "none";
}

/** What refers to a manifest that is gone is of no use either, unless a tag names it. */
async function condemnReferrers(run: Run, repository: RepositoryName, subject: Digest): Promise<void> {
  const page = await listKeys(run.store, referrersOf(repository, subject), { limit: MAX_HINTS });
  for (const key of page.keys) {
    await condemn(run, manifestsOf(repository) + lastSegment(key));
  }
}

/** Manifests that were not asked for longest (their keys are the cursor). */
async function evictIn(run: Run, project: ProxyProject, repository: RepositoryName, within: string): Promise<Progress> {
  const oldest = firstEvicted(run.agesOf(project.name), project.cap ?? Number.POSITIVE_INFINITY);
  if (oldest === Number.POSITIVE_INFINITY) return DONE;
  const walk = { prefix: manifestsOf(repository), cursor: within, calls: MANIFEST_CALLS };
  return await walkObjects(run, walk, async (item) => await evict(run, project, item, oldest));
}

async function evict(run: Run, project: ProxyProject, item: ObjectHead, oldest: number): Promise<void> {
  const { repository, digest } = manifestPlace(item.key);
  if (run.marks.has(pinMark(digest)) || run.marks.has(item.key)) return;
  const at = await lastPulled(run, { repository, digest, modified: item.modified });
  if (ageClass(run.started - at) < oldest) return;
  const fate = await judge(run, item.key, async () => {
    await forgetUpstream(run, project, repository, digest);
    await run.store.delete(pulledKey(repository, digest));
    return await deleteManifest(run.store, repository, digest);
  });
  if (fate !== "kept") run.count(fate === "taken" ? "manifestsTaken" : "manifestsCondemned");
}

/** What is known of the upstream's tag goes first: it says that the tag is here. */
async function forgetUpstream(
  run: Run,
  project: ProxyProject,
  repository: RepositoryName,
  digest: Digest,
): Promise<void> {
  const page = await listKeys(run.store, taggedOf(repository, digest), { limit: MAX_HINTS });
  const kind = project.upstream.kind === "oci" ? "tag" : "origin";
  for (const hint of page.keys) {
    await run.store.delete(upstreamKey(project.name, kind, `${flatName(repository)}/${tagOfHint(hint)}`));
  }
  const list = `${flatName(repository)}/${digest.replace(":", "-")}`;
  await run.store.delete(upstreamKey(project.name, "referrers", list));
}
