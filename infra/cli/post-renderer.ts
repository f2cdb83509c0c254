import { postRender, type PostRenderer, type RunPostRenderer } from "../../engine/action/post-render.ts";
import { EngineError } from "../../engine/errors.ts";
import { EgressError } from "../../engine/oci/egress-error.ts";
import type { Egress } from "../../engine/oci/egress.ts";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import {
  type AdmittedPlugin,
  admitPlugin,
  NO_GRANT,
  parsePluginYaml,
  PluginError,
  type PluginMetadata,
  postRenderInput,
  readPostRenderOutput,
} from "../../engine/plugin/index.ts";
import { type CommandIo, CommandError } from "./command.ts";
import type { Flag, ParsedFlags } from "./flags.ts";
import { helmFolder } from "./helm-folders.ts";
import { slogLine } from "./slog.ts";
import type { PostRendering } from "./template.ts";

/** `--post-renderer NAME|FILE.wasm` and what it is given. */
export const POST_RENDERER_FLAGS: readonly Flag[] = [
  { name: "post-renderer", kind: "string" },
  { name: "post-renderer-args", kind: "strings" },
];

/** What finding a plugin on this machine takes. */
export type PluginIo = Pick<CommandIo, "files" | "environment" | "stderr"> & {
  readonly sha256: (bytes: Uint8Array) => string;
};

/** A command grants no hosts. */
const NOWHERE: Egress = { send: () => Promise.reject(new EgressError("refused", "no hosts are granted")) };

/** The post-renderer that the flags name, for a request: its bytes stay here. */
export function postRenderersOf(flags: ParsedFlags): { readonly postRenderers?: readonly PostRenderer[] } {
  const plugin = flags.last("post-renderer") ?? "";
  if (plugin === "") return {};
  return { postRenderers: [{ plugin, digest: "local", args: flags.all("post-renderer-args"), config: {} }] };
}

/** Refuses a post-renderer that is not there or may not run, in Helm's words, before anything else is done. */
export function checkPostRenderer(flags: ParsedFlags, io: PluginIo): void {
  findPostRenderer(flags, io);
}

/** A post-renderer that is ready, and what ends its thread. */
export interface ReadyPostRenderer {
  readonly run: RunPostRenderer;
  readonly close: () => Promise<void>;
}

/** Opens what the flags name; undefined where they name none. Its thread starts with its first call. */
export async function openPostRenderer(flags: ParsedFlags, io: PluginIo): Promise<ReadyPostRenderer | undefined> {
  const plugin = findPostRenderer(flags, io);
  if (plugin === undefined) return undefined;
  const { openPluginHost } = await import("../node/plugin-host.ts");
  const { host, close } = openPluginHost(NOWHERE);
  return {
    close,
    run: async ({ args }, manifests, signal) => {
      const input = postRenderInput(manifests, args);
      const { output, logs } = await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
      for (const { level, text } of logs) io.stderr(slogLine(LEVELS[level], text, [["plugin", plugin.name]]));
      return readPostRenderOutput(plugin, output, manifests);
    },
  };
}

/** What `template` is given: the post-renderer that its flags name, over rendered files. */
export async function openPostRendering(flags: ParsedFlags, io: PluginIo): Promise<PostRendering> {
  const opened = await openPostRenderer(flags, io);
  const { postRenderers: renderers = [] } = postRenderersOf(flags);
  return {
    close: async () => await opened?.close(),
    postRender: async (files) =>
      opened === undefined ? files : await postRender(files, { renderers, strategy: "combined", run: opened.run }),
  };
}

const LEVELS = { trace: "DEBUG", debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

function findPostRenderer(flags: ParsedFlags, io: PluginIo): AdmittedPlugin | undefined {
  const name = flags.last("post-renderer") ?? "";
  if (name === "") return undefined;
  try {
    const found = name.endsWith(".wasm") ? bareModule(name, io) : installed(name, io);
    const plugin = admitPlugin(found, NO_GRANT);
    if (plugin.type === "postrenderer/v1") return plugin;
    throw new CommandError(`plugin ${plugin.name} is a ${plugin.type} plugin, and no postrenderer/v1`);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const text = `invalid argument ${JSON.stringify(name)} for "--post-renderer" flag: ${error.message}`;
    throw new CommandError(text, error.detail, { cause: error });
  }
}

function bareModule(path: string, io: PluginIo): Parameters<typeof admitPlugin>[0] {
  const bytes = io.files.read(path);
  const name = path.slice(path.lastIndexOf("/") + 1, -".wasm".length);
  return { name, digest: `sha256:${io.sha256(bytes)}`, bytes };
}

/** Helm compatibility: `HELM_PLUGINS` is a list of folders; what cannot be loaded there is logged and passed over. */
function installed(name: string, io: PluginIo): Parameters<typeof admitPlugin>[0] {
  const folders = io.environment("HELM_PLUGINS") ?? `${helmFolder("data", io)}/plugins`;
  for (const folder of folders.split(":").flatMap((one) => foldersIn(one, io))) {
    const metadata = readMetadata(folder, io);
    if (metadata?.name !== name || metadata.config.type !== "postrenderer/v1") continue;
    const bytes = metadata.runtime.kind === "subprocess" ? new Uint8Array(0) : io.files.read(`${folder}/plugin.wasm`);
    return { name, digest: `sha256:${io.sha256(bytes)}`, bytes, metadata };
  }
  throw new PluginError("not-found", `plugin: {Name:${name} Type:postrenderer/v1} not found`);
}

function foldersIn(folder: string, { files }: PluginIo): readonly string[] {
  if (folder === "" || files.stat(folder)?.kind !== "directory") return [];
  const names = files.list(folder).map((entry) => `${folder}/${entry.name}`);
  return names.filter((path) => files.stat(`${path}/plugin.yaml`)?.kind === "file").sort();
}

function readMetadata(folder: string, io: PluginIo): PluginMetadata | undefined {
  const path = `${folder}/plugin.yaml`;
  try {
    return loadMetadata(folder, io);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    io.stderr(
      slogLine("WARN", "failed to load plugin (ignoring)", [
        ["plugin_yaml", path],
        ["error", error.message],
      ]),
    );
    return undefined;
  }
}

/** plugin.yaml of a folder, its module beside it. Throws `PluginError` with Helm's words. */
export function loadMetadata(folder: string, { files }: Pick<PluginIo, "files">): PluginMetadata {
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
