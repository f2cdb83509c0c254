import type { JsonObject } from "../errors.ts";
import { listAt, stringAt } from "../object/json.ts";
import type { PluginConfig, PluginType } from "./metadata.ts";
import { parseSignature } from "./signature.ts";
import type { FieldType, StructType } from "./yaml-struct.ts";

/** Functions of one plugin. */
const MAX_FUNCTIONS = 100;

const TEXT: FieldType = { kind: "string" };
const TEXTS: FieldType = { kind: "list", type: "[]string", element: TEXT };

function struct(type: string, fields: Readonly<Record<string, FieldType>>): StructType {
  return { kind: "struct", type, fields: new Map(Object.entries(fields)) };
}

/** `config` by type, with Go's names for those that are Helm's. */
export const CONFIGS: ReadonlyMap<PluginType, StructType> = new Map<PluginType, StructType>([
  [
    "cli/v1",
    struct("schema.ConfigCLIV1", { usage: TEXT, shortHelp: TEXT, longHelp: TEXT, ignoreFlags: { kind: "bool" } }),
  ],
  ["getter/v1", struct("schema.ConfigGetterV1", { protocols: TEXTS })],
  ["postrenderer/v1", struct("schema.ConfigPostRendererV1", {})],
  ["test/v1", struct("schema.ConfigTestV1", {})],
  ["function/v1", struct("schema.ConfigFunctionV1", { functions: TEXTS })],
  ["policy/v1", struct("schema.ConfigPolicyV1", {})],
]);

/** A type by its name. */
export function findType(name: string): PluginType | undefined {
  return [...CONFIGS.keys()].find((type) => type === name);
}

/** What a decoded `config` says. */
export function configOf(type: PluginType, read: JsonObject): PluginConfig {
  const text = (key: string): string => stringAt(read, key) ?? "";
  const texts = (key: string): readonly string[] => listAt(read, key).map(String);
  switch (type) {
    case "cli/v1":
      return {
        type,
        usage: text("usage"),
        shortHelp: text("shortHelp"),
        longHelp: text("longHelp"),
        ignoreFlags: read["ignoreFlags"] === true,
      };
    case "getter/v1":
      return { type, protocols: texts("protocols") };
    case "function/v1":
      return { type, functions: texts("functions") };
    default:
      return { type };
  }
}

/** What is wrong with a config, in Helm's words; undefined when nothing is. */
export function configProblem(config: PluginConfig): string | undefined {
  if (config.type === "function/v1") return functionProblem(config.functions);
  if (config.type !== "getter/v1") return undefined;
  if (config.protocols.length === 0) return "getter has no protocols";
  const empty = config.protocols.indexOf("");
  return empty < 0 ? undefined : `getter has empty protocol at index ${empty}`;
}

/** A template names these: they must be Go's identifiers, each once. */
function functionProblem(functions: readonly string[]): string | undefined {
  if (functions.length === 0) return "function plugin has no functions";
  if (functions.length > MAX_FUNCTIONS) return `function plugin has more than ${MAX_FUNCTIONS} functions`;
  const seen = new Set<string>();
  for (const [index, text] of functions.entries()) {
    const name = parseSignature(text)?.name;
    if (name === undefined) return `function plugin has an invalid function at index ${index}`;
    if (seen.has(name)) return `function plugin has the function ${name} twice`;
    seen.add(name);
  }
  return undefined;
}
