import { createHasher, type CreateHasher, type Digest, digestAlgorithm } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { isNondistributable } from "../../engine/oci/media-type.ts";
import { parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { statBlob } from "../content/blobs.ts";
import {
  blobKey,
  BLOBS,
  blobPlace,
  digestAt,
  LINKS,
  linkPlace,
  MANIFESTS,
  manifestPlace,
  TAGS,
  tagPlace,
} from "../content/keys.ts";
import { readManifest, statManifest } from "../content/manifests.ts";
import type { ObjectHead, ObjectStore } from "../content/object-store.ts";
import { readTag } from "../content/tags.ts";
import { type FindProject, splitRepository } from "../projects/project.ts";
import { createBudget } from "./budget.ts";

/** What is wrong with the store. */
export type FaultKind =
  | "wrong-bytes"
  | "link-without-content"
  | "manifest-without-content"
  | "manifest-without-blob"
  | "tag-without-manifest";

/** One fault. `key` is the object that shows it. */
export interface Fault {
  readonly kind: FaultKind;
  readonly key: string;
  readonly digest?: string;
}

/** How much one slice may do. */
export interface FsckOptions {
  /** `next` of the slice before. */
  readonly after?: string;
  readonly calls: number;
  /** Bytes that are hashed again, at least one blob. */
  readonly bytes: number;
}

/** What one slice found. */
export interface FsckReport {
  /** Objects that were looked at. */
  readonly checked: number;
  readonly bytes: number;
  readonly faults: readonly Fault[];
  /** Pass as `after`; absent: everything was looked at. */
  readonly next?: string;
}

/** What checking needs. */
export interface FsckDeps {
  readonly store: ObjectStore;
  readonly find: FindProject;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** A native way to hash; in JavaScript when absent. */
  readonly hasher?: CreateHasher | undefined;
}

interface Check {
  readonly store: ObjectStore;
  readonly hasher: CreateHasher;
  readonly find: FindProject;
  readonly hashed: (bytes: number) => void;
}

interface Stage {
  readonly prefix: string;
  readonly check: (check: Check, item: ObjectHead) => Promise<readonly Fault[]>;
}

const STAGES: readonly Stage[] = [
  { prefix: BLOBS, check: checkBlob },
  { prefix: LINKS, check: checkLink },
  { prefix: MANIFESTS, check: checkManifest },
  { prefix: TAGS, check: checkTag },
];

const PAGE = 200;
/** Calls for one object; a manifest that names more blobs takes more, once. */
const OBJECT_CALLS = 4;

/**
 * Looks at everything once, slice by slice: every blob has its digest, every link its blob, every manifest its content and what it names,
 * every tag its manifest. What is pushed or deleted meanwhile may show as a fault: one that a second look does not show was none.
 */
export async function checkStore(
  { store, find, pause, hasher = createHasher }: FsckDeps,
  options: FsckOptions,
): Promise<FsckReport> {
  const budget = createBudget(store, options.calls, pause);
  let bytes = 0;
  let checked = 0;
  let last = options.after ?? "";
  const faults: Fault[] = [];
  const check: Check = { store: budget.store, hasher, find, hashed: (more) => void (bytes += more) };
  for await (const { stage, item } of walk(budget.store, last)) {
    if (checked > 0 && (!budget.allows(OBJECT_CALLS) || bytes >= options.bytes))
      return { checked, bytes, faults, next: last };
    faults.push(...(await stage.check(check, item)));
    checked++;
    last = item.key;
  }
  return { checked, bytes, faults };
}

async function* walk(
  store: ObjectStore,
  after: string,
): AsyncGenerator<{ readonly stage: Stage; readonly item: ObjectHead }> {
  const first = Math.max(
    0,
    STAGES.findIndex((stage) => after.startsWith(stage.prefix)),
  );
  for (const [index, stage] of STAGES.entries()) {
    if (index < first) continue;
    let at = index === first && after !== "" ? after : undefined;
    do {
      const page = await store.list(stage.prefix, { limit: PAGE, ...(at === undefined ? {} : { after: at }) });
      for (const item of page.items) yield { stage, item };
      at = page.next;
    } while (at !== undefined);
  }
}

async function checkBlob({ store, hasher: start, hashed }: Check, item: ObjectHead): Promise<readonly Fault[]> {
  const digest = digestAt(blobPlace(item.key));
  const object = await store.get(item.key);
  if (object === undefined) return [];
  hashed(item.size);
  const hasher = start(digestAlgorithm(digest));
  if (object.bytes !== undefined) hasher.update(object.bytes);
  else for await (const chunk of object.body) hasher.update(chunk);
  return hasher.digest() === digest ? [] : [{ kind: "wrong-bytes", key: item.key, digest }];
}

async function checkLink({ store }: Check, item: ObjectHead): Promise<readonly Fault[]> {
  const digest = digestAt(linkPlace(item.key).blob);
  if ((await store.head(blobKey(digest))) !== undefined) return [];
  return [{ kind: "link-without-content", key: item.key, digest }];
}

async function checkManifest(check: Check, item: ObjectHead): Promise<readonly Fault[]> {
  const { store, find } = check;
  const { repository, digest } = manifestPlace(item.key);
  const [head, bytes] = await Promise.all([statManifest(store, repository, digest), readManifest(store, digest)]);
  if (head === undefined) return [];
  if (bytes === undefined) return [{ kind: "manifest-without-content", key: item.key, digest }];
  const project = find(splitRepository(repository)?.project ?? repository);
  // A proxy's blobs come when they are asked for, and a sparse image has none of some.
  if (project?.kind !== "hosted" || project.sparseImages === true) return [];
  const missing = await missingBlobs(store, repository, { bytes, mediaType: head.mediaType });
  return missing.map((blob) => ({ kind: "manifest-without-blob", key: item.key, digest: blob }));
}

async function missingBlobs(
  store: ObjectStore,
  repository: RepositoryName,
  { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
): Promise<readonly Digest[]> {
  const missing: Digest[] = [];
  for (const { digest, mediaType: type } of blobsOf(bytes, mediaType)) {
    if (isNondistributable(type)) continue;
    if ((await statBlob(store, repository, digest)) === undefined) missing.push(digest);
  }
  return missing;
}

/** What cannot be parsed has other bytes than were pushed, which its blob shows already. */
function blobsOf(
  bytes: Uint8Array,
  mediaType: string,
): readonly { readonly digest: Digest; readonly mediaType: string }[] {
  try {
    const manifest = parseManifest(bytes, mediaType);
    if (manifest.kind === "index") return [];
    return manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
  } catch (error) {
    if (error instanceof OciError) return [];
    throw error;
  }
}

async function checkTag({ store }: Check, item: ObjectHead): Promise<readonly Fault[]> {
  const place = tagPlace(item.key);
  const tag = parseTag(place.tag);
  const target = tag === undefined ? undefined : await readTag(store, place.repository, tag);
  if (target === undefined || (await statManifest(store, place.repository, target.digest)) !== undefined) return [];
  return [{ kind: "tag-without-manifest", key: item.key, digest: target.digest }];
}
