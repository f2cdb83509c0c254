import type { ChartFile } from "../chart/chart.ts";
import { encodeYaml, YamlError } from "../encoding/index.ts";
import { encodeBase64 } from "../go/base64.ts";
import { basePath } from "../go/path.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoBytes, GoList, GoMap, STRING_MAP, sortedKeys } from "../go/value.ts";
import type { GoMapType, GoMethod, GoValue } from "../go/value.ts";
import { compileGlob } from "./glob.ts";

const NOTHING = new GoBytes(new Uint8Array(0));

/** `.Files`: a chart's files that are no templates, by name. Of two with one name the later counts. */
export function createFiles(files: readonly ChartFile[]): GoMap {
  const entries = new Map<string, GoValue>();
  for (const file of files) entries.set(file.name, new GoBytes(file.data));
  return new GoMap(entries, FILES);
}

/** Helm's `engine.files`. */
const FILES: GoMapType = {
  name: "engine.files",
  zero: NOTHING,
  methods: new Map<string, GoMethod>([
    ["Get", onName((files, name) => fromUtf8(bytesOf(files, name)))],
    ["GetBytes", onName((files, name) => new GoBytes(bytesOf(files, name)))],
    ["Lines", onName((files, name) => new GoList(linesOf(files, name), "[]string"))],
    ["Glob", onName(glob)],
    ["AsConfig", { parameters: [], call: (self) => asYaml(self, fromUtf8) }],
    ["AsSecrets", { parameters: [], call: (self) => asYaml(self, encodeBase64) }],
  ]),
};

function onName(call: (files: GoMap, name: string) => GoValue): GoMethod {
  return {
    parameters: ["string"],
    call: (self, [name]) => call(self instanceof GoMap ? self : new GoMap(), typeof name === "string" ? name : ""),
  };
}

function bytesOf(files: GoMap, name: string): Uint8Array {
  const value = files.entries.get(name);
  return value instanceof GoBytes ? value.data : NOTHING.data;
}

function linesOf(files: GoMap, name: string): readonly string[] {
  const text = fromUtf8(bytesOf(files, name));
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Helm compatibility: a malformed pattern matches every file. */
function glob(files: GoMap, pattern: string): GoMap {
  const matches = compileGlob(pattern) ?? (() => true);
  return new GoMap(new Map([...files.entries].filter(([name]) => matches(name))), FILES);
}

/** Base names and contents as YAML. Of two files with one base name Go takes either; here the last path counts. */
function asYaml(self: GoValue, text: (bytes: Uint8Array) => string): string {
  if (!(self instanceof GoMap)) return "";
  const entries = new Map<string, GoValue>();
  for (const name of sortedKeys(self)) entries.set(basePath(name), text(bytesOf(self, name)));
  return toYaml(new GoMap(entries, STRING_MAP));
}

/** Helm's `toYAML`: one newline cut from the end, nothing at all for what YAML cannot hold. */
function toYaml(value: GoMap): string {
  try {
    return encodeYaml(value).replace(/\n$/, "");
  } catch (error) {
    if (error instanceof YamlError) return "";
    throw error;
  }
}
