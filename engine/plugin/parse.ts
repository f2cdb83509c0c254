import { quote } from "../go/quote.ts";
import { stringAt } from "../object/json.ts";
import type { PluginMetadata } from "./metadata.ts";
import { parseLegacy } from "./parse-legacy.ts";
import { parseV1 } from "./parse-v1.ts";
import { PluginError } from "./plugin-error.ts";
import { decodeStruct, readYamlText, type StructType, YamlMisfit, type YamlText } from "./yaml-struct.ts";

/** A plugin.yaml is written by people; a larger one is a mistake. */
const MAX_METADATA_BYTES: number = 1024 * 1024;

const PEEK: StructType = {
  kind: "struct",
  type: "plugin.apiVersion",
  fields: new Map([["apiVersion", { kind: "string" }]]),
};

/**
 * The metadata in the text of a plugin.yaml, of either dialect. Throws {@link PluginError} `invalid-metadata`; its message is Helm's
 * behind `failed to load plugin "DIR": `.
 */
export function parsePluginYaml(text: string): PluginMetadata {
  try {
    if (text.length > MAX_METADATA_BYTES) throw new YamlMisfit("plugin.yaml is larger than 1 MiB");
    const { version, read } = peek(text);
    if (version === "") return parseLegacy(read);
    if (version === "v1") return parseV1(read);
    throw new YamlMisfit(`invalid plugin apiVersion: ${quote(version)}`);
  } catch (error) {
    if (!(error instanceof YamlMisfit)) throw error;
    throw new PluginError("invalid-metadata", error.message, {}, { cause: error });
  }
}

function peek(text: string): { readonly version: string; readonly read: YamlText } {
  try {
    const read = readYamlText(text);
    return { version: stringAt(decodeStruct(read, PEEK, false), "apiVersion") ?? "", read };
  } catch (error) {
    if (!(error instanceof YamlMisfit)) throw error;
    throw new YamlMisfit(`failed to peek plugin.yaml API version: ${error.message}`);
  }
}
