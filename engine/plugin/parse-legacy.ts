import type { JsonObject } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { isJsonObject, listAt, stringAt } from "../object/json.ts";
import type { PluginConfig, PluginMetadata } from "./metadata.ts";
import { NAME_PATTERN, versionProblem } from "./names.ts";
import { COMMANDS, HOOKS } from "./parse-v1.ts";
import { decodeStruct, type FieldType, type StructType, YamlMisfit, type YamlText } from "./yaml-struct.ts";

const TEXT: FieldType = { kind: "string" };
const METADATA: StructType = {
  kind: "struct",
  type: "plugin.MetadataLegacy",
  fields: new Map<string, FieldType>([
    ["name", TEXT],
    ["version", TEXT],
    ["usage", TEXT],
    ["description", TEXT],
    ["platformCommand", COMMANDS],
    ["command", TEXT],
    ["ignoreFlags", { kind: "bool" }],
    ["platformHooks", HOOKS],
    ["hooks", { kind: "map", type: "plugin.Hooks", element: TEXT }],
    [
      "downloaders",
      {
        kind: "list",
        type: "[]plugin.Downloaders",
        element: {
          kind: "struct",
          type: "plugin.Downloaders",
          fields: new Map<string, FieldType>([
            ["protocols", { kind: "list", type: "[]string", element: TEXT }],
            ["command", TEXT],
          ]),
        },
      },
    ],
  ]),
};

/** A plugin.yaml of Helm 2 and 3: unknown keys are let pass. Throws {@link YamlMisfit} with Helm's text. */
export function parseLegacy(text: YamlText): PluginMetadata {
  const read = decodeStruct(text, METADATA, false);
  const name = stringAt(read, "name") ?? "";
  const version = stringAt(read, "version") ?? "";
  if (!NAME_PATTERN.test(name)) {
    throw new YamlMisfit(`invalid plugin name ${quote(name)}: must contain only a-z, A-Z, 0-9, _ and -`);
  }
  const problem = version === "" ? undefined : versionProblem(version);
  if (problem !== undefined) throw new YamlMisfit(`invalid plugin version ${quote(version)}: ${problem}`);
  checkPairs(read);
  const protocols = protocolsOf(read);
  return {
    apiVersion: "legacy",
    name,
    ...(version === "" ? {} : { version }),
    config: protocols.length > 0 ? { type: "getter/v1", protocols } : commandOf(read),
    runtime: { kind: "subprocess" },
  };
}

function commandOf(read: JsonObject): PluginConfig {
  return {
    type: "cli/v1",
    usage: "",
    shortHelp: printable(stringAt(read, "usage") ?? ""),
    longHelp: stringAt(read, "description") ?? "",
    ignoreFlags: read["ignoreFlags"] === true,
  };
}

function checkPairs(read: JsonObject): void {
  const filled = (key: string): boolean => isJsonObject(read[key]) && Object.keys(read[key]).length > 0;
  if (listAt(read, "platformCommand").length > 0 && (stringAt(read, "command") ?? "") !== "") {
    throw new YamlMisfit("both platformCommand and command are set");
  }
  if (filled("platformHooks") && filled("hooks")) throw new YamlMisfit("both platformHooks and hooks are set");
}

function protocolsOf(read: JsonObject): readonly string[] {
  return listAt(read, "downloaders").flatMap((downloader, index) => {
    const protocols = listAt(downloader, "protocols").map(String);
    if ((stringAt(downloader, "command") ?? "") === "") throw new YamlMisfit(`downloader ${index} has empty command`);
    if (protocols.length === 0) throw new YamlMisfit(`downloader ${index} has no protocols`);
    const empty = protocols.indexOf("");
    if (empty >= 0) throw new YamlMisfit(`downloader ${index} has empty protocol at index ${empty}`);
    return protocols;
  });
}

/** White space of all kinds becomes a blank, what cannot be printed goes. */
function printable(text: string): string {
  return text.replace(/\s/gu, " ").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "");
}
