import type { JsonValue } from "../errors.ts";
import { MAX_OBJECT_DEPTH, jsonEqual } from "../object/equal.ts";
import { printFieldPath, type FieldPath, type PathElement } from "../object/field-path.ts";
import { unionFields, subtree, EMPTY_FIELDS, type FieldTree } from "../object/fields-v1.ts";
import { isJsonArray, isJsonObject, memberAt } from "../object/json.ts";
import { managedFieldsOf, type ManagedFieldsEntry } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";
import { findItem } from "./list-item.ts";
import { foreignEntries, managerKey, printManager, type ManagerIdentity } from "./managed-fields.ts";

/** A field that we would change and another manager owns. Values are raw: mask those of Secrets before they are shown. */
export interface FieldConflict extends ManagerIdentity {
  /** As the server prints it, e.g. `.spec.replicas`. */
  readonly field: string;
  readonly path: FieldPath;
  /** When the manager last wrote, RFC 3339. */
  readonly time: string | undefined;
  readonly liveValue: JsonValue | undefined;
  readonly desiredValue: JsonValue | undefined;
}

interface Search {
  readonly entry: ManagedFieldsEntry;
  /** What anybody owns: tells atomic lists and maps from others. */
  readonly all: FieldTree;
  readonly path: PathElement[];
  readonly found: FieldConflict[];
}

/**
 * The conflicts that a server-side apply of `desired` by `manager` would be refused with, in the server's order. Both objects must be
 * of the same version; entries written in other versions are not judged (the server's own 409 tells those).
 */
export function predictConflicts(live: KubeObject, desired: KubeObject, manager: string): readonly FieldConflict[] {
  const entries = foreignEntries(live, manager)
    .filter((entry) => entry.apiVersion === desired.apiVersion && live.apiVersion === desired.apiVersion)
    .sort((a, b) => (managerKey(a) < managerKey(b) ? -1 : 1));
  if (entries.length === 0) return [];
  const all = managedFieldsOf(live).reduce(
    (sum, entry) => unionFields(sum, entry.fields ?? EMPTY_FIELDS),
    EMPTY_FIELDS,
  );
  const found: FieldConflict[] = [];
  for (const entry of entries) {
    if (entry.fields !== undefined)
      search({ entry, all, path: [], found }, entry.fields, live, desired, MAX_OBJECT_DEPTH);
  }
  return found;
}

/** At each level first the fields that are in the set themselves, then what lies below: the order in which the server prints. */
function search(
  to: Search,
  owned: FieldTree,
  live: JsonValue | undefined,
  desired: JsonValue | undefined,
  depth: number,
): void {
  if (desired === undefined || depth === 0) return;
  const branches = [...owned.children.values()];
  const steps = branches.map(({ element, tree }) => ({
    element,
    tree,
    live: step(live, element),
    desired: step(desired, element),
  }));
  for (const at of steps) {
    to.path.push(at.element);
    if (at.tree.self && conflicts(to, at.live, at.desired)) report(to, at.live, at.desired);
    to.path.pop();
  }
  for (const at of steps) {
    if (at.tree.children.size === 0) continue;
    to.path.push(at.element);
    search(to, at.tree, at.live, at.desired, depth - 1);
    to.path.pop();
  }
}

function step(value: JsonValue | undefined, element: PathElement): JsonValue | undefined {
  if (element.kind === "field") return memberAt(value, element.name);
  return findItem(value, element)?.item;
}

/** True when an apply would give the owned field another value. Lists and maps whose parts are owned are judged by their parts. */
function conflicts(to: Search, live: JsonValue | undefined, desired: JsonValue | undefined): boolean {
  if (desired === undefined || jsonEqual(live, desired)) return false;
  if (live === undefined) return true;
  const kind = containerKind(live);
  if (kind === "scalar" || (desired !== null && kind !== containerKind(desired))) return true;
  const empty = isJsonArray(live) ? live.length === 0 : isJsonObject(live) && Object.keys(live).length === 0;
  const parts = subtree(to.all, to.path);
  if (empty) return desired === null;
  return parts === undefined || parts.children.size === 0;
}

function containerKind(value: JsonValue): "list" | "map" | "scalar" {
  return isJsonArray(value) ? "list" : isJsonObject(value) ? "map" : "scalar";
}

function report(to: Search, live: JsonValue | undefined, desired: JsonValue | undefined): void {
  const { manager, operation, apiVersion, subresource, time } = to.entry;
  const path = [...to.path];
  to.found.push({
    field: printFieldPath(path),
    path,
    manager,
    operation,
    apiVersion,
    subresource,
    time,
    liveValue: live,
    desiredValue: desired,
  });
}

/** What a conflict's message is made of. */
export type PrintedConflict = ManagerIdentity & { readonly field: string };

/** The API server's message for these conflicts: `Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas`. */
export function conflictMessage(conflictsFound: readonly PrintedConflict[]): string {
  const [first] = conflictsFound;
  if (first === undefined) return "Apply failed with 0 conflicts: ";
  if (conflictsFound.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${printManager(first)}: ${first.field}`;
  }
  const byManager = new Map<string, PrintedConflict[]>();
  for (const conflict of conflictsFound) {
    const key = managerKey(conflict);
    const list = byManager.get(key);
    if (list === undefined) byManager.set(key, [conflict]);
    else list.push(conflict);
  }
  const lines: string[] = [];
  for (const key of [...byManager.keys()].sort()) {
    const list = byManager.get(key) ?? [];
    for (const [i, conflict] of list.entries()) {
      if (i === 0) lines.push(`conflicts with ${printManager(conflict)}:`);
      lines.push(`- ${conflict.field}`);
    }
  }
  return `Apply failed with ${conflictsFound.length} conflicts: ${lines.join("\n")}`;
}
