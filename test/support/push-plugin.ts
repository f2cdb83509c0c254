import { gzip, writeTar } from "../../engine/archive/index.ts";
import { digestOf } from "../../engine/oci/digest.ts";
import { OCI_MANIFEST } from "../../engine/oci/media-type.ts";
import { PLUGIN_ARTIFACT } from "../../engine/plugin/index.ts";

/** A plugin as it is pushed: a bare module, or Helm's archive of plugin.yaml and module. */
export type PushedPlugin =
  | { readonly kind: "module"; readonly bytes: Uint8Array }
  | { readonly kind: "archive"; readonly yaml: string; readonly bytes: Uint8Array };

/** Pushes a plugin as oras does, and gives its manifest's digest. `name` is the last part of the repository. */
export async function pushPlugin(
  send: (path: string, init: RequestInit) => Promise<Response>,
  repository: string,
  tag: string,
  plugin: PushedPlugin,
): Promise<string> {
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const put = async (path: string, method: string, bytes: Uint8Array, type: string): Promise<void> => {
    const response = await send(path, { method, body: new Uint8Array(bytes), headers: { "content-type": type } });
    if (response.status !== 201) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  };
  const blob = async (bytes: Uint8Array) => {
    const digest = await digestOf(bytes);
    await put(`/v2/${repository}/blobs/uploads/?digest=${digest}`, "POST", bytes, "application/octet-stream");
    return { digest, size: bytes.length };
  };
  const isModule = plugin.kind === "module";
  const content = isModule ? plugin.bytes : await archiveOf(name, plugin);
  const title = isModule ? `${name}.wasm` : `${name}-1.0.0.tgz`;
  const manifest = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: isModule ? "application/vnd.unknown.artifact.v1" : PLUGIN_ARTIFACT,
      config: { mediaType: "application/vnd.oci.empty.v1+json", ...(await blob(new TextEncoder().encode("{}"))) },
      layers: [
        {
          mediaType: `application/vnd.oci.image.layer.v1.tar${isModule ? "" : "+gzip"}`,
          ...(await blob(content)),
          annotations: { "org.opencontainers.image.title": title },
        },
      ],
    }),
  );
  await put(`/v2/${repository}/manifests/${tag}`, "PUT", manifest, OCI_MANIFEST);
  return await digestOf(manifest);
}

async function archiveOf(name: string, plugin: { readonly yaml: string; readonly bytes: Uint8Array }) {
  const yaml = new TextEncoder().encode(plugin.yaml);
  const files = [
    { name: `${name}/plugin.yaml`, data: yaml, mtime: 0 },
    { name: `${name}/plugin.wasm`, data: plugin.bytes, mtime: 0 },
  ];
  return await gzip(writeTar(files));
}
