import { quote } from "../go/quote.ts";
import { type PluginGrant, type PluginLimits } from "./grant.ts";
import { importProblem } from "./imports.ts";
import { ENTRY, type ExtismRuntime, type PluginMetadata, type PluginType } from "./metadata.ts";
import { type FunctionSignature, parseSignature } from "./signature.ts";
import { PluginError, pluginError, type PluginIdentity } from "./plugin-error.ts";
import { WasmFault } from "./wasm-bytes.ts";
import { limitMemory, MAX_TABLE_ELEMENTS } from "./wasm-limit.ts";
import { readWasm, type WasmModule } from "./wasm-module.ts";

/** Larger modules are refused: the largest of Go's are a fourth of it. */
export const MAX_MODULE_BYTES: number = 16 * 1024 * 1024;

/** A module and where it came from. `metadata` is its plugin.yaml; a bare module has none. */
export interface PluginSource {
  /** Of a bare module: its file's or repository's name. */
  readonly name: string;
  /** `sha256:…` of `bytes`. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly metadata?: PluginMetadata;
  /** Of one out of a registry: its manifest's digest. */
  readonly artifact?: string;
  /** Its project in a registry. */
  readonly owner?: string;
}

/** A plugin that may run: its imports are within its grant, and its memory is capped in the module itself. */
export interface AdmittedPlugin extends Required<PluginIdentity> {
  readonly type: PluginType;
  /** With whose calls its own wait in line: its project's, or its own alone. */
  readonly owner: string;
  readonly entry: string;
  /** The module with its memory capped. */
  readonly bytes: Uint8Array;
  readonly config: Readonly<Record<string, string>>;
  readonly limits: PluginLimits;
  /** Granted, and asked for where the author says what he asks for. */
  readonly hosts: readonly string[];
  readonly plainHttp: boolean;
  readonly privateAddresses: boolean;
  /** The template functions of a `function/v1` plugin. */
  readonly functions: readonly FunctionSignature[];
  /** The URL schemes of a `getter/v1` plugin. */
  readonly protocols: readonly string[];
  /** Clock and randomness are the same in every call, so that equal input gives equal output. */
  readonly pure: boolean;
}

/** Checks a plugin against its grant before anything of it runs. Throws {@link PluginError}. */
export function admitPlugin(source: PluginSource, grant: PluginGrant): AdmittedPlugin {
  const plugin = { name: source.metadata?.name ?? source.name, digest: source.digest };
  const runtime = runtimeOf(plugin, source.metadata);
  const module = inspect(plugin, source.bytes);
  const { type, entry } = source.metadata === undefined ? typeOfExports(module) : entryOf(source.metadata, runtime);
  for (const one of module.imports) {
    const problem = importProblem(one, PURE.has(type) ? { ...grant, hosts: [] } : grant);
    if (problem !== undefined)
      throw pluginError("not-granted", plugin, problem, { import: `${one.module} ${one.name}` });
  }
  checkAbi(plugin, module, entry);
  const limits = limitsOf(grant.limits, runtime);
  checkMemory(plugin, module, limits.pages);
  checkTables(plugin, module);
  const { config } = source.metadata ?? {};
  return {
    ...plugin,
    type,
    owner: source.owner ?? plugin.name,
    entry,
    bytes: limitMemory(source.bytes, module, limits.pages),
    config: { ...runtime?.config, ...grant.config },
    limits,
    hosts: PURE.has(type)
      ? []
      : runtime === undefined
        ? grant.hosts
        : grant.hosts.filter((host) => asksFor(runtime, host)),
    plainHttp: grant.plainHttp,
    privateAddresses: grant.privateAddresses,
    functions: config?.type === "function/v1" ? config.functions.flatMap((text) => parseSignature(text) ?? []) : [],
    protocols: config?.type === "getter/v1" ? config.protocols : [],
    pure: PURE.has(type),
  };
}

/** Types whose answers depend on input and configuration alone: whatever is granted, they reach no host. */
const PURE: ReadonlySet<PluginType> = new Set<PluginType>(["function/v1", "policy/v1"]);

/** An author's `allowedHosts` are hosts or patterns with `*`; what he did not ask for he does not get. */
function asksFor(runtime: ExtismRuntime, host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return runtime.allowedHosts.some((pattern) => pattern === name || pattern === host || matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.at(-1);
  if (last === undefined || !name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** What is said of a module of so many bytes. */
export function tooLargeText(bytes: number): string {
  return `the module has ${bytes} bytes; ${MAX_MODULE_BYTES / 1024 / 1024} MiB are allowed`;
}

/** The outline of a module. Throws {@link PluginError} `invalid-module`. */
export function inspect(plugin: PluginIdentity, bytes: Uint8Array): WasmModule {
  if (bytes.length > MAX_MODULE_BYTES) {
    throw pluginError("invalid-module", plugin, tooLargeText(bytes.length));
  }
  try {
    return readWasm(bytes);
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    throw pluginError("invalid-module", plugin, error.message);
  }
}

const MIGRATION =
  "it runs a program of the machine (runtime: subprocess), which Slipway does not do. Build it as a WASM plugin " +
  "(runtime: extism/v1, plugin.wasm with the export helm_plugin_main), or run the program before Slipway gets the chart";

function runtimeOf(plugin: PluginIdentity, metadata: PluginMetadata | undefined): ExtismRuntime | undefined {
  if (metadata === undefined) return undefined;
  const { runtime } = metadata;
  if (runtime.kind === "subprocess") throw pluginError("unsupported-runtime", { name: plugin.name }, MIGRATION);
  const [wanted] = runtime.hostFunctions;
  if (wanted !== undefined) {
    throw new PluginError("not-granted", `plugin requested host function ${quote(wanted)} not found`, { ...plugin });
  }
  if (runtime.createTempDir) {
    const problem = "it asks for a directory (fileSystem.createTempDir); no runtime of Slipway gives a plugin files";
    throw pluginError("missing-capability", plugin, problem, { capability: "files" });
  }
  return runtime;
}

/** A module's exports by which its type is known without a plugin.yaml, the surest first. */
const TYPED_EXPORTS: readonly (readonly [name: string, type: PluginType])[] = [
  ["postrenderer_v1", "postrenderer/v1"],
  ["getter_v1", "getter/v1"],
  ["cli_v1", "cli/v1"],
  ["function_v1", "function/v1"],
  ["policy_v1", "policy/v1"],
];

/** `postrenderer_v1` and its like name type and entry; `helm_plugin_main` alone is what post-renderers have. */
function typeOfExports(module: WasmModule): { readonly type: PluginType; readonly entry: string } {
  const found = TYPED_EXPORTS.find(([name]) => module.exports.some((one) => one.name === name));
  return found === undefined ? { type: "postrenderer/v1", entry: ENTRY } : { type: found[1], entry: found[0] };
}

function entryOf(metadata: PluginMetadata, runtime: ExtismRuntime | undefined): { type: PluginType; entry: string } {
  return { type: metadata.config.type, entry: runtime?.entry ?? ENTRY };
}

function checkAbi(plugin: PluginIdentity, module: WasmModule, entry: string): void {
  const found = module.exports.find((one) => one.name === entry);
  if (found === undefined) throw pluginError("wrong-abi", plugin, `unknown function: ${entry}`);
  const { signature } = found;
  const [result] = signature?.results ?? [];
  const callable =
    signature !== undefined &&
    signature.parameters.length === 0 &&
    signature.results.length <= 1 &&
    (result === undefined || result === "i32" || result === "i64");
  if (callable) return;
  throw pluginError(
    "wrong-abi",
    plugin,
    `${entry} must be a function without parameters that returns nothing or a code`,
  );
}

function limitsOf(limits: PluginLimits, runtime: ExtismRuntime | undefined): PluginLimits {
  return {
    ...limits,
    pages: Math.min(limits.pages, runtime?.maxPages ?? limits.pages),
    milliseconds: Math.min(limits.milliseconds, runtime?.timeout ?? limits.milliseconds),
    varBytes: Math.min(limits.varBytes, runtime?.maxVarBytes ?? limits.varBytes),
    httpResponseBytes: Math.min(limits.httpResponseBytes, runtime?.maxHttpResponseBytes ?? limits.httpResponseBytes),
  };
}

/** A runtime makes them before any of the guest's code runs, outside of the guest's memory. */
function checkTables(plugin: PluginIdentity, { tables }: WasmModule): void {
  const least = tables.reduce((sum, table) => sum + table.least, 0);
  if (least <= MAX_TABLE_ELEMENTS) return;
  throw pluginError(
    "out-of-memory",
    plugin,
    `its tables begin with ${least} elements; they may have ${MAX_TABLE_ELEMENTS}`,
  );
}

function checkMemory(plugin: PluginIdentity, module: WasmModule, pages: number): void {
  const [memory] = module.memories;
  if (memory === undefined || memory.least <= pages) return;
  throw pluginError("out-of-memory", plugin, `it needs ${memory.least} pages of memory; it may have ${pages}`);
}
