import type { JsonObject } from "../../engine/errors.ts";
import { chartParts } from "../../engine/oci/chart-artifact.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { type Digest, digestHex, parseDigest } from "../../engine/oci/digest.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { openBlob } from "./blobs.ts";
import { readBounded } from "./body.ts";
import { lastSegment, listingKey, tagsOf } from "./keys.ts";
import { readManifest } from "./manifests.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson, writeJson } from "./record.ts";
import { readTag } from "./tags.ts";

/** A chart that a tag points at. */
export interface TaggedChart {
  readonly tag: string;
  /** Of the manifest. */
  readonly digest: Digest;
  /** sha256 of the archive, lower-case hex. */
  readonly archive: string;
  readonly created?: string;
  /** Chart.yaml as JSON. */
  readonly fields: JsonObject;
}

/** What a tag was when it was looked at; `chart` undefined for what is no chart. */
interface SeenTag {
  readonly etag: string;
  readonly chart?: TaggedChart;
}

/** Reads the charts of repositories and remembers those whose tags did not change. */
export interface ChartListing {
  /** Charts by tag, in the order of the tags. */
  readonly read: (repository: RepositoryName) => Promise<readonly TaggedChart[]>;
}

/** Repositories that are remembered in this process. */
const MAX_REPOSITORIES = 1000;
/** Tags of one repository that a listing shows. */
const MAX_TAGS = 20_000;
/** Manifests that are read at the same time. */
const PARALLEL = 8;
/** Chart.yaml as JSON. */
const MAX_CONFIG = 1024 * 1024;
/** A remembered repository of more tags than this is not written back: the record would be too large to rewrite at each push. */
const MAX_KEPT_TAGS = 2000;

/** A listing over a store. What it learns is kept in the store too, for the next process. */
export function createChartListing(store: ObjectStore): ChartListing {
  const memory = new Map<string, ReadonlyMap<string, SeenTag>>();
  return {
    read: async (repository) => {
      const before = memory.get(repository) ?? (await readKept(store, repository));
      const { seen, changed } = await refresh(store, repository, before);
      memory.delete(repository);
      memory.set(repository, seen);
      const oldest = memory.keys().next();
      if (memory.size > MAX_REPOSITORIES && oldest.done !== true) memory.delete(oldest.value);
      if (changed && seen.size <= MAX_KEPT_TAGS) await writeJson(store, listingKey(repository), { tags: [...seen] });
      return [...seen.values()].flatMap((tag) => tag.chart ?? []);
    },
  };
}

async function refresh(
  store: ObjectStore,
  repository: RepositoryName,
  before: ReadonlyMap<string, SeenTag>,
): Promise<{ readonly seen: ReadonlyMap<string, SeenTag>; readonly changed: boolean }> {
  const current = await tagVersions(store, repository);
  const missing = current.filter(([tag, etag]) => before.get(tag)?.etag !== etag);
  const found = new Map<string, SeenTag>();
  for (let i = 0; i < missing.length; i += PARALLEL) {
    const batch = missing.slice(i, i + PARALLEL);
    const charts = await Promise.all(batch.map(([tag]) => readChart(store, repository, tag)));
    for (const [index, [tag, etag]] of batch.entries()) {
      const chart = charts[index];
      if (chart === undefined || chart === "gone") continue;
      found.set(tag, chart === "other" ? { etag } : { etag, chart });
    }
  }
  const seen = new Map<string, SeenTag>();
  for (const [tag, etag] of current) {
    const known = before.get(tag);
    const entry = found.get(tag) ?? (known?.etag === etag ? known : undefined);
    if (entry !== undefined) seen.set(tag, entry);
  }
  return { seen, changed: found.size > 0 || seen.size !== before.size };
}

async function tagVersions(
  store: ObjectStore,
  repository: RepositoryName,
): Promise<readonly (readonly [string, string])[]> {
  const tags: [string, string][] = [];
  let after: string | undefined;
  do {
    const page = await store.list(tagsOf(repository), after === undefined ? {} : { after });
    for (const item of page.items) tags.push([lastSegment(item.key), item.etag]);
    after = page.next;
  } while (after !== undefined && tags.length < MAX_TAGS);
  return tags;
}

/** The chart behind a tag; `gone` where its content is not here, or not yet: a proxy has a manifest before its blobs. */
async function readChart(
  store: ObjectStore,
  repository: RepositoryName,
  tagText: string,
): Promise<TaggedChart | "other" | "gone"> {
  const tag = parseTag(tagText);
  const target = tag === undefined ? undefined : await readTag(store, repository, tag);
  const bytes = target === undefined ? undefined : await readManifest(store, target.digest);
  if (target === undefined || bytes === undefined) return "gone";
  const manifest = parseManifest(bytes, target.mediaType);
  const parts = chartParts(manifest);
  if (parts === undefined || parts.config.size > MAX_CONFIG) return "other";
  const fields = await readConfig(store, parts.config.digest);
  if (typeof fields === "string") return fields;
  const created = manifest.annotations?.["org.opencontainers.image.created"];
  return {
    tag: tagText,
    digest: target.digest,
    archive: digestHex(parts.archive.digest),
    fields,
    ...(created === undefined ? {} : { created }),
  };
}

/** Chart.yaml as the config blob holds it; `other` when it is no JSON object. */
async function readConfig(store: ObjectStore, digest: Digest): Promise<JsonObject | "other" | "gone"> {
  const object = await openBlob(store, digest);
  if (object === undefined) return "gone";
  const bytes = object.bytes ?? (await readBounded(object.body, MAX_CONFIG));
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes))) ?? "other";
  } catch {
    return "other";
  }
}

async function readKept(store: ObjectStore, repository: RepositoryName): Promise<ReadonlyMap<string, SeenTag>> {
  const list = (await readJson(store, listingKey(repository)))?.value["tags"];
  const seen = new Map<string, SeenTag>();
  if (!Array.isArray(list)) return seen;
  for (const pair of list) {
    const [tag, value] = Array.isArray(pair) ? pair : [];
    const entry = parseSeen(asObject(value));
    if (typeof tag === "string" && entry !== undefined) seen.set(tag, entry);
  }
  return seen;
}

function parseSeen(value: JsonObject | undefined): SeenTag | undefined {
  const etag = value?.["etag"];
  if (typeof etag !== "string") return undefined;
  const chart = asObject(value?.["chart"]);
  if (chart === undefined) return { etag };
  const parsed = parseTaggedChart(chart);
  return parsed === undefined ? undefined : { etag, chart: parsed };
}

function parseTaggedChart(value: JsonObject): TaggedChart | undefined {
  const { tag, archive, created } = value;
  const digest = typeof value["digest"] === "string" ? parseDigest(value["digest"]) : undefined;
  const fields = asObject(value["fields"]);
  if (typeof tag !== "string" || typeof archive !== "string") return undefined;
  if (digest === undefined || fields === undefined) return undefined;
  return { tag, archive, digest, fields, ...(typeof created === "string" ? { created } : {}) };
}
