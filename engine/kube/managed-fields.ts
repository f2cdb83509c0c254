import { managedFieldsOf, type ManagedFieldsEntry } from "../object/managed-fields-entry.ts";
import type { KubeObject } from "../object/object.ts";
import { quote } from "../go/quote.ts";

/** The entry of what `manager` applied to the main resource; `undefined` when it never did. */
export function appliedEntry(object: KubeObject, manager: string): ManagedFieldsEntry | undefined {
  return managedFieldsOf(object).find((entry) => isApplied(entry, manager));
}

/** The entries of everyone else: other managers, and this manager's own writes that were no apply. */
export function foreignEntries(object: KubeObject, manager: string): readonly ManagedFieldsEntry[] {
  return managedFieldsOf(object).filter((entry) => !isApplied(entry, manager));
}

/** True when somebody else wrote fields of the object in another version than it is given in, which nobody but the server can compare. */
export function hasForeignVersion(object: KubeObject, manager: string): boolean {
  return foreignEntries(object, manager).some(
    (entry) => entry.apiVersion !== object.apiVersion && entry.subresource !== "status",
  );
}

function isApplied(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === "Apply" && entry.subresource === "";
}

/** As the API server names a manager in a conflict: `"kubectl" with subresource "scale" using apps/v1`; appliers by name alone. */
export function printManager(entry: ManagerIdentity): string {
  const subresource = entry.subresource === "" ? "" : ` with subresource ${quote(entry.subresource)}`;
  const using = entry.operation === "Update" ? ` using ${entry.apiVersion}` : "";
  return `${quote(entry.manager)}${subresource}${using}`;
}

/** What tells managers apart. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}

/** The API server's own identifier of a manager, by which it sorts conflicts. */
export function managerKey(entry: ManagerIdentity): string {
  return JSON.stringify({
    ...(entry.manager === "" ? {} : { manager: entry.manager }),
    operation: entry.operation,
    ...(entry.operation === "Apply" ? {} : { apiVersion: entry.apiVersion }),
    ...(entry.subresource === "" ? {} : { subresource: entry.subresource }),
  });
}
