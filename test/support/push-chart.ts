import { gzip, writeTar } from "../../engine/archive/index.ts";
import { loadArchive } from "../../engine/chart/index.ts";
import { chartConfig, chartManifest } from "../../engine/oci/chart-artifact.ts";
import { digestOf, type Digest } from "../../engine/oci/digest.ts";
import { OCI_MANIFEST } from "../../engine/oci/media-type.ts";

/** Files of a chart by their path below its root. */
export type ChartText = Readonly<Record<string, string>>;

/** A chart archive as `helm package` would lay it out. */
export async function packChart(name: string, files: ChartText): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  return await gzip(
    writeTar(
      Object.entries(files).map(([path, text]) => ({
        name: `${name}/${path}`,
        data: encoder.encode(text),
        mtime: 1_767_225_600,
      })),
    ),
  );
}

/** Pushes an archive by the OCI protocol, and gives the manifest's digest. Throws with the answer when one is not 201. */
export async function pushArchive(
  send: (path: string, init: RequestInit) => Promise<Response>,
  repository: string,
  archive: Uint8Array,
): Promise<{ readonly digest: Digest; readonly version: string }> {
  const { metadata } = await loadArchive(archive);
  const put = async (path: string, method: string, bytes: Uint8Array, type: string): Promise<void> => {
    const response = await send(path, { method, body: new Uint8Array(bytes), headers: { "content-type": type } });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  };
  const blob = async (bytes: Uint8Array) => {
    const digest = await digestOf(bytes);
    await put(`/v2/${repository}/blobs/uploads/?digest=${digest}`, "POST", bytes, "application/octet-stream");
    return { digest, size: bytes.length };
  };
  const manifest = chartManifest({ metadata, config: await blob(chartConfig(metadata)), archive: await blob(archive) });
  await put(`/v2/${repository}/manifests/${metadata.version}`, "PUT", manifest, OCI_MANIFEST);
  return { digest: await digestOf(manifest), version: metadata.version };
}
