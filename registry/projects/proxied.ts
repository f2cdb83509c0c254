import { parseVersion } from "../../engine/semver/index.ts";
import { SemverError } from "../../engine/semver/index.ts";
import {
  parseRepositoryName,
  type RepositoryName,
  tagToVersion,
  versionToTag,
} from "../../engine/oci/repository-name.ts";
import { unknownName } from "./absence.ts";
import { allRepositories, composeEpochs, inTurns } from "./epochs.ts";
import { pageOfReferrers } from "../content/referrers.ts";
import type { RepositoryPage } from "../content/repositories.ts";
import type { ThroughBlob } from "../upstream/blob-through.ts";
import type { ClassicProxy } from "../upstream/classic-source.ts";
import type { IndexEntry } from "../upstream/index-entry.ts";
import type { OciProxy } from "../upstream/oci-source.ts";
import type { ChartVersion, OpenBlob, RepositorySource } from "./source.ts";

/** Another registry shown as ours. `local` reads what was pulled through. */
export function createOciSource(proxy: OciProxy, local: RepositorySource): RepositorySource {
  return {
    ...local,
    manifest: async (repository, reference) =>
      reference.kind === "tag"
        ? await proxy.manifestByTag(repository, reference.tag)
        : await proxy.manifestByDigest(repository, reference.digest),
    blobSize: proxy.blobSize,
    blob: async (repository, digest, range, signal) => {
      const stored = await local.blob(repository, digest, range, signal);
      if (stored !== undefined) {
        proxy.countBlob("hit");
        return stored;
      }
      try {
        const through = await proxy.blobThrough(repository, digest);
        if (through !== undefined && range !== undefined) await settle(through);
        const opened =
          through !== undefined && range === undefined
            ? answerThrough(through)
            : await local.blob(repository, digest, range, signal);
        proxy.countBlob(opened === undefined ? "negative" : "miss");
        return opened;
      } catch (error) {
        proxy.countBlob("failed");
        throw error;
      }
    },
    tags: proxy.tags,
    referrers: async (repository, subject, options) =>
      pageOfReferrers(await proxy.referrers(repository, subject), options),
    holds: async (repository, signal) => {
      await proxy.settled(repository);
      if (await local.holds(repository, signal)) return true;
      return (await proxy.tags(repository, { limit: 1 }).catch(unknownName))?.tags.length === 1;
    },
    versions: async (repository, signal) => await mergedVersions(proxy, local, repository, signal),
    versionsEpoch: async (repository, signal) => {
      await proxy.settled(repository);
      return composeEpochs(await Promise.all([local.versionsEpoch?.(repository, signal), proxy.tagsEpoch(repository)]));
    },
    repositories: async (project, page, signal) => {
      await proxy.settled();
      return await local.repositories(project, page, signal);
    },
    epoch: async (project, signal) => {
      await proxy.settled();
      const pulled = await local.epoch(project, signal);
      const names = await allRepositories(local, project, signal);
      const lists = await inTurns(names, async (name) => {
        const { key, stale } = await proxy.tagsEpoch(name);
        return { key: `${name} ${key}`, stale };
      });
      return composeEpochs([pulled, ...lists]);
    },
  };
}

function answerThrough(through: ThroughBlob): OpenBlob {
  through.stored.catch(() => undefined);
  return { size: through.size, body: through.body };
}

/** Waits until the blob is stored; the caller reads a part of it from there. */
async function settle(through: ThroughBlob): Promise<void> {
  await Promise.all([through.body.cancel(), through.stored]);
}

/** Tags that are read for a list of versions. */
const MAX_TAGS = 20_000;

async function mergedVersions(
  proxy: OciProxy,
  local: RepositorySource,
  repository: RepositoryName,
  signal: AbortSignal | undefined,
): Promise<readonly ChartVersion[]> {
  await proxy.settled(repository);
  const pulled = new Map((await local.versions(repository, signal)).map((version) => [version.tag, version]));
  const page = await proxy.tags(repository, { limit: MAX_TAGS }).catch(unknownName);
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  return (page?.tags ?? []).flatMap((tag) => {
    const version = tagToVersion(tag);
    const known = pulled.get(tag);
    if (known !== undefined) return known;
    return isVersion(version) ? { version, tag, fields: { apiVersion: "v2", name, version } } : [];
  });
}

function isVersion(text: string): boolean {
  try {
    parseVersion(text, { strict: true });
    return true;
  } catch (error) {
    if (error instanceof SemverError) return false;
    throw error;
  }
}

/** A classic repository shown as ours. */
export function createClassicSource(proxy: ClassicProxy, local: RepositorySource): RepositorySource {
  const epoch: RepositorySource["epoch"] = async (project, signal) =>
    composeEpochs(await Promise.all([proxy.epoch(), local.epoch(project, signal)]));
  return {
    ...local,
    manifest: async (repository, reference, signal) =>
      reference.kind === "tag"
        ? await proxy.manifestByTag(repository, reference.tag)
        : await local.manifest(repository, reference, signal),
    origin: proxy.origin,
    tags: proxy.tags,
    holds: async (repository, signal) =>
      (await local.holds(repository, signal)) || (await proxy.entries(repository)).list.length > 0,
    versions: async (repository, signal) => {
      const pulled = await local.versions(repository, signal);
      const byTag = new Map(pulled.map((version) => [version.tag, version]));
      for (const entry of (await proxy.entries(repository)).list) {
        const tag = versionToTag(entry.version);
        byTag.set(tag, entryVersion(entry, tag, byTag.get(tag)));
      }
      return [...byTag.values()];
    },
    // Of all charts: one of each would be kept for every name that the upstream has.
    versionsEpoch: async (repository, signal) => await epoch(repository.split("/")[0] ?? repository, signal),
    repositories: async (project, options, signal) => {
      const names = await proxy.charts();
      const pulled = await local.repositories(project, { limit: MAX_PULLED }, signal);
      const all = [...names.map((name) => `${project}/${name}`), ...pulled.names];
      return pageOfNames([...new Set(all)].sort(), options);
    },
    epoch,
  };
}

const MAX_PULLED = 1000;

/** The index's words, with the artifact's digest where that very archive was pulled. */
function entryVersion(entry: IndexEntry, tag: string, pulled: ChartVersion | undefined): ChartVersion {
  const { version, created, fields } = entry;
  const archive = entry.digest ?? pulled?.archive;
  const digest = pulled?.archive === archive ? pulled?.digest : undefined;
  return {
    version,
    tag,
    fields,
    ...(digest === undefined ? {} : { digest }),
    ...(archive === undefined ? {} : { archive }),
    ...(created === undefined ? {} : { created }),
  };
}

function pageOfNames(
  sorted: readonly string[],
  { after, limit }: { readonly after?: RepositoryName; readonly limit: number },
): RepositoryPage {
  const start = after === undefined ? 0 : sorted.findIndex((name) => name > after);
  const rest = start < 0 ? [] : sorted.slice(start, start + limit);
  const names = rest.flatMap((name) => parseRepositoryName(name) ?? []);
  const last = names.at(-1);
  return last === undefined || start + limit >= sorted.length ? { names } : { names, next: last };
}
