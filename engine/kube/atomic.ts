import type { JsonValue } from "../errors.ts";
import { jsonEqual } from "../object/equal.ts";
import type { PathElement } from "../object/field-path.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import { quantitiesEqual } from "../object/quantity.ts";
import { ATOMIC_DEFAULTS, BUILT_IN_GROUPS, KEYED_LISTS } from "./builtin-table.ts";
import { isQuantityField } from "./quantity-field.ts";

const NO_DEFAULTS: ReadonlyMap<string, JsonValue> = new Map();

interface Within {
  readonly group: string;
  readonly defaults: ReadonlyMap<string, JsonValue>;
  readonly path: PathElement[];
}

/**
 * True when applying `desired` to a field that we own as a whole leaves it as it is: equal, apart from quantities written otherwise,
 * zero values that the server dropped, and defaults that it filled in. `path` leads to the field.
 */
export function sameLeaf(
  group: string,
  path: readonly PathElement[],
  live: JsonValue,
  desired: JsonValue,
  depth: number,
): boolean {
  const last = path.at(-1);
  const known = BUILT_IN_GROUPS.has(group) && last?.kind === "field" ? ATOMIC_DEFAULTS.get(last.name) : undefined;
  const within: Within = { group, defaults: known ?? NO_DEFAULTS, path: [...path] };
  return same(within, "", live, desired, depth);
}

function same(within: Within, at: string, live: JsonValue | undefined, desired: JsonValue, depth: number): boolean {
  if (live === undefined) return isZero(desired);
  if (jsonEqual(live, desired)) return true;
  if (depth <= 0) return false;
  if (isJsonArray(desired)) return isJsonArray(live) && sameItems(within, at, live, desired, depth - 1);
  if (isJsonObject(desired)) return isJsonObject(live) && sameMembers(within, at, live, desired, depth - 1);
  return isQuantityField(within.group, within.path) && quantitiesEqual(live, desired);
}

function sameItems(
  within: Within,
  at: string,
  live: readonly JsonValue[],
  desired: readonly JsonValue[],
  depth: number,
): boolean {
  if (live.length !== desired.length) return false;
  return desired.every((item, index) => {
    within.path.push({ kind: "index", index });
    const equal = same(within, `${at}[]`, live[index], item, depth);
    within.path.pop();
    return equal;
  });
}

function sameMembers(
  within: Within,
  at: string,
  live: { readonly [name: string]: JsonValue },
  desired: { readonly [name: string]: JsonValue },
  depth: number,
): boolean {
  const prefix = at === "" ? "" : `${at}.`;
  for (const [name, value] of Object.entries(live)) {
    if (Object.hasOwn(desired, name)) continue;
    const filled = within.defaults.get(`${prefix}${name}`);
    if (filled === undefined || !jsonEqual(filled, value)) return false;
  }
  return Object.entries(desired).every(([name, value]) => {
    within.path.push({ kind: "field", name });
    const equal = same(within, `${prefix}${name}`, Object.hasOwn(live, name) ? live[name] : undefined, value, depth);
    within.path.pop();
    return equal;
  });
}

/**
 * The zero values of Go, which the server drops where a field is `omitempty`. A leaf that is ours and not there was dropped so: a
 * field that somebody else removed would not be ours any more.
 */
export function isZero(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === null || value === false || value === 0 || value === "";
}

/** An empty list with keys wants nothing: the server neither stores nor records it. */
export function isEmptyKeyedList(group: string, path: readonly PathElement[], desired: JsonValue): boolean {
  if (!isJsonArray(desired) || desired.length > 0 || !BUILT_IN_GROUPS.has(group)) return false;
  const last = path.at(-1);
  return last?.kind === "field" && KEYED_LISTS.has(last.name);
}
