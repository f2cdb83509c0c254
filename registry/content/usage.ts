import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { usageKey } from "./keys.ts";
import type { ObjectStore, PutCondition } from "./object-store.ts";
import { readJson, writeJson } from "./record.ts";

/** What a project holds: the sizes of the blobs and manifests of its repositories. Content that two repositories hold counts twice. */
export interface Usage {
  readonly bytes: number;
  /** Milliseconds since 1970 of the last count; absent before the first. */
  readonly counted?: number;
}

interface StoredUsage extends Usage {
  /** Bytes that were taken since the last count began. */
  readonly since: number;
}

/** Keeps projects within their quotas. */
export interface Room {
  /** True when the project of a repository has a quota. */
  readonly limited: (repository: RepositoryName) => boolean;
  /** Counts `size` bytes that are about to be stored. Throws OciError `QUOTA_EXCEEDED`, or `TOOMANYREQUESTS` when too many push at once. */
  readonly take: (repository: RepositoryName, size: number) => Promise<void>;
  /** What the project of a repository holds of its quota; undefined where it has none. */
  readonly filled: (repository: RepositoryName) => Promise<Filled | undefined>;
}

/** Bytes of a quota that are used. */
export interface Filled {
  readonly bytes: number;
  readonly quota: number;
}

/** Pushes that may win the race for one project's count before this one gives up. */
const MAX_TRIES = 50;

/** A room over a store. `quotaOf` gives a project's quota in bytes. */
export function createRoom(store: ObjectStore, quotaOf: (project: string) => number | undefined): Room {
  return {
    limited: (repository) => quotaOf(projectOf(repository)) !== undefined,
    take: async (repository, size) => {
      const project = projectOf(repository);
      const quota = quotaOf(project);
      if (quota !== undefined) await add(store, project, { size, quota });
    },
    filled: async (repository) => {
      const project = projectOf(repository);
      const quota = quotaOf(project);
      return quota === undefined ? undefined : { bytes: (await readUsage(store, project)).bytes, quota };
    },
  };
}

function projectOf(repository: RepositoryName): string {
  return repository.split("/")[0] ?? repository;
}

async function add(
  store: ObjectStore,
  project: string,
  { size, quota }: { readonly size: number; readonly quota: number },
): Promise<void> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const known = await read(store, project);
    const { bytes, since } = known.usage;
    if (bytes + size > quota) throw full(project, { bytes, size, quota });
    const next: StoredUsage = { ...known.usage, bytes: bytes + size, since: since + size };
    if ((await writeJson(store, usageKey(project), next, known.condition)).kind === "stored") return;
  }
  throw new OciError("TOOMANYREQUESTS", { message: `too many pushes to ${project} at once`, retryAfter: 1 });
}

function full(
  project: string,
  of: { readonly bytes: number; readonly size: number; readonly quota: number },
): OciError {
  const message = `project ${project} is full: it holds ${of.bytes} of ${of.quota} bytes, and ${of.size} more do not fit; delete something and collect, or ask for a larger quota`;
  return new OciError("QUOTA_EXCEEDED", { message, detail: { project, ...of } });
}

async function read(
  store: ObjectStore,
  project: string,
): Promise<{ readonly usage: StoredUsage; readonly condition: PutCondition }> {
  const stored = await readJson(store, usageKey(project));
  if (stored === undefined) return { usage: { bytes: 0, since: 0 }, condition: { kind: "absent" } };
  const { bytes, since, counted } = stored.value;
  if (typeof bytes !== "number" || typeof since !== "number") throw new Error("the store holds a malformed usage");
  const usage = { bytes, since, ...(typeof counted === "number" ? { counted } : {}) };
  return { usage, condition: { kind: "etag", etag: stored.etag } };
}

/** What a project holds, as it was counted last and taken since. */
export async function readUsage(store: ObjectStore, project: string): Promise<Usage> {
  const { bytes, counted } = (await read(store, project)).usage;
  return counted === undefined ? { bytes } : { bytes, counted };
}

/** A count begins: what is taken from now on is added to what it will find. */
export async function beginCount(store: ObjectStore, project: string): Promise<void> {
  await change(store, project, (usage) => ({ ...usage, since: 0 }));
}

/** A count ends with `found` bytes. What was taken while it ran may be in them: the count is then too high until the next one. */
export async function endCount(store: ObjectStore, project: string, found: number, now: number): Promise<void> {
  await change(store, project, ({ since }) => ({ bytes: found + since, since, counted: now }));
}

async function change(store: ObjectStore, project: string, next: (usage: StoredUsage) => StoredUsage): Promise<void> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const { usage, condition } = await read(store, project);
    if ((await writeJson(store, usageKey(project), next(usage), condition)).kind === "stored") return;
  }
}
