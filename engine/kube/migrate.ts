import type { JsonObject, JsonValue } from "../errors.ts";
import { jsonEqual } from "../object/equal.ts";
import { formatFieldsV1, parseFieldsV1, unionFields } from "../object/fields-v1.ts";
import { isJsonObject, listAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getResourceVersion } from "../object/read.ts";

/**
 * The JSON patch that turns a manager's client-side updates into its apply, so that an apply owns what was written before. It
 * replaces `resourceVersion` too: the server refuses with `conflict` when the object changed meanwhile. `undefined`: nothing to do.
 */
export function migrationPatch(live: KubeObject, manager: string): readonly JsonValue[] | undefined {
  const entries = listAt(live.metadata, "managedFields").filter(isJsonObject);
  const isOurs = (entry: JsonObject, operation: string): boolean =>
    entry["manager"] === manager && entry["operation"] === operation && (entry["subresource"] ?? "") === "";
  const applied = entries.findIndex((entry) => isOurs(entry, "Apply"));
  const target = applied >= 0 ? applied : entries.findIndex((entry) => isOurs(entry, "Update"));
  const first = entries[target];
  if (first === undefined) return undefined;
  const apply: JsonObject = { ...first, operation: "Apply" };
  const update = entries.find(
    (entry, i) => i !== target && isOurs(entry, "Update") && entry["apiVersion"] === first["apiVersion"],
  );
  const merged = entries
    .map((entry, i) => (i === target ? withFieldsOf(apply, applied >= 0 ? update : undefined) : entry))
    .filter((entry, i) => i === target || !isOurs(entry, "Update"));
  if (jsonEqual(merged, entries)) return undefined;
  return [
    { op: "replace", path: "/metadata/managedFields", value: merged },
    { op: "replace", path: "/metadata/resourceVersion", value: getResourceVersion(live) ?? "" },
  ];
}

function withFieldsOf(apply: JsonObject, update: JsonObject | undefined): JsonObject {
  const more = parseFieldsV1(update?.["fieldsV1"]);
  const own = parseFieldsV1(apply["fieldsV1"]);
  if (more === undefined || own === undefined) return apply;
  return { ...apply, fieldsV1: formatFieldsV1(unionFields(own, more)) };
}
