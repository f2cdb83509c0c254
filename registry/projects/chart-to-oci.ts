import type { Metadata } from "../../engine/chart/chart.ts";
import { loadArchive } from "../../engine/chart/load.ts";
import { chartConfig, chartManifest } from "../../engine/oci/chart-artifact.ts";
import { type Digest, digestOf } from "../../engine/oci/digest.ts";
import type { ContentPiece, ConvertedChart } from "../upstream/proxied-chart.ts";

/** A chart as an OCI artifact, and what its Chart.yaml says. */
export interface DescribedChart extends ConvertedChart {
  readonly metadata: Metadata;
}

/**
 * Makes an OCI artifact of a chart archive and its provenance (undefined: the repository has none). A pure function: the same bytes give
 * the same manifest digest for ever. `created` is the archive's own time of Chart.yaml. Throws ChartError for what is no chart.
 */
export async function chartToOci(archive: Uint8Array, provenance: Uint8Array | undefined): Promise<DescribedChart> {
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
