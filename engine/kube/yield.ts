import type { JsonObject, JsonValue } from "../errors.ts";
import { printFieldPath, type FieldPath, type KeyField } from "../object/field-path.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { parseObject } from "../object/read.ts";
import { findItem } from "./list-item.ts";
import { OWNERSHIP_FIELDS } from "./ownership.ts";

/** Why a field cannot be left to its owner. */
export type YieldRefusal =
  /** It names the object, the release, or a list item. */
  | "identity"
  /** The list item would have nothing left but its keys. */
  | "last-leaf"
  /** A whole list item. */
  | "item"
  /** The desired object has no such field. */
  | "absent";

/** A desired object without the fields that are left to others. */
export interface Yielded {
  readonly object: KubeObject;
  readonly yielded: readonly FieldPath[];
  readonly refused: readonly { readonly path: FieldPath; readonly reason: YieldRefusal }[];
}

const IDENTITY: ReadonlySet<string> = new Set([
  ".apiVersion",
  ".kind",
  ".metadata",
  ".metadata.name",
  ".metadata.namespace",
  ...OWNERSHIP_FIELDS,
]);

/**
 * Takes leaves out of a desired object, so that an apply leaves them to their owners. Maps that become empty go too. Nothing is
 * changed for a path that is refused.
 */
export function removeLeaves(desired: KubeObject, paths: readonly FieldPath[]): Yielded {
  let object = desired;
  const yielded: FieldPath[] = [];
  const refused: { path: FieldPath; reason: YieldRefusal }[] = [];
  for (const path of paths) {
    const next = IDENTITY.has(printFieldPath(path)) ? "identity" : without(object, path, 0, undefined);
    const kept = typeof next === "string" ? undefined : parseObject(next);
    if (typeof next === "string") refused.push({ path, reason: next });
    else if (kept === undefined) refused.push({ path, reason: "identity" });
    else {
      object = kept;
      yielded.push(path);
    }
  }
  return { object, yielded, refused };
}

/** The value without the field; `{}` when nothing is left of a map. A text is the refusal. */
function without(
  value: JsonValue,
  path: FieldPath,
  from: number,
  keys: readonly KeyField[] | undefined,
): JsonObject | readonly JsonValue[] | YieldRefusal {
  const element = path[from];
  if (element === undefined) return "absent";
  if (element.kind !== "field") {
    const found = findItem(value, element);
    if (found === undefined || !isJsonArray(value)) return "absent";
    if (from === path.length - 1 || element.kind !== "key") return "item";
    const item = without(found.item, path, from + 1, element.fields);
    return typeof item === "string" ? item : value.with(found.position, item);
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, element.name)) return "absent";
  if (keys?.some((key) => key.name === element.name) === true) return "identity";
  const { [element.name]: member = null, ...rest } = value;
  if (from < path.length - 1) {
    const smaller = without(member, path, from + 1, undefined);
    if (typeof smaller === "string") return smaller;
    if (isJsonArray(smaller) || Object.keys(smaller).length > 0) return { ...value, [element.name]: smaller };
  }
  const left = Object.keys(rest).filter((name) => keys?.some((key) => key.name === name) !== true);
  return keys !== undefined && left.length === 0 ? "last-leaf" : rest;
}
