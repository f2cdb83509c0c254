import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { artifactTypeOf, type Manifest } from "../../engine/oci/manifest.ts";
import { isNondistributable } from "../../engine/oci/media-type.ts";
import { parseDigest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { putContent, statBlob } from "./blobs.ts";
import { objectBytes } from "./body.ts";
import { blobKey, manifestKey, referrerKey, taggedOf, tagKey, tagOfHint } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { eachKey, readJson, writeJson } from "./record.ts";

/** A manifest that a repository holds. */
export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

/** The manifest of that digest in the repository; undefined when it is not there. */
export async function statManifest(
  store: ObjectStore,
  repository: RepositoryName,
  digest: Digest,
): Promise<ManifestHead | undefined> {
  const stored = await readJson(store, manifestKey(repository, digest));
  const mediaType = stored?.value["mediaType"];
  const size = stored?.value["size"];
  return typeof mediaType === "string" && typeof size === "number" ? { digest, mediaType, size } : undefined;
}

/** The bytes of a manifest that was seen in a repository. Undefined when the content is gone. */
export async function readManifest(store: ObjectStore, digest: Digest): Promise<Uint8Array | undefined> {
  const object = await store.get(blobKey(digest));
  return object === undefined ? undefined : await objectBytes(object);
}

/** What a push of a manifest needs beside its bytes. */
export interface NewManifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * Stores a manifest: content, its place in its subject's list, then the entry by which it is visible. What it names must be
 * there before ({@link assertComplete}). One that is there already is left as it is: `helm push` puts each manifest twice.
 */
export async function putManifest(store: ObjectStore, repository: RepositoryName, item: NewManifest): Promise<void> {
  const { digest, bytes, manifest } = item;
  if ((await statManifest(store, repository, digest))?.mediaType === manifest.mediaType) return;
  await putContent(store, digest, { kind: "bytes", bytes });
  const subject = manifest.subject?.digest;
  if (subject !== undefined) {
    await writeJson(store, referrerKey(repository, subject, digest), referrerDescriptor(item));
  }
  await writeJson(store, manifestKey(repository, digest), {
    mediaType: manifest.mediaType,
    size: bytes.length,
    ...(subject === undefined ? {} : { subject }),
  });
}

/** How the manifest shows in a referrers list (distribution-spec, "Listing Referrers"). */
function referrerDescriptor(item: NewManifest): Descriptor {
  const { digest, bytes, manifest } = item;
  const artifactType = artifactTypeOf(manifest);
  return {
    mediaType: manifest.mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  };
}

/** Blobs that are looked up at the same time. */
const PARALLEL_CHECKS = 8;

/**
 * Throws OciError `MANIFEST_BLOB_UNKNOWN` unless the repository links the config and every distributable layer. An index may name
 * manifests that are not here (a sparse index), and a subject need not exist.
 */
export async function assertComplete(
  store: ObjectStore,
  repository: RepositoryName,
  manifest: Manifest,
): Promise<void> {
  if (manifest.kind === "index") return;
  const needed = manifest.layers.filter((layer) => !isNondistributable(layer.mediaType));
  const all = manifest.config === undefined ? needed : [manifest.config, ...needed];
  for (let i = 0; i < all.length; i += PARALLEL_CHECKS) {
    const batch = all.slice(i, i + PARALLEL_CHECKS);
    const sizes = await Promise.all(batch.map((blob) => statBlob(store, repository, blob.digest)));
    for (const [index, blob] of batch.entries()) {
      if (sizes[index] === undefined) {
        throw new OciError("MANIFEST_BLOB_UNKNOWN", { detail: { digest: blob.digest } });
      }
    }
  }
}

/** Removes a manifest with the tags that point at it and its place in its subject's list. False when it was not there. */
export async function deleteManifest(store: ObjectStore, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const stored = await readJson(store, manifestKey(repository, digest));
  if (stored === undefined) return false;
  for await (const hint of eachKey(store, taggedOf(repository, digest))) {
    const key = tagKey(repository, tagOfHint(hint));
    const tag = await readJson(store, key);
    if (tag?.value["digest"] === digest) await store.delete(key, tag.etag);
    await store.delete(hint);
  }
  const removed = await store.delete(manifestKey(repository, digest));
  const subject = typeof stored.value["subject"] === "string" ? parseDigest(stored.value["subject"]) : undefined;
  if (subject !== undefined) await store.delete(referrerKey(repository, subject, digest));
  return removed;
}
