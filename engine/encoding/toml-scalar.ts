import { quote } from "../go/quote.ts";
import { fixedZone } from "../go/time-zone.ts";
import { parseTime } from "../go/time-parse.ts";
import { goTime } from "../go/time.ts";
import { GoFailure, goInt64 } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { accept, complain, END, peek, shown, take } from "./toml-scanner.ts";
import type { TomlScanner } from "./toml-scanner.ts";

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isHex(c: number): boolean {
  return isDigit(c) || ((c | 32) >= 97 && (c | 32) <= 102);
}

function takeWhile(s: TomlScanner, test: (c: number) => boolean): void {
  while (s.pos < s.text.length && test(peek(s))) take(s);
}

/** A number, a time, `inf`, `nan`, `true` or `false` at `s.pos`; all else is refused. */
export function readScalar(s: TomlScanner): GoValue {
  const from = s.pos;
  const c = take(s);
  if (isDigit(c)) return readNumberOrTime(s, from, c);
  if (c === 43 || c === 45) return readSigned(s, from);
  if (c === 46) throw complain(s, "floats must start with a digit, not '.'");
  if (c === 105 || c === 110) {
    if ((accept(s, 110) && accept(s, 102)) || (accept(s, 97) && accept(s, 110))) return toFloat(s, from);
    s.pos -= 1;
    return readWord(s, from);
  }
  if (c !== END && /\p{L}/u.test(String.fromCodePoint(c))) {
    s.pos = from;
    return readWord(s, from);
  }
  if (c === END) throw complain(s, "unexpected EOF; expected value", END);
  const problem = complain(s, `expected value but found ${shown(c)} instead`);
  throw c === 10 ? Object.assign(problem, { line: problem.line - 1 }) : problem;
}

function readWord(s: TomlScanner, from: number): boolean {
  const start = s.pos;
  takeWhile(s, (c) => /\p{L}/u.test(String.fromCodePoint(c)));
  const word = s.text.slice(start, s.pos);
  if (start === from && (word === "true" || word === "false")) return word === "true";
  throw complain(s, `expected value but found ${quote(word)} instead`);
}

function readNumberOrTime(s: TomlScanner, from: number, first: number): GoValue {
  if (first === 48) {
    const base = peek(s);
    if (base === 98 || base === 111 || base === 120) return readBased(s, from, base);
  }
  takeWhile(s, isDigit);
  const c = peek(s);
  const isZero = first === 48 && s.pos === from + 1;
  if (!isZero && (c === 45 || c === 58)) {
    takeWhile(s, (next) => isDigit(next) || "-:Tt .Zz+".includes(String.fromCodePoint(next)));
    return toTime(s, s.text.slice(from, s.pos).replaceAll(/^[ \t]+|[ \t]+$/g, ""));
  }
  return readDecimal(s, from);
}

/** The rest of a decimal number. */
function readDecimal(s: TomlScanner, from: number): GoValue {
  takeWhile(s, (c) => isDigit(c) || c === 95);
  const c = peek(s);
  if (c !== 46 && (c | 32) !== 101) return toInteger(s, from);
  takeWhile(s, (next) => isDigit(next) || "_.-+eE".includes(String.fromCodePoint(next)));
  return toFloat(s, from);
}

const BASES: ReadonlyMap<number, readonly [string, RegExp]> = new Map([
  [98, ["a binary number", /[01]/] as const],
  [111, ["an octal number", /[0-7]/] as const],
  [120, ["a hexadecimal number", /[0-9a-fA-F]/] as const],
]);

function readBased(s: TomlScanner, from: number, base: number): GoValue {
  take(s);
  const [name, digit] = BASES.get(base) ?? ["", /x/];
  const next = peek(s);
  if (!digit.test(String.fromCodePoint(next))) {
    throw complain(s, `not ${name}: '${s.text.slice(from, s.pos)}${String.fromCodePoint(next)}'`);
  }
  takeWhile(s, (c) => c === 95 || digit.test(String.fromCodePoint(c)));
  return toInteger(s, from);
}

function readSigned(s: TomlScanner, from: number): GoValue {
  const c = take(s);
  if (c === 105 || c === 110) {
    const [second, third] = c === 105 ? [110, 102] : [97, 110];
    if (accept(s, second ?? 0) && accept(s, third ?? 0)) return toFloat(s, from);
    throw complain(s, `invalid float: '${s.text.slice(from, s.pos)}'`);
  }
  if (c === 46) throw complain(s, "floats must start with a digit, not '.'");
  if (c === 48) {
    const base = peek(s);
    if (BASES.has(base)) {
      const found = s.text.slice(from, s.pos) + String.fromCodePoint(base);
      throw complain(s, `cannot use sign with non-decimal numbers: '${found}'`);
    }
  }
  if (isDigit(c)) return readDecimal(s, from);
  throw complain(s, `expected a digit but got ${shown(c)}`, c);
}

/** True where each underscore stands between digits and the text ends with one. */
function underscoresOk(text: string): boolean {
  if (/^[+-]?(?:inf|nan)$/.test(text)) return true;
  let accepts = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 95 && !accepts) return false;
    accepts = isHex(c);
  }
  return accepts;
}

function hasLeadingZero(text: string): boolean {
  return /^0(?![box])./s.test(text) || /^[+-]0./s.test(text);
}

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);
/** More digits than these are out of range in any base. */
const MOST_DIGITS = 100;

function toInteger(s: TomlScanner, from: number): GoValue {
  const text = s.text.slice(from, s.pos);
  if (!underscoresOk(text))
    throw complain(s, `Invalid integer ${quote(text)}: underscores must be surrounded by digits`);
  if (hasLeadingZero(text)) throw complain(s, `Invalid integer ${quote(text)}: cannot have leading zeroes`);
  const plain = text.replaceAll("_", "");
  const negative = plain.startsWith("-");
  const magnitude = plain.length > MOST_DIGITS ? LARGEST * 4n : BigInt(plain.replace(/^[+-]/, ""));
  const value = negative ? -magnitude : magnitude;
  if (value > LARGEST || value < SMALLEST) throw complain(s, `${text} is out of range for int64`);
  return goInt64(value);
}

function toFloat(s: TomlScanner, from: number): number {
  const text = s.text.slice(from, s.pos);
  const parts = text.split(/[.eE]/).filter((part) => part !== "");
  if (parts.some((part) => !underscoresOk(part))) {
    throw complain(s, `Invalid float ${quote(text)}: underscores must be surrounded by digits`);
  }
  if (hasLeadingZero(parts[0] ?? "")) throw complain(s, `Invalid float ${quote(text)}: cannot have leading zeroes`);
  if (/\.(?![0-9])/.test(text)) {
    throw complain(s, `Invalid float ${quote(text)}: '.' must be followed by one or more digits`);
  }
  const plain = text.replaceAll("_", "");
  if (/^[+-]?inf$/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  if (/^[+-]?nan$/.test(plain)) return Number.NaN;
  if (!/^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(plain)) {
    throw complain(s, `Invalid float value: ${quote(text)}`);
  }
  const value = Number(plain);
  if (!Number.isFinite(value)) throw complain(s, `${text} is out of range for float64`);
  return value;
}

/** Layouts of times, with the zone that stands for "no zone given". */
const LAYOUTS: readonly (readonly [string, string | undefined])[] = [
  ["2006-01-02T15:04:05.999999999Z07:00", undefined],
  ["2006-01-02T15:04:05.999999999", "datetime-local"],
  ["2006-01-02", "date-local"],
  ["15:04:05.999999999", "time-local"],
  ["2006-01-02T15:04Z07:00", undefined],
  ["2006-01-02T15:04", "datetime-local"],
  ["15:04", "time-local"],
];

function toTime(s: TomlScanner, text: string): GoValue {
  const value = text.replaceAll("z", "Z").replaceAll("t", "T").replaceAll(" ", "T");
  for (const [layout, zone] of LAYOUTS) {
    const instant = tryTime(layout, value);
    if (instant === undefined) continue;
    if (lacksZero(value, layout)) break;
    return goTime(zone === undefined ? instant : { ...instant, zone: fixedZone(zone, 0) });
  }
  throw complain(s, `invalid datetime: ${quote(value)}`);
}

function tryTime(layout: string, value: string): ReturnType<typeof parseTime> | undefined {
  try {
    return parseTime(layout, value);
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}

/** Go's parser takes `2020-1-2`; TOML does not. */
function lacksZero(value: string, layout: string): boolean {
  for (let i = 0; i < layout.length; i++) {
    const c = layout.charCodeAt(i);
    if (c === 46 || c === 90) return false;
    if (!isDigit(c) && value.charCodeAt(i) !== c) return true;
  }
  return false;
}
