import { resolve, shortTagOf } from "./yaml-resolve.ts";
import type { Resolved } from "./yaml-resolve.ts";

const PREFIX = "tag:yaml.org,2002:";
const RESOLVABLE = new Set(["str", "bool", "int", "float", "null", "timestamp"]);

/** A scalar under a tag: its value, or Go's complaint. */
export type Tagged = { readonly value: Resolved } | { readonly problem: string };

/** The value of `text` under a long tag. A tag that nobody knows leaves the text. */
export function resolveTagged(tag: string, text: string): Tagged {
  const name = tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : "";
  if (name === "binary") return decodeBinary(text);
  if (!RESOLVABLE.has(name) || name === "str") return { value: text };
  const found = shortTagOf(text);
  const isTime = found === "!!timestamp";
  const actual = isTime && name !== "timestamp" ? "!!str" : found;
  if (actual === `!!${name}`) return { value: isTime ? text : resolve(text) };
  if (name === "float" && actual === "!!int") return { value: resolve(text) };
  return { problem: `yaml: cannot decode ${actual} \`${text}\` as a !!${name}` };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function decodeBinary(text: string): Tagged {
  const body = text.replaceAll(/[\r\n]/g, "");
  if (!BASE64.test(body)) return { problem: "yaml: !!binary value contains invalid base64 data" };
  return { value: decoder.decode(Uint8Array.from(atob(body), (character) => character.charCodeAt(0))) };
}
