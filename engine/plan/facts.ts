import type { JsonObject, JsonValue } from "../errors.ts";
import { valueAt } from "../kube/conflict-cause.ts";
import { appliedEntry, printManager } from "../kube/managed-fields.ts";
import { jsonEqual, MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { type FieldPath, type PathElement, printFieldPath } from "../object/field-path.ts";
import { branchOf, EMPTY_FIELDS, type FieldTree, hasField, unionFields } from "../object/fields-v1.ts";
import { isJsonObject } from "../object/json.ts";
import { managedFieldsOf } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace, getUid } from "../object/read.ts";
import { diffObjects, plainOf } from "./diff.ts";
import type { PlannedObject, PlannedRemoval } from "./plan.ts";
import { isWriteOnly, storedSecret } from "./stored-secret.ts";

/** What is there of a field that a plan sets or removes. `live` is absent where nothing is, or where the field is left to others. */
export type FieldFacts = { readonly live?: JsonValue; readonly owners: readonly string[] };

/** What a plan rests on, of one object. */
export type ObjectFacts = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty: it is not there. */
  readonly uid: string;
  readonly wanted?: KubeObject;
  readonly decision: JsonObject;
  readonly fields: Readonly<Record<string, FieldFacts>>;
};

/** Everything that a plan rests on. An apply of the plan does exactly what was planned as long as these are the same. Raw values. */
export type PlanFacts = {
  readonly action: string;
  readonly mode: string;
  readonly chart: JsonValue;
  readonly values: JsonValue;
  readonly seed: string;
  readonly clock: number;
  readonly revision: number;
  readonly base: number;
  /** The request's options, the conflict policy among them. */
  readonly options: JsonObject;
  readonly hooks: readonly string[];
  readonly objects: readonly ObjectFacts[];
};

/** What a wanted object's plan rests on. Other fields, versions, status and times do not count. */
export function objectFacts(planned: PlannedObject, live: KubeObject | undefined): ObjectFacts {
  const { object, write, yielded, force, migrate, client } = planned;
  return {
    ...nameOf(object),
    uid: live === undefined ? "" : (getUid(live) ?? ""),
    wanted: object,
    decision: { write, yielded: [...yielded], force, migrate, manner: client?.manner ?? "apply" },
    fields: live === undefined ? {} : fieldFacts(live, storedSecret(object), new Set(yielded)),
  };
}

/** What a CRD's plan rests on: of its thousands of fields only that none has changed. */
export function crdFacts(planned: PlannedObject, live: KubeObject | undefined): ObjectFacts {
  const facts = objectFacts(planned, undefined);
  if (live === undefined) return facts;
  const generation = live.metadata["generation"] ?? 0;
  return { ...facts, uid: getUid(live) ?? "", decision: { ...facts.decision, generation } };
}

/** What a removal rests on. */
export function removalFacts(removal: PlannedRemoval, live: KubeObject | undefined): ObjectFacts {
  const uid = live === undefined ? "" : (getUid(live) ?? "");
  return { ...nameOf(removal.object), uid, decision: { write: removal.write }, fields: {} };
}

function nameOf(object: KubeObject): Pick<ObjectFacts, "apiVersion" | "kind" | "namespace" | "name"> {
  const { apiVersion, kind } = object;
  return { apiVersion, kind, namespace: getNamespace(object), name: getName(object) };
}

function fieldFacts(live: KubeObject, wanted: KubeObject, yielded: ReadonlySet<string>): ObjectFacts["fields"] {
  const entries = managedFieldsOf(live);
  const facts = new Map<string, FieldFacts>();
  const note = (path: FieldPath): void => {
    const field = printFieldPath(path);
    const value = yielded.has(field) ? undefined : valueAt(live, path);
    const owners = entries.filter((entry) => hasField(entry.fields ?? EMPTY_FIELDS, path)).map(printManager);
    facts.set(field, { ...(value === undefined ? {} : { live: value }), owners: owners.sort() });
  };
  for (const path of setFields(live, wanted)) note(path);
  return Object.fromEntries(facts);
}

/** The fields of what is there that applying `wanted` sets or removes, down to what managers own. */
export function setFields(live: KubeObject, wanted: KubeObject): readonly FieldPath[] {
  const all = managedFieldsOf(live).reduce((sum, { fields }) => unionFields(sum, fields ?? EMPTY_FIELDS), EMPTY_FIELDS);
  const own = appliedEntry(live, "helm")?.fields ?? EMPTY_FIELDS;
  const owned = leaves(all).filter(
    (path) => !isWriteOnly(live, path) && (hasField(own, path) || valueAt(wanted, path) !== undefined),
  );
  return [...owned, ...unowned(plainOf(wanted), all, [], MAX_OBJECT_DEPTH)];
}

function leaves(tree: FieldTree): readonly FieldPath[] {
  const found: FieldPath[] = [];
  const walk = (at: FieldTree, path: readonly PathElement[], depth: number): void => {
    if (at.children.size === 0 || depth === 0) {
      if (path.length > 0) found.push(path);
      return;
    }
    for (const branch of at.children.values()) walk(branch.tree, [...path, branch.element], depth - 1);
  };
  walk(tree, [], MAX_OBJECT_DEPTH);
  return found;
}

/** Wanted fields that nobody owns, down to the leaves of maps. */
function unowned(wanted: JsonValue, tree: FieldTree, path: FieldPath, depth: number): readonly FieldPath[] {
  if (!isJsonObject(wanted) || depth === 0) return [];
  return Object.entries(wanted).flatMap(([name, value]) => {
    const at: FieldPath = [...path, { kind: "field", name }];
    const branch = branchOf(tree, name);
    if (branch === undefined && !(isJsonObject(value) && Object.keys(value).length > 0)) return [at];
    if (branch !== undefined && branch.children.size === 0) return [];
    return unowned(value, branch ?? EMPTY_FIELDS, at, depth - 1);
  });
}

/** The text that a digest is made of: equal facts, equal texts, whatever the order of members. */
export function factsText(facts: PlanFacts): string {
  return JSON.stringify(ordered(facts, MAX_OBJECT_DEPTH));
}

function ordered(value: JsonValue, depth: number): JsonValue {
  if (depth === 0) throw new Error("facts nest too deep");
  if (Array.isArray(value)) return value.map((item: JsonValue) => ordered(item, depth - 1));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, ordered(member, depth - 1)]));
}

/** One thing that is no longer as it was planned. Says which, never the values. */
export type StaleChange = {
  readonly what: "request" | "chart" | "values" | "revision" | "hooks" | "object";
  readonly object?: Pick<ObjectFacts, "apiVersion" | "kind" | "namespace" | "name">;
  readonly field?: string;
  readonly message: string;
};

/** Changes beyond these are not told. */
const MAX_CHANGES = 100;

/** What differs between what a plan rests on and what is there now; empty when the plan still holds. */
export function staleChanges(before: PlanFacts, after: PlanFacts): readonly StaleChange[] {
  const found: StaleChange[] = [];
  const compare = (what: StaleChange["what"], a: JsonValue, b: JsonValue, message: string): void => {
    if (!jsonEqual(a, b)) found.push({ what, message });
  };
  compare(
    "revision",
    [before.revision, before.base, before.mode],
    [after.revision, after.base, after.mode],
    `the release is at another revision: the plan makes revision ${before.revision}, the next one now is ${after.revision}`,
  );
  compare("chart", before.chart, after.chart, "the chart is another one");
  compare("values", before.values, after.values, "the values are others");
  compare(
    "request",
    [before.action, before.seed, before.clock, before.options],
    [after.action, after.seed, after.clock, after.options],
    "the request is another one",
  );
  compare("hooks", before.hooks, after.hooks, "the chart renders other hooks");
  const now = new Map(after.objects.map((one) => [keyOf(one), one]));
  const then = new Set(before.objects.map(keyOf));
  for (const one of before.objects) found.push(...objectChanges(one, now.get(keyOf(one))));
  for (const one of after.objects) if (!then.has(keyOf(one))) found.push(change(one, "", "was not part of the plan"));
  return found.slice(0, MAX_CHANGES);
}

function keyOf(one: ObjectFacts): string {
  return JSON.stringify([one.apiVersion, one.kind, one.namespace, one.name, one.wanted === undefined]);
}

function objectChanges(before: ObjectFacts, after: ObjectFacts | undefined): readonly StaleChange[] {
  if (after === undefined) return [change(before, "", "is no longer part of the plan")];
  if (before.uid !== after.uid) return [change(before, "", uidText(before, after))];
  const found: StaleChange[] = [];
  for (const { field } of diffObjects(before.wanted, after.wanted)) {
    found.push(change(before, field, "is rendered otherwise: the cluster answers the chart's questions otherwise"));
  }
  for (const field of new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])) {
    const [a, b] = [before.fields[field], after.fields[field]];
    if (!jsonEqual(a?.live, b?.live)) found.push(change(before, field, "has another value in the cluster"));
    else if (!jsonEqual(a?.owners, b?.owners)) found.push(change(before, field, ownerText(b?.owners ?? [])));
  }
  const same = jsonEqual(before.decision, after.decision);
  return same || found.length > 0 ? found : [change(before, "", "would be written in another way")];
}

function uidText(before: ObjectFacts, after: ObjectFacts): string {
  if (before.uid === "") return "was made meanwhile";
  return after.uid === "" ? "was deleted meanwhile" : "was deleted and made again meanwhile";
}

function ownerText(owners: readonly string[]): string {
  return owners.length === 0 ? "has no owner any more" : `is owned by ${owners.join(" and ")} now`;
}

function change(of: ObjectFacts, field: string, what: string): StaleChange {
  const { apiVersion, kind, namespace, name } = of;
  const where = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  const message = `${where}${field === "" ? "" : `: ${field}`} ${what}`;
  return { what: "object", object: { apiVersion, kind, namespace, name }, ...(field === "" ? {} : { field }), message };
}
