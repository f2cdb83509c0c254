import type { JsonObject, JsonValue } from "../errors.ts";
import { compareBytes } from "../go/value.ts";
import { formatFloat32 } from "./float-text.ts";
import { decodeYamlTree } from "./yaml-decode.ts";
import { YamlError } from "./yaml-error.ts";
import { setMember } from "./yaml-shape.ts";
import type { OpenObject } from "./yaml-shape.ts";
import { isTreeList, toJson, TreeMap } from "./yaml-tree.ts";
import type { Tree } from "./yaml-tree.ts";

/** What a field of a Go struct takes. `type` is Go's name of the type, for error texts. */
export type FieldType =
  | { readonly kind: "string" }
  | { readonly kind: "bool" }
  /** `interface {}`: anything, as it is. */
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly type: string; readonly element: FieldType }
  /** `map[string]T`. */
  | { readonly kind: "map"; readonly type: string; readonly element: FieldType }
  | { readonly kind: "struct"; readonly type: string; readonly fields: ReadonlyMap<string, FieldType> };

/**
 * sigs.k8s.io/yaml `Unmarshal` of the first document into a struct: keys match whatever their case, unknown ones are left out, a scalar
 * in a string's place becomes a string, null leaves a field out. Throws {@link YamlError} with Go 1.27's text for the first misfit.
 */
export function decodeYamlStruct(text: string, target: Extract<FieldType, { kind: "struct" }>): JsonObject {
  return decodeYamlStructPointer(text, target) ?? {};
}

/** {@link decodeYamlStruct} into a pointer, which null and an empty text leave nil: `undefined`. */
export function decodeYamlStructPointer(
  text: string,
  target: Extract<FieldType, { kind: "struct" }>,
): JsonObject | undefined {
  const value = decodeYamlTree(text);
  if (value === null) return undefined;
  if (!(value instanceof TreeMap)) throw misfit(value, `Go value of type ${target.type}`);
  return structOf(value, target.fields, "");
}

function structOf(value: TreeMap, fields: ReadonlyMap<string, FieldType>, path: string): JsonObject {
  const wanted = new Map<string, { readonly name: string; readonly member: Tree }>();
  for (const [i, key] of value.keys.entries()) {
    const name = fields.has(key) ? key : foldedName(fields, key);
    if (name !== undefined) wanted.set(key, { name, member: value.values[i] ?? null });
  }
  const out: OpenObject = {};
  for (const [key, { name, member }] of inOrder(wanted)) {
    const field = fields.get(name);
    const set = field && fieldOf(member, field, { path: `${path}.${key}`, inList: false });
    if (set !== undefined) out[name] = set;
  }
  return out;
}

/** Entries in the order of Go's JSON text, which decides which misfit is the first and which spelling of a key the last. */
function inOrder<T>(entries: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => compareBytes(a, b));
}

function foldedName(fields: ReadonlyMap<string, FieldType>, key: string): string | undefined {
  const folded = key.toLowerCase();
  for (const name of fields.keys()) if (name.toLowerCase() === folded) return name;
  return undefined;
}

/** Where a value stands: its path of keys as written. Go names an element of a list without calling it a field. */
interface Place {
  readonly path: string;
  readonly inList: boolean;
}

function typed(place: Place, type: string): string {
  return `${place.inList ? "" : "Go struct field "}${place.path} of type ${type}`;
}

/** The value for a field; `undefined` for null, which sets nothing. */
function fieldOf(value: Tree, field: FieldType, place: Place): JsonValue | undefined {
  return value === null ? undefined : presentField(value, field, place);
}

function presentField(value: Exclude<Tree, null>, field: FieldType, place: Place): JsonValue {
  const { path } = place;
  switch (field.kind) {
    case "any":
      return toJson(value);
    case "string":
      if (typeof value === "object") throw misfit(value, typed(place, "string"));
      return scalarText(value);
    case "bool":
      if (typeof value !== "boolean") throw misfit(value, typed(place, "bool"));
      return value;
    case "struct":
      if (!(value instanceof TreeMap)) throw misfit(value, typed(place, field.type));
      return structOf(value, field.fields, path);
    case "list":
      if (!isTreeList(value)) throw misfit(value, typed(place, field.type));
      return value.map(
        (item, i) => fieldOf(item, field.element, { path: `${path}.${i}`, inList: true }) ?? emptyOf(field.element),
      );
    default:
      if (!(value instanceof TreeMap)) throw misfit(value, typed(place, field.type));
      return mapOf(value, field.element, path);
  }
}

function mapOf(value: TreeMap, element: FieldType, path: string): JsonObject {
  const entries = new Map(value.keys.map((key, i) => [key, value.values[i] ?? null]));
  const out: OpenObject = {};
  for (const [key, member] of inOrder(entries)) {
    setMember(out, key, fieldOf(member, element, { path: `${path}.${key}`, inList: false }) ?? emptyOf(element));
  }
  return out;
}

/** What null is as an element: a pointer to a struct stays nil. */
function emptyOf(element: FieldType): JsonValue {
  if (element.kind === "string") return "";
  return element.kind === "bool" ? false : null;
}

/** How sigs.k8s.io/yaml writes a scalar into a string: floats at 32 bits. */
function scalarText(value: boolean | number | string): string {
  if (typeof value !== "number") return String(value);
  if (Object.is(value, -0)) return "-0";
  return Number.isInteger(value) && Math.abs(value) < 2 ** 64 ? BigInt(value).toString() : formatFloat32(value);
}

function misfit(value: Tree, target: string): YamlError {
  const kind = isTreeList(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return new YamlError(
    "yaml-type",
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into ${target}`,
  );
}
