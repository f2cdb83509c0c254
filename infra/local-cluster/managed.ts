import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { printFieldPath, type FieldPath } from "../../engine/object/field-path.ts";
import { isJsonObject, memberAt } from "../../engine/object/json.ts";
import { formatEntry, managedFieldsOf } from "../../engine/object/managed-fields-entry.ts";
import type { KubeObject } from "../../engine/object/object.ts";
import {
  difference,
  fieldSetOf,
  intersection,
  pathText,
  sameSet,
  setOfTree,
  treeOfSet,
  union,
  withMember,
  withoutBelow,
  type FieldSet,
} from "./field-set.ts";
import { compare, merge, prune } from "./merge.ts";
import type { TypeRow, TypeTable } from "./schema.ts";

/** Who writes, how, and where: what one entry of managed fields is kept for. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}

interface Owned extends Manager {
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** One conflicting field, by the manager that owns it. */
export interface FieldConflict {
  readonly manager: Manager;
  readonly field: string;
}

/** The result of an apply: the object with its managed fields, or the fields that others own. */
export type Applied =
  | { readonly kind: "merged"; readonly object: JsonObject }
  | { readonly kind: "conflict"; readonly conflicts: readonly FieldConflict[] };

/** What a write is about. */
export interface Write {
  readonly types: TypeTable;
  readonly type: TypeRow;
  readonly manager: Manager;
  /** RFC 3339. */
  readonly time: string;
  /** Members at the top that this write does not own: `status` of the main resource, `spec` of the status subresource. */
  readonly ignored: readonly string[];
}

const stripped: readonly string[][] = [
  ["apiVersion"],
  ["kind"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["metadata", name]),
  ...["deletionTimestamp", "deletionGracePeriodSeconds"].map((name) => ["metadata", name]),
];

const fieldPath = (names: readonly string[]): FieldPath => names.map((name) => ({ kind: "field", name }));

/** Server-side apply (structured-merge-diff `Updater.Apply`). */
export function applyConfig(write: Write, live: JsonObject | undefined, config: JsonObject, force: boolean): Applied {
  const owned = ownersOf(live);
  const set = owns(write, fieldSetOf({ types: write.types, type: write.type, value: config }));
  const last = owned.find((entry) => isSame(entry, write.manager));
  const others = owned.filter((entry) => !isSame(entry, write.manager));
  const bare = live === undefined ? {} : withoutManagedFields(live);
  const merged = merge(write.types, write.type, bare, config);
  const kept = others.reduce((all, entry) => union(all, entry.set), set);
  const gone = last === undefined ? new Map<string, FieldPath>() : difference(last.set, set);
  const pruned = gone.size === 0 ? merged : prune(write.types, write.type, merged, { gone: last?.set ?? gone, kept });
  const changes = compare(write.types, write.type, bare, pruned);
  const changed = union(changes.added, changes.modified);
  const conflicts = others.flatMap((entry) => conflictsWith(entry, intersection(entry.set, changed)));
  if (conflicts.length > 0 && !force) return { kind: "conflict", conflicts };
  const left = others.map((entry) => ({ ...entry, set: difference(difference(entry.set, changed), changes.removed) }));
  const mine: Owned = {
    ...write.manager,
    set,
    time: last !== undefined && sameSet(last.set, set) ? last.time : write.time,
  };
  return { kind: "merged", object: withManagers(isJsonObject(pruned) ? pruned : {}, [...left, mine]) };
}

function conflictsWith(owner: Owned, fields: FieldSet): readonly FieldConflict[] {
  return [...fields.values()].map((path) => ({ manager: owner, field: printFieldPath(path) }));
}

/** Every other write (structured-merge-diff `Updater.Update`): what changed is the writer's now. */
export function recordUpdate(write: Write, live: JsonObject | undefined, next: JsonObject): JsonObject {
  const given = memberAt(next, "metadata", "managedFields");
  const cleared =
    Array.isArray(given) && given.length === 1 && isJsonObject(given[0]) && Object.keys(given[0]).length === 0;
  const owned = ownersOf(
    given === undefined || given === null || (Array.isArray(given) && given.length === 0) ? live : next,
  );
  const base = live === undefined ? emptyOf(next) : withoutManagedFields(live);
  const changes = compare(write.types, write.type, base, withoutManagedFields(next));
  const changed = owns(write, union(changes.added, changes.modified));
  const others = owned
    .filter((entry) => !isSame(entry, write.manager))
    .map((entry) => ({ ...entry, set: difference(difference(entry.set, changed), changes.removed) }));
  const last = cleared ? undefined : owned.find((entry) => isSame(entry, write.manager));
  const set = union(difference(last?.set ?? new Map(), changes.removed), changed);
  const mine: Owned = {
    ...write.manager,
    set,
    time: last !== undefined && sameSet(last.set, set) ? last.time : write.time,
  };
  return withManagers(next, cleared ? [mine] : [...others, mine]);
}

/** A new object is compared with an empty one of its kind. */
function emptyOf(object: JsonObject): JsonObject {
  return { apiVersion: object["apiVersion"] ?? "", kind: object["kind"] ?? "", metadata: {} };
}

/** The fields that a write may own. */
function owns(write: Write, set: FieldSet): FieldSet {
  const below = write.ignored.map((name) => pathText(fieldPath([name])));
  const exact = new Set([...stripped, ["metadata"]].map((names) => pathText(fieldPath(names))));
  return new Map([...withoutBelow(set, below)].filter(([text]) => !exact.has(text)));
}

function isSame(entry: Manager, manager: Manager): boolean {
  return (
    entry.name === manager.name &&
    entry.operation === manager.operation &&
    entry.subresource === manager.subresource &&
    (entry.operation === "Apply" || entry.apiVersion === manager.apiVersion)
  );
}

function ownersOf(object: JsonObject | undefined): readonly Owned[] {
  if (object === undefined) return [];
  return managedFieldsOf(asObject(object)).map((entry) => ({
    name: entry.manager,
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    subresource: entry.subresource,
    time: entry.time,
    set: setOfTree(entry.fields),
  }));
}

function asObject(object: JsonObject): KubeObject {
  const metadata = memberAt(object, "metadata");
  return { ...object, apiVersion: "", kind: "", metadata: isJsonObject(metadata) ? metadata : {} };
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = object["metadata"];
  return isJsonObject(metadata)
    ? withMember(object, "metadata", withMember(metadata, "managedFields", undefined))
    : object;
}

function withManagers(object: JsonObject, owners: readonly Owned[]): JsonObject {
  const entries = owners
    .filter((entry) => entry.set.size > 0)
    .toSorted(byServerOrder)
    .map((entry): JsonValue =>
      formatEntry({
        manager: entry.name,
        operation: entry.operation,
        apiVersion: entry.apiVersion,
        subresource: entry.subresource,
        time: entry.time,
        fields: treeOfSet(entry.set),
      }),
    );
  const metadata = object["metadata"];
  return withMember(
    object,
    "metadata",
    withMember(isJsonObject(metadata) ? metadata : {}, "managedFields", entries.length === 0 ? undefined : entries),
  );
}

function byServerOrder(a: Owned, b: Owned): number {
  return (
    order(a.operation, b.operation) ||
    order(a.time ?? "", b.time ?? "") ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The API server's sentence about conflicts, and one cause for each field. */
export function describeConflicts(conflicts: readonly FieldConflict[]): {
  readonly message: string;
  readonly causes: readonly JsonObject[];
} {
  const causes = conflicts.map(({ manager, field }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${printManager(manager)}`,
    field,
  }));
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return {
      message: `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${first.field}`,
      causes,
    };
  }
  const byManager = Map.groupBy(conflicts, (conflict) => printManager(conflict.manager));
  const lines = [...byManager.keys()]
    .toSorted()
    .flatMap((manager) => [
      `conflicts with ${manager}:`,
      ...(byManager.get(manager) ?? []).map((conflict) => `- ${conflict.field}`),
    ]);
  return { message: `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`, causes };
}

function printManager(manager: Manager): string {
  const subresource = manager.subresource === "" ? "" : ` with subresource "${manager.subresource}"`;
  const using = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
  return `${JSON.stringify(manager.name)}${subresource}${using}`;
}
