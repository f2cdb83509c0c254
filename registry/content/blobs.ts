import { type Digest, digestAlgorithm, digestHex, digestOf, parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { assertInTime, beingCollected } from "./condemned.ts";
import type { Content } from "./content.ts";
import { blobKey, linkKey, linksOf } from "./keys.ts";
import type { ByteRange, ObjectBody, ObjectStore, PutBody } from "./object-store.ts";
import { listKeys, readJson, writeJson } from "./record.ts";
import { StoreError } from "./store-error.ts";
import { verifying } from "./verify.ts";

/** The size of a blob that may be read through `repository`; undefined without a link. */
export async function statBlob(
  store: ObjectStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<number | undefined> {
  const link = await readJson(store, linkKey(digest, repository));
  const size = link?.value["size"];
  return typeof size === "number" ? size : undefined;
}

/** The bytes, or a range of them, of a blob whose link was seen. Undefined when the content is gone. */
export async function openBlob(store: ObjectStore, digest: Digest, range?: ByteRange): Promise<ObjectBody | undefined> {
  return await store.get(blobKey(digest), range);
}

/**
 * Stores content under its digest and checks every byte first: a caller who does not have the bytes gets no link, so content that is
 * there already is written again. Throws OciError `DIGEST_INVALID`; nothing is visible then.
 */
export async function putContent(store: ObjectStore, digest: Digest, body: PutBody): Promise<void> {
  try {
    if (digestAlgorithm(digest) === "sha256") await store.put(blobKey(digest), body, { sha256: digestHex(digest) });
    else await putOther(store, digest, body);
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === "digest-mismatch") throw digestInvalid(cause);
    throw cause;
  }
}

async function putOther(store: ObjectStore, digest: Digest, body: PutBody): Promise<void> {
  if (body.kind === "bytes") {
    if ((await digestOf(body.bytes, digestAlgorithm(digest))) !== digest) throw digestInvalid();
    await store.put(blobKey(digest), body);
    return;
  }
  const stream = body.stream.pipeThrough(verifying(digest, { held: 1, size: body.size }));
  await store.put(blobKey(digest), { kind: "stream", stream, size: body.size });
}

/**
 * Lets `repository` read a blob whose content was stored. Throws OciError `QUOTA_EXCEEDED`, and `UNAVAILABLE` when collection took the
 * content before this.
 */
export async function linkBlob(
  content: Content,
  repository: RepositoryName,
  digest: Digest,
  size: number,
): Promise<void> {
  const { store, keeper, room, now } = content;
  const key = linkKey(digest, repository);
  if (room.limited(repository) && (await statBlob(store, repository, digest)) === undefined) {
    await room.take(repository, size);
  }
  const until = Math.min(...(await Promise.all([keeper.keep(blobKey(digest)), keeper.keep(key)])));
  if (keeper.active() && (await store.head(blobKey(digest))) === undefined) throw beingCollected();
  assertInTime(now(), until);
  await writeJson(store, key, { size, repository });
}

/** Takes the blob out of the repository; the content stays for collection. False when there was no link. */
export async function unlinkBlob(store: ObjectStore, repository: RepositoryName, digest: Digest): Promise<boolean> {
  return await store.delete(linkKey(digest, repository));
}

/** Repositories that a mount without `from` looks at: enough for one that the caller may read, too few to be a burden. */
const MAX_MOUNT_CANDIDATES = 20;

/** Repositories that link a blob, at most {@link MAX_MOUNT_CANDIDATES}. */
export async function repositoriesWith(store: ObjectStore, digest: Digest): Promise<readonly RepositoryName[]> {
  const page = await listKeys(store, linksOf(digest), { limit: MAX_MOUNT_CANDIDATES });
  const links = await Promise.all(page.keys.map((key) => readJson(store, key)));
  return links.flatMap((link) => {
    const name = link?.value["repository"];
    return typeof name === "string" ? (parseRepositoryName(name) ?? []) : [];
  });
}

/** The digest in a request's path or query. Throws OciError `DIGEST_INVALID`. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new OciError("DIGEST_INVALID", { message: "invalid digest" });
  return digest;
}

/** The bytes did not have the digest. */
export function digestInvalid(cause?: unknown): OciError {
  return new OciError("DIGEST_INVALID", { cause });
}
