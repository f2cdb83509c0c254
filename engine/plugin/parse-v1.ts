import { stringify } from "yaml";
import type { JsonObject } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { isJsonObject, stringAt } from "../object/json.ts";
import { ENTRY, type ExtismRuntime, type PluginMetadata, type SubprocessRuntime } from "./metadata.ts";
import { NAME_PATTERN, versionProblem } from "./names.ts";
import { configOf, configProblem, CONFIGS, findType } from "./plugin-types.ts";
import {
  decodeStruct,
  type FieldType,
  readYamlText,
  type StructType,
  YamlMisfit,
  type YamlText,
} from "./yaml-struct.ts";

const TEXT: FieldType = { kind: "string" };
const TEXTS: FieldType = { kind: "list", type: "[]string", element: TEXT };
const ANY: FieldType = { kind: "any-map" };
const INT64: FieldType = { kind: "integer", type: "int64", least: -(2 ** 63), most: 2 ** 63 - 1 };

function struct(type: string, fields: Readonly<Record<string, FieldType>>): StructType {
  return { kind: "struct", type, fields: new Map(Object.entries(fields)) };
}

const METADATA = struct("plugin.MetadataV1", {
  apiVersion: TEXT,
  name: TEXT,
  type: TEXT,
  runtime: TEXT,
  version: TEXT,
  sourceURL: TEXT,
  config: ANY,
  runtimeConfig: ANY,
});
const EXTISM = struct("plugin.RuntimeConfigExtismV1", {
  memory: struct("plugin.RuntimeConfigExtismV1Memory", {
    maxPages: { kind: "integer", type: "uint32", least: 0, most: 2 ** 32 - 1 },
    maxHttpResponseBytes: INT64,
    maxVarBytes: INT64,
  }),
  config: { kind: "map", type: "map[string]string", element: TEXT },
  allowedHosts: TEXTS,
  fileSystem: struct("plugin.RuntimeConfigExtismV1FileSystem", { createTempDir: { kind: "bool" } }),
  timeout: { kind: "integer", type: "uint64", least: 0, most: 2 ** 64 - 1 },
  hostFunctions: TEXTS,
  entryFuncName: TEXT,
});
/** One command of a platform: also of the legacy dialect. */
export const COMMANDS: FieldType = {
  kind: "list",
  type: "[]plugin.PlatformCommand",
  element: struct("plugin.PlatformCommand", { os: TEXT, arch: TEXT, command: TEXT, args: TEXTS }),
};
/** Commands by event: also of the legacy dialect. */
export const HOOKS: FieldType = { kind: "map", type: "plugin.PlatformHooks", element: COMMANDS };
const SUBPROCESS = struct("plugin.RuntimeConfigSubprocess", {
  platformCommand: COMMANDS,
  platformHooks: HOOKS,
  protocolCommands: {
    kind: "list",
    type: "[]plugin.SubprocessProtocolCommand",
    element: struct("plugin.SubprocessProtocolCommand", { protocols: TEXTS, platformCommand: COMMANDS }),
  },
});

/** A v1 plugin.yaml. Throws {@link YamlMisfit} with Helm's text. */
export function parseV1(text: YamlText): PluginMetadata {
  const read = decodeStruct(text, METADATA, true);
  const name = stringAt(read, "name") ?? "";
  const version = stringAt(read, "version") ?? "";
  checkHead(read, name, version);
  const { type, runtime } = converting(() => ({ type: typeOf(read), runtime: runtimeOf(read) }));
  const config = configProblem(type);
  if (config !== undefined) throw new YamlMisfit(`config validation failed: ${config}`);
  const sourceUrl = stringAt(read, "sourceURL") ?? "";
  return { apiVersion: "v1", name, version, ...(sourceUrl === "" ? {} : { sourceUrl }), config: type, runtime };
}

function checkHead(read: JsonObject, name: string, version: string): void {
  if (!NAME_PATTERN.test(name)) throw new YamlMisfit("invalid plugin `name`");
  if (version === "") throw new YamlMisfit("plugin `version` is required");
  const problem = versionProblem(version);
  if (problem !== undefined) throw new YamlMisfit(`invalid plugin \`version\` ${quote(version)}: ${problem}`);
  if ((stringAt(read, "type") ?? "") === "") throw new YamlMisfit("`type` missing");
  if ((stringAt(read, "runtime") ?? "") === "") throw new YamlMisfit("`runtime` missing");
}

function converting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof YamlMisfit)) throw error;
    throw new YamlMisfit(`failed to convert MetadataV1 to Metadata: ${error.message}`);
  }
}

function typeOf(read: JsonObject): PluginMetadata["config"] {
  const name = stringAt(read, "type") ?? "";
  const type = findType(name);
  const shape = type === undefined ? undefined : CONFIGS.get(type);
  if (type === undefined || shape === undefined) throw new YamlMisfit(`unknown plugin type ${quote(name)}`);
  return configOf(type, decodeStruct(writtenAgain(read["config"]), shape, true));
}

/** Helm compatibility: these maps are written as YAML and read again, so their line numbers are those of that text. */
function writtenAgain(value: JsonObject[string] | undefined): YamlText {
  return readYamlText(stringify(isJsonObject(value) ? value : {}, { sortMapEntries: true, lineWidth: 0 }));
}

function runtimeOf(read: JsonObject): ExtismRuntime | SubprocessRuntime {
  const name = stringAt(read, "runtime") ?? "";
  const shape = name === "subprocess" ? SUBPROCESS : name === "extism/v1" ? EXTISM : undefined;
  if (shape === undefined) throw new YamlMisfit(`unsupported plugin runtime type: ${quote(name)}`);
  try {
    const config = decodeStruct(writtenAgain(read["runtimeConfig"]), shape, false);
    return shape === SUBPROCESS ? { kind: "subprocess" } : extismOf(config);
  } catch (error) {
    if (!(error instanceof YamlMisfit)) throw error;
    throw new YamlMisfit(`failed to unmarshal runtimeConfig for ${name} runtime: ${error.message}`);
  }
}

function extismOf(read: JsonObject): ExtismRuntime {
  const memory = isJsonObject(read["memory"]) ? read["memory"] : {};
  const files = isJsonObject(read["fileSystem"]) ? read["fileSystem"] : {};
  const config = isJsonObject(read["config"]) ? read["config"] : {};
  const entry = stringAt(read, "entryFuncName") ?? "";
  return {
    kind: "extism/v1",
    ...positive("maxPages", memory["maxPages"]),
    ...positive("maxHttpResponseBytes", memory["maxHttpResponseBytes"]),
    ...positive("maxVarBytes", memory["maxVarBytes"]),
    ...positive("timeout", read["timeout"]),
    config: Object.fromEntries(Object.keys(config).map((key) => [key, stringAt(config, key) ?? ""])),
    allowedHosts: textsOf(read["allowedHosts"]),
    createTempDir: files["createTempDir"] === true,
    hostFunctions: textsOf(read["hostFunctions"]),
    entry: entry === "" ? ENTRY : entry,
  };
}

/** Helm compatibility: 0 is what an absent limit reads as. */
function positive<Key extends string>(
  key: Key,
  value: JsonObject[string] | undefined,
): { readonly [K in Key]?: number } {
  const out: { [K in Key]?: number } = {};
  if (typeof value === "number" && value > 0) out[key] = value;
  return out;
}

function textsOf(value: JsonObject[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
