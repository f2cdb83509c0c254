import { decodeJson } from "../encoding/index.ts";
import { EngineError } from "../errors.ts";
import { GoMap } from "../go/value.ts";
import { ChartError, withPrefix } from "./chart-error.ts";
import { parseSet } from "./set.ts";
import type { ReadValueFile, SetKind } from "./set.ts";
import { decodeValues } from "./values-file.ts";
import { copyMap, mergeMaps } from "./values.ts";

/** The user's values by where they come from, each list in the order given. */
export interface ValueSources {
  /** Values files; read as they are needed, so that a bad one is met before the next is opened. */
  readonly files?: Iterable<{ readonly name: string; readonly data: Uint8Array }>;
  readonly setJson?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly string[];
  readonly setLiteral?: readonly string[];
}

/**
 * Merges the user's values in Helm's fixed order: files, `--set-json`, `--set`, `--set-string`, `--set-file`, `--set-literal`. Throws
 * {@link ChartError} with Helm's text. `readFile` gives the contents that `--set-file` names; `below`, which is not written, is what they
 * are merged over.
 */
export function mergeValueSources(sources: ValueSources, readFile?: ReadValueFile, below: GoMap = new GoMap()): GoMap {
  let values = below;
  for (const { name, data } of sources.files ?? []) values = mergeMaps(values, decodeFile(name, data));
  for (const text of sources.setJson ?? []) values = withJson(values, text);
  values = copyMap(values);
  for (const text of sources.set ?? []) apply("set", text, values);
  for (const text of sources.setString ?? []) apply("set-string", text, values);
  for (const text of sources.setFile ?? []) apply("set-file", text, values, readFile);
  for (const text of sources.setLiteral ?? []) apply("set-literal", text, values);
  return values;
}

function decodeFile(name: string, data: Uint8Array): GoMap {
  try {
    return decodeValues(data);
  } catch (error) {
    throw withPrefix(`failed to parse ${name}`, error);
  }
}

function apply(kind: SetKind, text: string, values: GoMap, readFile?: ReadValueFile): void {
  try {
    parseSet(kind, text, values, readFile);
  } catch (error) {
    throw withPrefix(`failed parsing --${kind} data`, error);
  }
}

function withJson(values: GoMap, text: string): GoMap {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return mergeMaps(values, jsonObject(trimmed, text));
  const target = copyMap(values);
  try {
    parseSet("set-json", text, target);
  } catch (cause) {
    if (!(cause instanceof ChartError)) throw cause;
    throw new ChartError("invalid-set", `failed parsing --set-json data ${text}`, {}, { cause });
  }
  return target;
}

function jsonObject(json: string, text: string): GoMap {
  try {
    const value = decodeJson(json);
    if (value instanceof GoMap) return value;
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
  }
  throw new ChartError("invalid-set", `failed parsing --set-json data JSON: ${text}`);
}
