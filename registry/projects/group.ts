import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { parseRepositoryName } from "../../engine/oci/repository-name.ts";
import { type ReferrerPage, uniteReferrerPages } from "../content/referrers.ts";
import { composeEpochs } from "./epochs.ts";
import { matchesPattern } from "./pattern.ts";
import type { GroupProject } from "./project.ts";
import type { LocatedRepository } from "./projects.ts";
import type { RepositorySource } from "./source.ts";

/** Finds where a repository of a member project is read. Undefined for a member that nobody configured. */
export type LocateMember = (repository: RepositoryName) => Promise<LocatedRepository | undefined>;

/**
 * Where a group reads `path`: at the first member that reserves or holds the name, or, for a name in `merge`, at all members that hold it.
 * A member in error is an error. Undefined when nobody has it.
 */
export async function locateInGroup(
  group: GroupProject,
  path: string,
  locate: LocateMember,
  signal: AbortSignal | undefined,
): Promise<LocatedRepository | undefined> {
  const merged = group.merge?.some((pattern) => matchesPattern(pattern, path)) === true;
  const holders: LocatedRepository[] = [];
  for (const member of group.members) {
    const repository = parseRepositoryName(`${member.project}/${path}`);
    const located = repository === undefined ? undefined : await locate(repository);
    if (located === undefined) continue;
    const owns = member.own?.some((pattern) => matchesPattern(pattern, path)) === true;
    if (!owns && !(await located.source.holds(located.repository, signal))) continue;
    if (!merged) return located;
    holders.push(located);
  }
  const [first] = holders;
  if (first === undefined || holders.length === 1) return first;
  return { ...first, source: mergedSource(holders), merged: holders };
}

/** Several members read as one repository: the first that has something answers, lists are united. */
function mergedSource(members: readonly LocatedRepository[]): RepositorySource {
  const [first] = members;
  if (first === undefined) throw new Error("a merge of nothing");
  const ask = async <T>(read: (member: LocatedRepository) => Promise<T | undefined>): Promise<T | undefined> => {
    for (const member of members) {
      const found = await read(member);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    ...first.source,
    versionsEpoch: async (_repository, signal) =>
      composeEpochs(
        await Promise.all(
          members.map(async ({ source, repository }) => await source.versionsEpoch?.(repository, signal)),
        ),
      ),
    manifest: async (_repository, reference, signal) =>
      await ask(async ({ source, repository }) => await source.manifest(repository, reference, signal)),
    manifestBytes: async (_repository, head, signal) =>
      await ask(async ({ source, repository }) => await source.manifestBytes(repository, head, signal)),
    blobSize: async (_repository, digest, signal) =>
      await ask(async ({ source, repository }) => await source.blobSize(repository, digest, signal)),
    blob: async (_repository, digest, range, signal) =>
      await ask(async ({ source, repository }) => await source.blob(repository, digest, range, signal)),
    origin: async (_repository, manifest, signal) =>
      await ask(async ({ source, repository }) => await source.origin?.(repository, manifest, signal)),
    tags: async (_repository, options, signal) => {
      const tags = new Set<string>();
      let [more, isStale] = [false, false];
      for (const { source, repository } of members) {
        const page = await source.tags(repository, options, signal);
        for (const tag of page.tags) tags.add(tag);
        more ||= page.more;
        isStale ||= page.stale === true;
      }
      const sorted = [...tags].sort();
      return { tags: sorted.slice(0, options.limit), more: more || sorted.length > options.limit, stale: isStale };
    },
    referrers: async (_repository, subject, options, signal) => {
      const pages: ReferrerPage[] = [];
      for (const { source, repository } of members)
        pages.push(await source.referrers(repository, subject, options, signal));
      return uniteReferrerPages(pages, options);
    },
    versions: async (_repository, signal) => {
      const byTag = new Map<string, Awaited<ReturnType<RepositorySource["versions"]>>[number]>();
      for (const { source, repository } of members) {
        for (const version of await source.versions(repository, signal)) {
          if (!byTag.has(version.tag)) byTag.set(version.tag, version);
        }
      }
      return [...byTag.values()];
    },
  };
}
