import type { Metadata } from "../../engine/chart/chart.ts";
import { loadArchive } from "../../engine/chart/load.ts";
import { chartConfig, chartManifest } from "../../engine/oci/chart-artifact.ts";
import { type Digest, digestOf } from "../../engine/oci/digest.ts";

/** A chart as an OCI artifact: four pieces of content and the digest that names the whole. */
export interface ConvertedChart {
  readonly metadata: Metadata;
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

/**
 * Makes an OCI artifact of a chart archive and its provenance (undefined: the repository has none). A pure function: the same bytes give
 * the same manifest digest for ever. `created` is the archive's own time of Chart.yaml. Throws ChartError for what is no chart.
 */
export async function chartToOci(archive: Uint8Array, provenance: Uint8Array | undefined): Promise<ConvertedChart> {
  const chart = await loadArchive(archive);
  const { metadata, modTime } = chart;
  const config = await piece(chartConfig(metadata));
  const layer = await piece(archive);
  const signature = provenance === undefined ? undefined : await piece(provenance);
  const manifest = chartManifest({
    metadata,
    config: sizeOf(config),
    archive: sizeOf(layer),
    ...(signature === undefined ? {} : { provenance: sizeOf(signature) }),
    ...(modTime === undefined || modTime.startsWith("0001-") ? {} : { created: modTime }),
  });
  const digest = await digestOf(manifest);
  const base = { metadata, digest, manifest, config, archive: layer };
  return signature === undefined ? base : { ...base, provenance: signature };
}

async function piece(bytes: Uint8Array): Promise<ContentPiece> {
  return { digest: await digestOf(bytes), bytes };
}

function sizeOf({ digest, bytes }: ContentPiece): { readonly digest: Digest; readonly size: number } {
  return { digest, size: bytes.length };
}
