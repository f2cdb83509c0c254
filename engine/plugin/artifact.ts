import { isGzip, MAX_INFLATED_BYTES, readTar, readTarGz, type TarEntry } from "../archive/index.ts";
import { fromUtf8 } from "../go/utf8.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { ImageManifest } from "../oci/manifest.ts";
import { MAX_MODULE_BYTES } from "./admit.ts";
import type { PluginMetadata } from "./metadata.ts";
import { parsePluginYaml } from "./parse.ts";
import { pluginError, type PluginIdentity } from "./plugin-error.ts";

/** What Helm 4 calls a plugin in a registry. */
export const PLUGIN_ARTIFACT = "application/vnd.helm.plugin.v1+json";

const TITLE = "org.opencontainers.image.title";

/** The layer of an artifact that has the plugin: Helm's archive, or a bare module as `oras push` makes it. */
export type PluginLayer = { readonly kind: "archive" | "module"; readonly layer: Descriptor };

/** Finds a plugin's layer; `name` is the last part of the repository. Throws `PluginError` `invalid-module` with Helm's words. */
export function pluginLayer(plugin: PluginIdentity, name: string, manifest: ImageManifest): PluginLayer {
  const titled = manifest.layers.map((layer) => ({ layer, title: layer.annotations?.[TITLE] ?? "" }));
  const archive = titled.find(({ title }) => title.startsWith(`${name}-`) && title.endsWith(".tgz"));
  if (archive !== undefined) return { kind: "archive", layer: archive.layer };
  const module = titled.find(({ title }) => title.endsWith(".wasm"));
  if (module !== undefined) return { kind: "module", layer: module.layer };
  const problem = `required layer matching pattern ${name}-VERSION.tgz not found in manifest, nor a layer titled NAME.wasm`;
  throw pluginError("invalid-module", plugin, problem);
}

/** A plugin's files. */
export interface PluginFiles {
  readonly bytes: Uint8Array;
  readonly metadata?: PluginMetadata;
}

/** plugin.yaml and plugin.wasm of Helm's archive, at its root or one folder below. Throws `PluginError`, and `ArchiveError` for a damaged one. */
export async function readPluginArchive(plugin: PluginIdentity, archive: Uint8Array): Promise<PluginFiles> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await entriesOf(archive)) files.set(baseName(entry.name), entry.data);
  const yaml = files.get("plugin.yaml");
  if (yaml === undefined) throw pluginError("invalid-metadata", plugin, "plugin metadata (plugin.yaml) missing");
  const metadata = parsePluginYaml(fromUtf8(yaml));
  const bytes = files.get("plugin.wasm");
  if (bytes !== undefined) return { bytes, metadata };
  if (metadata.runtime.kind === "subprocess") return { bytes: new Uint8Array(0), metadata };
  throw pluginError("invalid-module", plugin, 'wasm binary missing for extism/v1 plugin: "plugin.wasm"');
}

async function entriesOf(archive: Uint8Array): Promise<readonly TarEntry[]> {
  if (!isGzip(archive)) return readTar(archive, wanted);
  const entries: TarEntry[] = [];
  for await (const entry of readTarGz(archive, wanted, { limit: MAX_INFLATED_BYTES })) entries.push(entry);
  return entries;
}

function wanted(header: { readonly name: string; readonly size: number }): boolean {
  const isFile = ["plugin.yaml", "plugin.wasm"].includes(baseName(header.name));
  return isFile && header.name.split("/").length <= 2 && header.size <= MAX_MODULE_BYTES;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
