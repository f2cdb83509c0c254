import { printFieldPath, type FieldPath } from "../object/field-path.ts";
import type { FieldTree } from "../object/fields-v1.ts";
import { MAX_OBJECT_DEPTH } from "../object/equal.ts";
import type { KubeObject } from "../object/object.ts";
import { memberAt } from "../object/json.ts";
import type { JsonValue } from "../errors.ts";
import type { FieldConflict, PrintedConflict } from "./conflicts.ts";
import type { KubeError } from "./error.ts";
import { findItem } from "./list-item.ts";
import { foreignEntries, managerKey } from "./managed-fields.ts";

const HEAD = 'conflict with "';
const SUBRESOURCE = ' with subresource "';
const USING = " using ";

/** The conflicts that an `apply-conflict` lists, in the server's order. Causes of another wording are left out. */
export function conflictsOf(error: KubeError): readonly PrintedConflict[] {
  const out: PrintedConflict[] = [];
  for (const cause of error.causes) {
    if (cause.reason !== "FieldManagerConflict") continue;
    const manager = parseManager(cause.message);
    if (manager !== undefined) out.push({ ...manager, field: cause.field });
  }
  return out;
}

/** Reads `conflict with "kubectl" with subresource "scale" using apps/v1`, with ` at TIME` behind it from old servers. */
function parseManager(message: string): Omit<PrintedConflict, "field"> | undefined {
  if (!message.startsWith(HEAD)) return undefined;
  const name = readQuoted(message, HEAD.length);
  if (name === undefined) return undefined;
  let at = name.end;
  let subresource = "";
  if (message.startsWith(SUBRESOURCE, at)) {
    const read = readQuoted(message, at + SUBRESOURCE.length);
    if (read === undefined) return undefined;
    subresource = read.text;
    at = read.end;
  }
  if (!message.startsWith(USING, at)) return { manager: name.text, subresource, operation: "Apply", apiVersion: "" };
  const apiVersion = message.slice(at + USING.length).split(" ", 1)[0] ?? "";
  return { manager: name.text, subresource, operation: "Update", apiVersion };
}

/** The text up to the closing quote; an escaped character stands for itself. */
function readQuoted(text: string, from: number): { readonly text: string; readonly end: number } | undefined {
  let out = "";
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') return { text: out, end: i + 1 };
    if (char === "\\") i++;
    out += text.charAt(i);
  }
  return undefined;
}

/**
 * Gives a printed conflict its path, time and values back, by the live object's managed fields. `undefined` when the live object is
 * not the one that was refused: read it again.
 */
export function locateConflict(
  printed: PrintedConflict,
  live: KubeObject,
  desired: KubeObject,
): FieldConflict | undefined {
  const key = managerKey(printed);
  const entry = foreignEntries(live, "").find((of) => managerKey(of) === key);
  const path = entry?.fields === undefined ? undefined : findPath(entry.fields, printed.field, [], MAX_OBJECT_DEPTH);
  if (entry === undefined || path === undefined) return undefined;
  const { time, apiVersion } = entry;
  return { ...printed, apiVersion, path, time, liveValue: valueAt(live, path), desiredValue: valueAt(desired, path) };
}

/** The conflicts of a refused apply, each with its path, time and values; those that the live object does not tell of are left out. */
export function locateConflicts(error: KubeError, live: KubeObject, desired: KubeObject): readonly FieldConflict[] {
  return conflictsOf(error).flatMap((printed) => locateConflict(printed, live, desired) ?? []);
}

/** Names may hold dots and brackets, so a printed path is read along a tree that knows the names. */
function findPath(tree: FieldTree, text: string, path: FieldPath, depth: number): FieldPath | undefined {
  if (text === "") return tree.self ? path : undefined;
  if (depth === 0) return undefined;
  for (const branch of tree.children.values()) {
    const printed = printFieldPath([branch.element]);
    if (!text.startsWith(printed)) continue;
    const found = findPath(branch.tree, text.slice(printed.length), [...path, branch.element], depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value that a path names in an object; `undefined` when there is none. */
export function valueAt(object: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  let at = object;
  for (const element of path) {
    at = element.kind === "field" ? memberAt(at, element.name) : findItem(at, element)?.item;
    if (at === undefined) return undefined;
  }
  return at;
}
