import { openBlob, statBlob } from "../content/blobs.ts";
import { readManifest, statManifest } from "../content/manifests.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { listTags, readTag } from "../content/tags.ts";
import type { RepositorySource } from "./source.ts";

/** What was pushed here. */
export function createHostedSource(store: ObjectStore): RepositorySource {
  return {
    manifest: async (repository, reference) =>
      reference.kind === "tag"
        ? await readTag(store, repository, reference.tag)
        : await statManifest(store, repository, reference.digest),
    manifestBytes: async (_repository, head) => await readManifest(store, head.digest),
    blobSize: async (repository, digest) => await statBlob(store, repository, digest),
    blob: async (repository, digest, range) => {
      const size = await statBlob(store, repository, digest);
      if (size === undefined) return undefined;
      const object = await openBlob(store, digest, range);
      return object === undefined ? undefined : { size, body: object.bytes ?? object.body };
    },
    tags: async (repository, options) => await listTags(store, repository, options),
  };
}
