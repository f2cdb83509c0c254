import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { compareDecimals, decimalOf } from "./number.ts";

/** The types of JSON schema as bits, in the order in which messages name them. */
export const TYPES = ["null", "boolean", "number", "integer", "string", "array", "object"] as const;

export const NULL = 1;
export const BOOLEAN = 2;
export const NUMBER = 4;
export const INTEGER = 8;
export const STRING = 16;
export const ARRAY = 32;
export const OBJECT = 64;

/** The type of a value; 0 for what JSON cannot hold. */
export function typeOf(value: GoValue): number {
  if (value === null || value === undefined) return NULL;
  if (typeof value === "string") return STRING;
  if (typeof value === "boolean") return BOOLEAN;
  if (value instanceof GoMap) return OBJECT;
  if (value instanceof GoList) return ARRAY;
  return decimalOf(value) === undefined ? 0 : NUMBER;
}

/** The bit of a type's name; 0 for an unknown one. */
export function typeBit(name: GoValue): number {
  const at = TYPES.findIndex((known) => known === name);
  return at < 0 ? 0 : 1 << at;
}

export function typeNames(bits: number): readonly string[] {
  return TYPES.filter((_, at) => (bits & (1 << at)) !== 0);
}

/** Deep equality; numbers by value. */
export function equals(a: GoValue, b: GoValue): boolean {
  if (a === b) return true;
  if (a instanceof GoMap) return b instanceof GoMap && equalMaps(a, b);
  if (a instanceof GoList) {
    return (
      b instanceof GoList && a.items.length === b.items.length && a.items.every((item, i) => equals(item, b.items[i]))
    );
  }
  const x = decimalOf(a);
  const y = x === undefined ? undefined : decimalOf(b);
  return x !== undefined && y !== undefined && compareDecimals(x, y) === 0;
}

function equalMaps(a: GoMap, b: GoMap): boolean {
  if (a.entries.size !== b.entries.size) return false;
  for (const [key, value] of a.entries) {
    if (!b.entries.has(key) || !equals(value, b.entries.get(key))) return false;
  }
  return true;
}

/** Below this many items comparing all pairs is quicker than keys. */
const FEW = 20;

/** The positions of the first two equal items. */
export function duplicates(items: readonly GoValue[]): readonly [number, number] | undefined {
  const seen = new Map<string, number[]>();
  for (let i = 0; i < items.length; i++) {
    const key = items.length <= FEW ? "" : bucketOf(items[i]);
    const before = seen.get(key) ?? [];
    const j = before.find((at) => equals(items[i], items[at]));
    if (j !== undefined) return [j, i];
    before.push(i);
    seen.set(key, before);
  }
  return undefined;
}

/** A text that equal values share, and few others do. */
function bucketOf(value: GoValue): string {
  if (typeof value === "string") return `s${value}`;
  const number = decimalOf(value);
  if (number !== undefined) return `n${number.value}`;
  if (value instanceof GoMap)
    return `m${[...value.entries]
      .map(([key, item]) => `${key}=${bucketOf(item)}`)
      .sort()
      .join()}`;
  return value instanceof GoList ? `l${value.items.map(bucketOf).join()}` : value === true ? "t" : "f";
}
