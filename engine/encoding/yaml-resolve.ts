import { formatFloat32 } from "./float-text.ts";
import { isTimestamp } from "./yaml-timestamp.ts";

/** What a plain scalar means: `!!str` unless it looks like something else. */
export type Resolved = null | boolean | number | string;

const WORDS: ReadonlyMap<string, null | boolean | number> = new Map<string, null | boolean | number>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Infinity] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, -Infinity] as const),
]);

const LONGEST_WORD = 5;
const TEXT = 0;
const NUMBER = 1;
const WORD = 2;
const DOT = 3;

/** What the first character of a scalar hints at. */
const HINTS: Uint8Array = hints();

function hints(): Uint8Array {
  const table = new Uint8Array(128);
  for (const c of "+-0123456789") table[c.charCodeAt(0)] = NUMBER;
  for (const c of "yYnNtTfFoO~") table[c.charCodeAt(0)] = WORD;
  table[46] = DOT;
  return table;
}

/** The value of an untagged plain scalar. */
export function resolve(text: string): Resolved {
  const first = text.charCodeAt(0);
  if (first >= 128) return text;
  if (first !== first) return null;
  const hint = HINTS[first];
  if (hint === TEXT) return text;
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  if (hint === WORD) return text;
  if (hint === DOT) return dotFloat(text) ?? text;
  return smallInteger(text, first) ?? number(text) ?? text;
}

/** Digits without a leading zero that a double holds exactly: nearly every number of a chart. */
function smallInteger(text: string, first: number): number | undefined {
  if (text.length > 15) return undefined;
  if (first === 48) return text.length === 1 ? 0 : undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** What may be a number once its underscores are gone. Each part can match in one way only, so that it takes linear time. */
const NUMBER_SHAPE =
  /^[-+]?(?:0[xXoObB]?[0-9a-fA-F_+-]*|[0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?|\.[0-9_]+(?:[eE][-+]?[0-9_]+)?)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function number(text: string): number | undefined {
  if (text.charCodeAt(text.length - 1) > 127 || !NUMBER_SHAPE.test(text)) return undefined;
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseInteger(plain);
  return integer === undefined ? float(plain) : Number(integer);
}

function float(plain: string): number | undefined {
  if (!FLOAT.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

const DOT_FLOAT = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;

function dotFloat(text: string): number | undefined {
  return DOT_FLOAT.test(text) ? float(text.replaceAll("_", "")) : undefined;
}

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;
const ODD_BINARY = /^0b([-+])([01]+)$/;
/** Longer digit runs cannot be a 64-bit integer, whatever their base. Leading zeros aside, which nobody writes. */
const MOST_DIGITS = 70;

/** Go's `ParseInt(text, 0, 64)`, then `ParseUint`. Helm compatibility: `0b-1` is a number, too. */
export function parseInteger(plain: string): bigint | undefined {
  if (plain.length > MOST_DIGITS) return undefined;
  const odd = ODD_BINARY.exec(plain);
  const match = odd === null ? INTEGER.exec(plain) : null;
  const digits = odd !== null ? `0b${odd[2]}` : match === null ? undefined : withBase(match);
  if (digits === undefined) return undefined;
  const sign = odd === null ? match?.[1] : odd[1];
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  if (value < INT64_MIN || value > UINT64_MAX) return undefined;
  return sign === "+" && value >= 2n ** 63n ? undefined : value;
}

function withBase(match: RegExpExecArray): string {
  const [, , hex, binary, octal, decimal] = match;
  if (hex !== undefined) return `0x${hex}`;
  if (binary !== undefined) return `0b${binary}`;
  return octal === undefined ? (decimal ?? "0") : `0o${octal}`;
}

/** The key that a plain scalar gives in JSON; `null` is no key. Helm compatibility: float keys are printed as 32-bit floats. */
export function resolveKey(text: string): string | null {
  const first = text.charCodeAt(0);
  if (first >= 128 || HINTS[first] === TEXT) return text;
  const value = resolve(text);
  if (typeof value === "string" || value === null) return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  const integer = HINTS[first] === NUMBER ? parseInteger(text.replaceAll("_", "")) : undefined;
  return integer === undefined ? floatKey(value) : integer.toString();
}

export function floatKey(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return Number.isFinite(Math.fround(value)) ? formatFloat32(value) : value > 0 ? ".inf" : "-.inf";
}

/** Go's short name of what a scalar resolves to, for tags and for the emitter's quotes. */
export type ShortTag = "!!null" | "!!bool" | "!!int" | "!!float" | "!!str" | "!!timestamp";

export function shortTagOf(text: string): ShortTag {
  if (isTimestamp(text)) return "!!timestamp";
  const value = resolve(text);
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "string") return "!!str";
  return HINTS[text.charCodeAt(0)] === NUMBER && parseInteger(text.replaceAll("_", "")) !== undefined
    ? "!!int"
    : "!!float";
}
