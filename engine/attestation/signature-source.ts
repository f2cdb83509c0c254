import { OciError } from "../oci/error.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { fetchBlob, fetchManifest, type PullTarget } from "../oci/pull.ts";
import { listReferrers } from "../oci/referrers.ts";
import { TransferError } from "../oci/transfer-error.ts";

/** Where signatures are looked for: the repository of what they sign. Absence is undefined, or an empty list. */
export interface SignatureSource {
  readonly referrers: (subject: Digest) => Promise<readonly Descriptor[]>;
  /** By tag or digest. */
  readonly manifest: (
    reference: string,
  ) => Promise<{ readonly digest: Digest; readonly manifest: Manifest } | undefined>;
  /** The blob, which has its digest; undefined also for one larger than `limit`. */
  readonly blob: (descriptor: Descriptor, limit: number) => Promise<Uint8Array | undefined>;
}

/** Another registry as a source. Throws `TransferError`. */
export function remoteSource(target: PullTarget): SignatureSource {
  return {
    referrers: async (subject) => await listReferrers(target, subject),
    manifest: async (reference) => await fetchManifest(target, reference).catch(ignoreBroken),
    blob: async (descriptor, limit) =>
      descriptor.size > limit ? undefined : await fetchBlob(target, descriptor, limit).catch(ignoreBroken),
  };
}

/** Whoever may push can attach what is no signature, or half of one: it hinders no other one. */
export function ignoreBroken(error: unknown): undefined {
  const isMissing = error instanceof TransferError && error.code === "not-found";
  const isNone = error instanceof OciError && error.code === "MANIFEST_INVALID";
  if (!isMissing && !isNone) throw error;
}
