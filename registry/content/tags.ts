import type { JsonObject } from "../../engine/errors.ts";
import { type Digest, parseDigest } from "../../engine/oci/digest.ts";
import type { RepositoryName, Tag } from "../../engine/oci/repository-name.ts";
import { lastSegment, taggedKey, tagKey, tagsOf } from "./keys.ts";
import type { ObjectStore, PutCondition } from "./object-store.ts";
import { listKeys, readJson, writeJson, writeMark } from "./record.ts";

/** What a tag points at. */
export interface TagTarget {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
}

/** A tag's target and the etag to compare-and-set it by. */
export interface StoredTag extends TagTarget {
  readonly etag: string;
}

/** Where the tag points; undefined when there is none. */
export async function readTag(
  store: ObjectStore,
  repository: RepositoryName,
  tag: Tag,
): Promise<StoredTag | undefined> {
  const stored = await readJson(store, tagKey(repository, tag));
  return stored === undefined ? undefined : { ...parseTarget(stored.value), etag: stored.etag };
}

/** Points the tag somewhere. False when the condition did not hold. */
export async function writeTag(
  store: ObjectStore,
  repository: RepositoryName,
  tag: Tag,
  target: TagTarget,
  condition: PutCondition = { kind: "always" },
): Promise<boolean> {
  await writeMark(store, taggedKey(repository, target.digest, tag));
  const { digest, mediaType, size } = target;
  return (await writeJson(store, tagKey(repository, tag), { digest, mediaType, size }, condition)).kind === "stored";
}

/** Removes the tag; the manifest stays. False when there was none. */
export async function deleteTag(store: ObjectStore, repository: RepositoryName, tag: Tag | string): Promise<boolean> {
  return await store.delete(tagKey(repository, tag));
}

/** One page of tags in byte order after `last`; `more` when others follow. */
export interface TagPage {
  readonly tags: readonly string[];
  readonly more: boolean;
}

/** Tags of a repository in byte order, at most `limit`. */
export async function listTags(
  store: ObjectStore,
  repository: RepositoryName,
  options: { readonly last?: string; readonly limit: number },
): Promise<TagPage> {
  const prefix = tagsOf(repository);
  const tags: string[] = [];
  let after = options.last === undefined ? undefined : prefix + options.last;
  for (;;) {
    const wanted = Math.min(1000, options.limit - tags.length);
    const page = await listKeys(store, prefix, { limit: wanted, ...(after === undefined ? {} : { after }) });
    for (const key of page.keys) tags.push(lastSegment(key));
    if (page.next === undefined) return { tags, more: false };
    if (tags.length >= options.limit) return { tags, more: true };
    after = page.next;
  }
}

function parseTarget(value: JsonObject): TagTarget {
  const { digest: text, mediaType, size } = value;
  const digest = typeof text === "string" ? parseDigest(text) : undefined;
  if (digest === undefined || typeof mediaType !== "string" || typeof size !== "number") {
    throw new Error("the store holds a malformed tag");
  }
  return { digest, mediaType, size };
}
