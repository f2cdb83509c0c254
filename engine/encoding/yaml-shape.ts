import { formatShortest } from "../go/float.ts";
import type { JsonValue } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { compareBytes, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { Shape } from "./yaml-composer.ts";

function identity<T>(value: T): T {
  return value;
}

/** Values as templates see them. */
export const GO_SHAPE: Shape<GoValue, GoMap> = {
  scalar: identity,
  newMap: () => new GoMap(),
  put: (map, key, value) => {
    map.entries.set(key, value);
  },
  list: (items) => new GoList(items),
  mapOf: (value) => (value instanceof GoMap ? value : undefined),
  itemsOf: (value) => (value instanceof GoList ? value.items : undefined),
  entries: (map) => map.entries,
  show: (value) => show(GO_SHAPE, value),
};

/** A JSON object while it is built. */
export interface OpenObject {
  [key: string]: JsonValue;
}

/** `object[key] = value`, also for the one key that JavaScript keeps for itself. */
export function setMember(object: OpenObject, key: string, value: JsonValue): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Values as Kubernetes objects hold them. */
export const JSON_SHAPE: Shape<JsonValue, OpenObject> = {
  scalar: identity,
  newMap: () => ({}),
  put: setMember,
  list: identity,
  mapOf: (value) => (isOpenObject(value) ? value : undefined),
  itemsOf: (value) => (Array.isArray(value) ? value : undefined),
  entries: (map) => Object.entries(map),
  show: (value) => show(JSON_SHAPE, value),
};

function isOpenObject(value: JsonValue): value is OpenObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Go's `%#v` of a decoded YAML value. */
function show<V, M extends V>(shape: Shape<V, M>, value: V): string {
  const map = shape.mapOf(value);
  if (map !== undefined) {
    const pairs = [...shape.entries(map)].toSorted(([a], [b]) => compareBytes(a, b));
    const inner = pairs.map(([key, item]) => `${quote(key)}:${showInside(shape, item)}`);
    return `map[interface {}]interface {}{${inner.join(", ")}}`;
  }
  const items = shape.itemsOf(value);
  if (items !== undefined) return `[]interface {}{${items.map((item) => showInside(shape, item)).join(", ")}}`;
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatShortest(value);
  return typeof value === "boolean" ? String(value) : "<nil>";
}

function showInside<V, M extends V>(shape: Shape<V, M>, value: V): string {
  return value === null || value === undefined ? "interface {}(nil)" : show(shape, value);
}
