import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonValue } from "../errors.ts";
import { OrderError } from "./order-error.ts";

/** Names that one thing may wait for; longer lists are a mistake. */
const MAX_NAMES = 1000;

/**
 * The names in a list, or in a text that is a list as JSON or YAML has it. `where` begins the message. Throws `OrderError` `unreadable`:
 * an order that is not understood is not left out in silence.
 */
export function nameList(value: JsonValue | undefined, where: string): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  const list = typeof value === "string" ? decodeList(value) : value;
  const names = Array.isArray(list) ? list.filter((name) => typeof name === "string" && name !== "") : [];
  if (Array.isArray(list) && names.length === list.length && names.length <= MAX_NAMES) {
    return [...new Set(names.map(String))];
  }
  throw new OrderError("unreadable", `${where} must be a list of at most ${MAX_NAMES} names, e.g. ["a", "b"]`);
}

function decodeList(text: string): JsonValue | undefined {
  try {
    return decodeYamlJson(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
