import type { PartStore } from "../../engine/action/action.ts";
import { partKey, PARTS } from "../../registry/content/keys.ts";
import { type DigestBytes, digestOf } from "../../engine/oci/digest.ts";
import type { ObjectStore } from "../../registry/content/object-store.ts";
import { readBody } from "../http/limits.ts";
import type { SecretBox } from "../http/secret-box.ts";

/** Parts are rendered manifests and plans: a release record ends at 1 MiB compressed, so 64 MiB of text is beyond any of them. */
const MAX_PART_BYTES: number = 64 * 1024 * 1024;

/**
 * A `PartStore` over an `ObjectStore`. What is stored is sealed: parts hold rendered Secrets. Keys are digests of the plain bytes; `digest`: a native way
 * to them.
 */
export function createPartStore(deps: {
  readonly objects: ObjectStore;
  readonly box: SecretBox;
  readonly digest?: DigestBytes | undefined;
}): PartStore {
  const { objects, box, digest: digestBytes = digestOf } = deps;
  return {
    put: async (bytes, signal) => {
      const digest = await digestBytes(bytes, "sha256");
      const body = { kind: "bytes", bytes: await box.sealBytes(new Uint8Array(bytes), digest) } as const;
      await objects.put(partKey(digest.slice(7)), body, signal === undefined ? {} : { signal });
      return digest;
    },
    get: async (digest, signal) => {
      if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
      const stored = await objects.get(partKey(digest.slice(7)), undefined, signal);
      if (stored === undefined) return undefined;
      return await box.openBytes(await readBody(new Response(stored.body), MAX_PART_BYTES), digest);
    },
  };
}

/** Deletes the parts that were written before `before` (milliseconds since 1970): no operation lives that long. Says how many. */
export async function sweepParts(objects: ObjectStore, before: number): Promise<number> {
  let removed = 0;
  let after: string | undefined;
  do {
    const page = await objects.list(PARTS, after === undefined ? {} : { after });
    for (const item of page.items) {
      if (item.modified < before && (await objects.delete(item.key, item.etag))) removed++;
    }
    after = page.next;
  } while (after !== undefined);
  return removed;
}
