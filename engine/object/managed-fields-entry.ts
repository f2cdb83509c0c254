import type { JsonObject, JsonValue } from "../errors.ts";
import { formatFieldsV1, parseFieldsV1, type FieldTree } from "./fields-v1.ts";
import { isJsonObject, listAt, stringAt } from "./json.ts";
import type { KubeObject } from "./object.ts";

/** One entry of `metadata.managedFields`. `fields` is `undefined` when fieldsV1 cannot be read. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** Empty for the main resource. */
  readonly subresource: string;
  /** RFC 3339, as the server wrote it. */
  readonly time: string | undefined;
  readonly fields: FieldTree | undefined;
}

/** Who has an entry: all of it but the fields. */
export type FieldManagerEntry = Omit<ManagedFieldsEntry, "fields">;

/** The entries of an object, in the server's order. What is no entry is left out; more than {@link MAX_ENTRIES} are not read. */
export function managedFieldsOf(object: KubeObject): readonly ManagedFieldsEntry[] {
  return entriesOf(object, withFields);
}

/** The managers of an object, without reading their fields: these are most of it. */
export function fieldManagersOf(object: KubeObject): readonly FieldManagerEntry[] {
  return entriesOf(object, (head) => head);
}

/** Fields are read when they are asked for, once: most are of entries that nobody looks into. */
function withFields(head: FieldManagerEntry, json: JsonObject): ManagedFieldsEntry {
  let read: { readonly tree: FieldTree | undefined } | undefined;
  return {
    ...head,
    get fields() {
      read ??= { tree: parseFieldsV1(json["fieldsV1"]) };
      return read.tree;
    },
  };
}

function entriesOf<Entry>(
  object: KubeObject,
  each: (head: FieldManagerEntry, json: JsonObject) => Entry,
): readonly Entry[] {
  const out: Entry[] = [];
  for (const json of listAt(object.metadata, "managedFields").slice(0, MAX_ENTRIES)) {
    const head = parseHead(json);
    if (head !== undefined && isJsonObject(json)) out.push(each(head, json));
  }
  return out;
}

/** The API server merges old Update entries beyond 10; appliers and subresources come on top. */
const MAX_ENTRIES = 1000;

function parseHead(json: JsonValue): FieldManagerEntry | undefined {
  if (!isJsonObject(json)) return undefined;
  const operation = stringAt(json, "operation");
  if (operation !== "Apply" && operation !== "Update") return undefined;
  return {
    manager: stringAt(json, "manager") ?? "",
    operation,
    apiVersion: stringAt(json, "apiVersion") ?? "",
    subresource: stringAt(json, "subresource") ?? "",
    time: stringAt(json, "time"),
  };
}

/** The inverse of reading: an entry as the server takes it. */
export function formatEntry(entry: ManagedFieldsEntry): JsonObject {
  return {
    ...(entry.manager === "" ? {} : { manager: entry.manager }),
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    ...(entry.time === undefined ? {} : { time: entry.time }),
    fieldsType: "FieldsV1",
    ...(entry.fields === undefined ? {} : { fieldsV1: formatFieldsV1(entry.fields) }),
    ...(entry.subresource === "" ? {} : { subresource: entry.subresource }),
  };
}
