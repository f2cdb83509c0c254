import { FIELD_MANAGER } from "../kube/client.ts";
import { valueAt } from "../kube/conflict-cause.ts";
import { appliedEntry } from "../kube/managed-fields.ts";
import { jsonEqual } from "../object/equal.ts";
import { type FieldPath, printFieldPath } from "../object/field-path.ts";
import { EMPTY_FIELDS, hasField } from "../object/fields-v1.ts";
import { managedFieldsOf } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";
import { setFields } from "../plan/facts.ts";
import { ownedAs, storedSecret } from "../plan/stored-secret.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import type { ReadDeps } from "./read.ts";
import { newestFor, readStandings, type Standing, type StandingPage, type StandingQuery } from "./standing.ts";

/** One who owns a field. */
export type FieldOwner = {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
  /** RFC 3339: when it last wrote. */
  readonly since?: string;
};

/** A field that the release sets, and what an upgrade with the same chart and values would do to it. */
export type OwnedField = {
  readonly field: string;
  readonly owners: readonly FieldOwner[];
  readonly decision: "keep" | "adopt" | "change" | "remove" | "fail" | "force" | "yield";
  readonly reason?: string;
};

/** Who owns the fields of one object. */
export type ObjectOwnership = EventObject & { readonly exists: boolean; readonly fields: readonly OwnedField[] };

/** Who owns each field that a release's newest revision sets, since when, and what an upgrade would do to it. No values. */
export async function getOwnership(deps: ReadDeps, query: StandingQuery): Promise<StandingPage<ObjectOwnership>> {
  const release = await newestFor(deps, query);
  const { items, ...page } = await readStandings(deps, release, { ...query, requests: 1 });
  return { ...page, items: items.map(ownershipOf) };
}

function ownershipOf(one: Standing): ObjectOwnership {
  return { ...eventObject(one.object), exists: one.live !== undefined, fields: ownedFields(one) };
}

/** The fields that a release sets or removes of an object, and whose they are. */
export function ownedFields(one: Standing): readonly OwnedField[] {
  const { live, object } = one;
  return live === undefined ? [] : setFields(live, storedSecret(object)).map((path) => ownedField(one, live, path));
}

function ownedField({ object, decided }: Standing, live: KubeObject, path: FieldPath): OwnedField {
  const field = printFieldPath(path);
  const owners = managedFieldsOf(live)
    .filter((entry) => ownedAs(object, path).some((at) => hasField(entry.fields ?? EMPTY_FIELDS, at)))
    .map(({ manager, operation, subresource, time }) => ({
      manager,
      operation,
      subresource,
      ...(time === undefined ? {} : { since: time }),
    }));
  const conflict = decided.conflicts.find((one) => one.conflict.field === field);
  if (conflict !== undefined) return { field, owners, decision: conflict.decision, reason: conflict.reason };
  return { field, owners, decision: effectOf(storedSecret(object), live, path) };
}

function effectOf(object: KubeObject, live: KubeObject, path: FieldPath): OwnedField["decision"] {
  const wanted = valueAt(object, path);
  if (wanted === undefined) return "remove";
  if (!jsonEqual(valueAt(live, path), wanted)) return "change";
  const own = appliedEntry(live, FIELD_MANAGER)?.fields ?? EMPTY_FIELDS;
  return ownedAs(object, path).some((at) => hasField(own, at)) ? "keep" : "adopt";
}
