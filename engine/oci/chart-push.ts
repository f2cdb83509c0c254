import type { Metadata } from "../chart/chart.ts";
import { chartConfig, chartManifest } from "./chart-artifact.ts";
import type { StoredBytes } from "./chart-artifact.ts";
import type { Descriptor } from "./descriptor.ts";
import { digestOf } from "./digest.ts";
import { OCI_MANIFEST } from "./media-type.ts";
import { isPushed, pushBlob, pushManifest } from "./push.ts";
import type { PushTarget } from "./push.ts";

/** A chart on its way into a registry. */
export interface PushRequest extends PushTarget {
  readonly tag: string;
  readonly metadata: Metadata;
  readonly archive: Uint8Array;
  readonly provenance?: Uint8Array | undefined;
  /** RFC 3339. */
  readonly created: string;
}

/** Pushes a chart as `helm push` does: the same manifest, blobs that are there already are not sent again. Gives what was pushed. */
export async function pushChart(request: PushRequest): Promise<Descriptor> {
  const { metadata, archive, provenance, created, tag } = request;
  const config = chartConfig(metadata);
  const blobs = [config, archive, ...(provenance === undefined ? [] : [provenance])];
  const [storedConfig, storedArchive, storedProvenance] = await Promise.all(blobs.map(stored));
  if (storedConfig === undefined || storedArchive === undefined) throw new Error("a chart has a config and an archive");
  const manifest = chartManifest({
    metadata,
    config: storedConfig,
    archive: storedArchive,
    ...(storedProvenance === undefined ? {} : { provenance: storedProvenance }),
    created,
  });
  const digest = await digestOf(manifest);
  if (!(await isPushed(request, `manifests/${digest}`))) {
    for (const data of blobs) await pushBlob(request, data);
  }
  await pushManifest(request, manifest, tag);
  return { mediaType: OCI_MANIFEST, digest, size: manifest.length };
}

async function stored(data: Uint8Array): Promise<StoredBytes> {
  return { digest: await digestOf(data), size: data.length };
}
