import { isGzip, MAX_INFLATED_BYTES, readTar, readTarGz, type TarEntry } from "../archive/index.ts";
import { fromUtf8 } from "../go/utf8.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { ImageManifest } from "../oci/manifest.ts";
import { MAX_MODULE_BYTES, tooLargeText } from "./admit.ts";
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

/**
 * plugin.yaml and plugin.wasm of Helm's archive: both at its root or, without a plugin.yaml there, in the first folder that has one. Throws
 * `PluginError`, and `ArchiveError` for a damaged one.
 */
export async function readPluginArchive(plugin: PluginIdentity, archive: Uint8Array): Promise<PluginFiles> {
  const { files, tooLarge } = await filesOf(archive);
  const folders = [...files.keys()].flatMap((path) => (path.endsWith(YAML) ? [path.slice(0, -YAML.length)] : []));
  const folder = folders.includes("") ? "" : folders[0];
  const yaml = folder === undefined ? undefined : files.get(folder + YAML);
  if (folder === undefined || yaml === undefined) {
    throw pluginError("invalid-metadata", plugin, "plugin metadata (plugin.yaml) missing");
  }
  const metadata = parsePluginYaml(fromUtf8(yaml));
  const bytes = files.get(folder + WASM);
  if (bytes !== undefined) return { bytes, metadata };
  const size = tooLarge.get(folder + WASM);
  if (size !== undefined) throw pluginError("invalid-module", plugin, tooLargeText(size));
  if (metadata.runtime.kind === "subprocess") return { bytes: new Uint8Array(0), metadata };
  throw pluginError("invalid-module", plugin, 'wasm binary missing for extism/v1 plugin: "plugin.wasm"');
}

const YAML = "plugin.yaml";
const WASM = "plugin.wasm";
/** Names of files that are too large, of which nothing else is kept. */
const MAX_TOO_LARGE = 100;

interface ArchiveFiles {
  /** By path, at most one folder deep. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Sizes in bytes. */
  readonly tooLarge: ReadonlyMap<string, number>;
}

async function filesOf(archive: Uint8Array): Promise<ArchiveFiles> {
  const tooLarge = new Map<string, number>();
  const wanted = (header: { readonly name: string; readonly size: number }): boolean => {
    const path = pathOf(header.name);
    if (!/^(?:[^/]+\/)?plugin\.(?:yaml|wasm)$/.test(path)) return false;
    if (header.size > MAX_MODULE_BYTES && tooLarge.size < MAX_TOO_LARGE) tooLarge.set(path, header.size);
    return header.size <= MAX_MODULE_BYTES;
  };
  const files = new Map<string, Uint8Array>();
  for (const entry of await entriesOf(archive, wanted)) files.set(pathOf(entry.name), entry.data);
  return { files, tooLarge };
}

async function entriesOf(
  archive: Uint8Array,
  wanted: (header: { readonly name: string; readonly size: number }) => boolean,
): Promise<readonly TarEntry[]> {
  if (!isGzip(archive)) return readTar(archive, wanted);
  const entries: TarEntry[] = [];
  for await (const entry of readTarGz(archive, wanted, { limit: MAX_INFLATED_BYTES })) entries.push(entry);
  return entries;
}

/** As `tar czf x.tgz ./labels` names it, and as `tar czf x.tgz labels` does. */
function pathOf(name: string): string {
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
