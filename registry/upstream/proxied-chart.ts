import type { Digest } from "../../engine/oci/digest.ts";
import { OCI_MANIFEST } from "../../engine/oci/media-type.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { linkBlob, putContent } from "../content/blobs.ts";
import type { Content } from "../content/content.ts";
import { type ManifestHead, type NewManifest, putManifest } from "../content/manifests.ts";

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

/** A chart that is stored and linked; the tag may be pointed at it until then. */
export interface StoredChart {
  readonly head: ManifestHead;
  readonly item: NewManifest;
  readonly until: number;
}

/** Stores a chart's blobs and its manifest in a repository. No tag names it yet. */
export async function storeChart(
  content: Content,
  repository: RepositoryName,
  chart: ConvertedChart,
): Promise<StoredChart> {
  const pieces: readonly ContentPiece[] = [
    chart.config,
    chart.archive,
    ...(chart.provenance ? [chart.provenance] : []),
  ];
  for (const { digest, bytes } of pieces) {
    await putContent(content.store, digest, { kind: "bytes", bytes });
    await linkBlob(content, repository, digest, bytes.length);
  }
  const { digest, manifest: bytes } = chart;
  const item = { digest, bytes, manifest: parseManifest(bytes, OCI_MANIFEST) };
  const until = await putManifest(content, repository, item);
  return { head: { digest, mediaType: OCI_MANIFEST, size: bytes.length }, item, until };
}
