import { fromUtf8 } from "../../engine/go/utf8.ts";
import { digestOf } from "../../engine/oci/digest.ts";
import { isOciReference } from "../../engine/oci/reference.ts";
import {
  type AdmittedPlugin,
  admitPlugin,
  type GrantEntry,
  parsePluginYaml,
  PluginError,
  type PluginMetadata,
  type PluginSource,
  type PluginType,
} from "../../engine/plugin/index.ts";
import { type CommandIo, CommandError } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { helmFolder } from "./helm-folders.ts";
import { grantedTo } from "./plugin-grants.ts";
import { slogLine } from "./slog.ts";

/** What finding a plugin on this machine takes. */
export type PluginIo = Pick<CommandIo, "files" | "environment" | "stderr">;

/** Where a command finds plugins, and what it grants them. */
export interface PluginPlace {
  readonly flags: ParsedFlags;
  readonly io: CommandIo;
  readonly grants: readonly GrantEntry[];
}

/**
 * A plugin of one type under its grant: an installed one by name, a folder with its plugin.yaml, `FILE.wasm`, or by its address in a registry. Throws
 * `PluginError`, and for one in a registry what `registryPlugin` does.
 */
export async function admitNamed(name: string, type: PluginType, place: PluginPlace): Promise<AdmittedPlugin> {
  const source = await sourceFor(name, type, place);
  const plugin = admitPlugin(source, grantedTo(source, name, place.grants));
  if (plugin.type === type) return plugin;
  throw new CommandError(`plugin ${plugin.name} is a ${plugin.type} plugin, and no ${type}`);
}

async function sourceFor(name: string, type: PluginType, { flags, io }: PluginPlace): Promise<PluginSource> {
  if (isOciReference(name)) return await fetched(name, flags, io);
  return name.includes("/") || name.endsWith(".wasm") ? await pluginAt(name, io) : await installed(name, type, io);
}

/** What fetches is loaded when something is to be fetched. */
async function fetched(address: string, flags: ParsedFlags, io: CommandIo): Promise<PluginSource> {
  return await (await import("./registry-plugin.ts")).registryPlugin(address, flags, io);
}

/** A plugin of any type by its address in a registry, its path, or else the name that it is installed under. Throws as {@link pluginAt} and `registryPlugin` do. */
export async function namedPlugin(name: string, flags: ParsedFlags, io: CommandIo): Promise<PluginSource> {
  if (isOciReference(name)) return await fetched(name, flags, io);
  const path = name.replace(/(?<=.)\/+$/, "");
  const isPath = name.includes("/") || name.endsWith(".wasm") || io.files.stat(path) !== undefined;
  const found = isPath ? undefined : installedPlugins(io).find(({ metadata }) => metadata.name === name);
  return await pluginAt(found?.folder ?? path, io);
}

/** A plugin by its path. Throws `PluginError`, and `CommandError` where there is nothing. */
export async function pluginAt(path: string, { files }: Pick<PluginIo, "files">): Promise<PluginSource> {
  const kind = files.stat(path)?.kind;
  if (kind === undefined && !path.endsWith(".wasm")) throw new CommandError(`${path}: no such file or directory`);
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.wasm$/, "");
  return kind === "directory" ? await pluginIn(path, { files }) : await sourceOf(name, files.read(path), undefined);
}

async function pluginIn(folder: string, { files }: Pick<PluginIo, "files">): Promise<PluginSource> {
  const metadata = loadMetadata(folder, { files });
  const isProgram = metadata.runtime.kind === "subprocess";
  return await sourceOf(metadata.name, isProgram ? new Uint8Array(0) : files.read(`${folder}/plugin.wasm`), metadata);
}

async function sourceOf(name: string, bytes: Uint8Array, metadata: PluginMetadata | undefined): Promise<PluginSource> {
  return { name, digest: await digestOf(bytes), bytes, ...(metadata === undefined ? {} : { metadata }) };
}

async function installed(name: string, type: PluginType, io: PluginIo): Promise<PluginSource> {
  for (const { folder, metadata } of installedPlugins(io)) {
    if (metadata.name === name && metadata.config.type === type) return await pluginIn(folder, io);
  }
  throw new PluginError("not-found", `plugin: {Name:${name} Type:${type}} not found`);
}

/** A plugin in one of Helm's folders. */
export interface InstalledPlugin {
  readonly folder: string;
  readonly metadata: PluginMetadata;
}

/** Helm compatibility: `HELM_PLUGINS` is a list of folders; what cannot be loaded there is logged and passed over. */
export function installedPlugins(io: PluginIo): readonly InstalledPlugin[] {
  const folders = io.environment("HELM_PLUGINS") ?? `${helmFolder("data", io)}/plugins`;
  return folders
    .split(":")
    .flatMap((one) => foldersIn(one, io))
    .flatMap((folder) => {
      const metadata = readMetadata(folder, io);
      return metadata === undefined ? [] : [{ folder, metadata }];
    });
}

function foldersIn(folder: string, { files }: PluginIo): readonly string[] {
  if (folder === "" || files.stat(folder)?.kind !== "directory") return [];
  const names = files.list(folder).map((entry) => `${folder}/${entry.name}`);
  return names.filter((path) => files.stat(`${path}/plugin.yaml`)?.kind === "file").sort();
}

function readMetadata(folder: string, io: PluginIo): PluginMetadata | undefined {
  try {
    return loadMetadata(folder, io);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    io.stderr(
      slogLine("WARN", "failed to load plugin (ignoring)", [
        ["plugin_yaml", `${folder}/plugin.yaml`],
        ["error", error.message],
      ]),
    );
    return undefined;
  }
}

/** plugin.yaml of a folder, its module beside it. Throws `PluginError` with Helm's words. */
function loadMetadata(folder: string, { files }: Pick<PluginIo, "files">): PluginMetadata {
  const metadata = metadataAt(folder, fromUtf8(files.read(`${folder}/plugin.yaml`)));
  if (metadata.runtime.kind === "subprocess" || files.stat(`${folder}/plugin.wasm`) !== undefined) return metadata;
  const path = JSON.stringify(`${folder}/plugin.wasm`);
  throw new PluginError("invalid-metadata", `wasm binary missing for extism/v1 plugin: ${path}`);
}

function metadataAt(folder: string, text: string): PluginMetadata {
  try {
    return parsePluginYaml(text);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw new PluginError(
      error.code,
      `failed to load plugin ${JSON.stringify(folder)}: ${error.message}`,
      {},
      { cause: error },
    );
  }
}
