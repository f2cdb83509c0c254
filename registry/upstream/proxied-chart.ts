import type { Digest } from "../../engine/oci/digest.ts";

/** A chart that became an OCI artifact: made by the floor above, which knows how (registry/projects/chart-to-oci.ts). */
export interface ConvertedChart {
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly config: ContentPiece;
  readonly archive: ContentPiece;
  readonly provenance?: ContentPiece;
}

/** Bytes and their digest. */
export interface ContentPiece {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** Makes an artifact of an archive and its provenance; a pure function. */
export type ConvertChart = (archive: Uint8Array, provenance: Uint8Array | undefined) => Promise<ConvertedChart>;
