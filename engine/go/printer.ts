import { complexParts } from "./complex.ts";
import { formatFloat } from "./float.ts";
import type { FloatVerb } from "./float.ts";
import { checkLength, POINTER_TEXT, typeName } from "./format-value.ts";
import { intMethodText } from "./int-text.ts";
import { canBackquote, isPrint, quote, quoteRune, quoteToAscii } from "./quote.ts";
import { firstRunes, fromUtf8, runeCount, toUtf8 } from "./utf8.ts";
import { GoBytes, GoFailure, GoInt, GoList, GoMap, sortedKeys } from "./value.ts";
import type { GoObject, GoValue } from "./value.ts";

/** The flags of one verb. `plusV` and `sharpV` are `%+v` and `%#v`, which are formats of their own. */
export interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  plusV: boolean;
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function noFlags(): Flags {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** Values nested deeper than this are refused, as in format-value.ts. */
const MAX_NESTING = 500;
const STRING_VERBS = "vsxXq";
const BYTE_VERBS = "sqxX";
const FLOAT_VERBS = "vbgGxXfFeE";

/** What Go's `GoString()` gives. */
function goSource(value: GoInt | GoBytes | GoList | GoMap | GoObject): string | undefined {
  const text = value.kind === "object" ? value.type.methods.get("GoString")?.call(value, []) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** What stands around and between the elements of a list. */
interface Brackets {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
}

const PLAIN: Brackets = { open: "[", separator: " ", close: "]" };

function source(type: string): Brackets {
  return { open: `${type}{`, separator: ", ", close: "}" };
}

/** Formats one value for one verb under `flags`. Go's `pp` of package `fmt`. */
export class Printer {
  readonly flags: Flags;
  /** Inside the text of a bad verb no method is called. */
  private erroring = false;
  constructor(flags: Flags) {
    this.flags = flags;
  }

  /** Go's `printArg`. */
  print(value: GoValue, verb: string): string {
    if (value === null || value === undefined) {
      return verb === "v" || verb === "T" ? this.pad("<nil>") : `%!${verb}(<nil>)`;
    }
    if (verb === "T") return this.text(typeName(value));
    if (verb === "p") return this.pointer(value, verb);
    return this.value(value, verb, 0);
  }

  private value(value: GoValue, verb: string, depth: number): string {
    if (depth > MAX_NESTING) throw new GoFailure("value is nested too deeply to be printed");
    switch (typeof value) {
      case "string":
        return this.string(value, verb);
      case "number":
        return this.float(value, verb);
      case "boolean":
        return verb === "v" || verb === "t" ? this.pad(value ? "true" : "false") : this.bad(value, verb);
      case "undefined":
        return this.nil();
      default:
        return value === null ? this.nil() : this.object(value, verb, depth);
    }
  }

  private nil(): string {
    return this.flags.sharpV ? "interface {}(nil)" : "<nil>";
  }

  private object(value: GoInt | GoBytes | GoList | GoMap | GoObject, verb: string, depth: number): string {
    const method = this.method(value, verb);
    if (method !== undefined) return this.flags.sharpV ? this.text(method) : this.string(method, verb);
    if (verb === "w" && !this.erroring) return this.bad(value, verb);
    switch (value.kind) {
      case "int":
        return this.int(value, verb);
      case "bytes":
        return this.bytes(value, verb, depth);
      case "list":
        return this.list(value, verb, depth);
      case "map":
        return this.map(value, verb, depth);
      default:
        return this.struct(value, verb, depth);
    }
  }

  /** What `String()` or `Error()` gives, where `fmt` asks for it. */
  private method(value: GoInt | GoBytes | GoList | GoMap | GoObject, verb: string): string | undefined {
    if (this.erroring || !STRING_VERBS.includes(verb)) return undefined;
    if (this.flags.sharpV) return goSource(value);
    if (value.kind === "int") return intMethodText(value);
    return value.kind === "object" ? value.type.print?.(value) : undefined;
  }

  private bad(value: GoValue, verb: string): string {
    this.erroring = true;
    const text = `%!${verb}(${typeName(value)}=${this.value(value, "v", 0)})`;
    this.erroring = false;
    return text;
  }

  private string(text: string, verb: string): string {
    switch (verb) {
      case "v":
        return this.flags.sharpV ? this.quoted(text) : this.text(text);
      case "s":
        return this.text(text);
      case "q":
        return this.quoted(text);
      case "x":
      case "X":
        return this.hex(toUtf8(text), verb);
      default:
        return this.bad(text, verb);
    }
  }

  private text(text: string): string {
    return this.pad(this.truncate(text));
  }

  private truncate(text: string): string {
    const { precision } = this.flags;
    return precision === undefined ? text : firstRunes(text, precision);
  }

  private quoted(text: string): string {
    const cut = this.truncate(text);
    if (this.flags.sharp && canBackquote(cut)) return this.pad(`\`${cut}\``);
    return this.pad(this.flags.plus ? quoteToAscii(cut) : quote(cut));
  }

  private hex(bytes: Uint8Array, verb: "x" | "X"): string {
    const { precision, sharp, space } = this.flags;
    const count = Math.min(precision ?? bytes.length, bytes.length);
    if (count === 0) return this.fill(this.flags.width ?? 0);
    const prefix = sharp ? "0x" : "";
    let out = prefix;
    for (let i = 0; i < count; i++) {
      if (space && i > 0) out += ` ${prefix}`;
      out += (bytes[i] ?? 0).toString(16).padStart(2, "0");
    }
    return this.pad(verb === "X" ? out.toUpperCase() : out);
  }

  private bytes({ data }: GoBytes, verb: string, depth: number): string {
    if (verb === "x" || verb === "X") return this.hex(data, verb);
    if (BYTE_VERBS.includes(verb)) return this.string(fromUtf8(data), verb);
    const items = Array.from(data, (byte) => new GoInt("uint8", BigInt(byte)));
    if (!this.flags.sharpV) return this.items(items, verb, depth, PLAIN);
    return this.items(items, verb, depth, source(depth === 0 ? "[]byte" : "[]uint8"));
  }

  private list(list: GoList, verb: string, depth: number): string {
    if (!this.flags.sharpV) return this.items(list.items, verb, depth, PLAIN);
    return list.isNil ? `${list.type}(nil)` : this.items(list.items, verb, depth, source(list.type));
  }

  private items(items: readonly GoValue[], verb: string, depth: number, frame: Brackets): string {
    let out = frame.open;
    for (let i = 0; i < items.length; i++) {
      if (i > 0) out += frame.separator;
      out += this.value(items[i], verb, depth + 1);
      checkLength(out);
    }
    return out + frame.close;
  }

  private map(map: GoMap, verb: string, depth: number): string {
    const { sharpV } = this.flags;
    if (sharpV && map.type.isNil === true) return `${map.type.name}(nil)`;
    let out = sharpV ? `${map.type.name}{` : "map[";
    let separator = "";
    for (const key of sortedKeys(map)) {
      out += `${separator}${this.string(key, verb)}:${this.value(map.entries.get(key), verb, depth + 1)}`;
      separator = sharpV ? ", " : " ";
      checkLength(out);
    }
    return out + (sharpV ? "}" : "]");
  }

  private struct(struct: GoObject, verb: string, depth: number): string {
    const complex = complexParts(struct);
    if (complex !== undefined) {
      if (!FLOAT_VERBS.includes(verb)) return this.bad(struct, verb);
      const { plus } = this.flags;
      const real = this.float(complex.re, verb);
      this.flags.plus = true;
      const imaginary = this.float(complex.im, verb);
      this.flags.plus = plus;
      return `(${real}${imaginary}i)`;
    }
    const { sharpV, plusV } = this.flags;
    const isPointer = struct.type.name.startsWith("*");
    if (struct.type.isNil === true) return this.nilPointer(struct, verb);
    if (isPointer && depth > 0) return this.address(struct, verb);
    const name = isPointer ? struct.type.name.slice(1) : struct.type.name;
    let out = `${isPointer ? "&" : ""}${sharpV ? name : ""}{`;
    let separator = "";
    for (const [field, value] of struct.type.printed?.(struct) ?? struct.fields) {
      out += `${separator}${sharpV || plusV ? `${field}:` : ""}${this.value(value, verb, depth + 1)}`;
      separator = sharpV ? ", " : " ";
      checkLength(out);
    }
    return `${out}}`;
  }

  /** A pointer inside another value: an address, or the wrong verb for one. */
  private address(struct: GoObject, verb: string): string {
    if (verb === "v") return this.flags.sharpV ? `(${struct.type.name})(${POINTER_TEXT})` : POINTER_TEXT;
    return "bodxX".includes(verb) ? this.int(new GoInt("uint64", BigInt(POINTER_TEXT)), verb) : this.bad(struct, verb);
  }

  private nilPointer(struct: GoObject, verb: string): string {
    if (verb === "v") return this.flags.sharpV ? `(${struct.type.name})(nil)` : "<nil>";
    return "bodxX".includes(verb) ? this.int(new GoInt("uint64", 0n), verb) : this.bad(struct, verb);
  }

  private pointer(value: GoValue, verb: string): string {
    const hasAddress = value instanceof GoMap || value instanceof GoList || value instanceof GoBytes;
    return hasAddress || typeName(value).startsWith("*") ? POINTER_TEXT : this.bad(value, verb);
  }

  private int(int: GoInt, verb: string): string {
    const { value } = int;
    switch (verb) {
      case "v":
        return this.flags.sharpV && int.type.startsWith("u")
          ? this.unsignedSource(value)
          : this.digits(value, 10, verb);
      case "d":
        return this.digits(value, 10, verb);
      case "b":
        return this.digits(value, 2, verb);
      case "o":
      case "O":
        return this.digits(value, 8, verb);
      case "x":
      case "X":
        return this.digits(value, 16, verb);
      case "c":
        return this.pad(String.fromCodePoint(runeOf(value)));
      case "q":
        return this.pad(quoteRune(runeOf(value), this.flags.plus));
      case "U":
        return this.unicode(BigInt.asUintN(64, value));
      default:
        return this.bad(int, verb);
    }
  }

  private unsignedSource(value: bigint): string {
    const { sharp } = this.flags;
    this.flags.sharp = true;
    const text = this.digits(value, 16, "v");
    this.flags.sharp = sharp;
    return text;
  }

  private digits(value: bigint, base: 2 | 8 | 10 | 16, verb: string): string {
    const { plus, space, sharp, zero, minus, width, precision } = this.flags;
    if (precision === 0 && value === 0n) return " ".repeat(width ?? 0);
    const negative = value < 0n;
    const sign = negative ? "-" : plus ? "+" : space ? " " : "";
    const room = zero && !minus && width !== undefined ? width - sign.length : 0;
    let digits = (negative ? -value : value).toString(base).padStart(precision ?? room, "0");
    if (sharp && base === 2) digits = `0b${digits}`;
    if (sharp && base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    if (sharp && base === 16) digits = `0x${digits}`;
    if (verb === "X") digits = digits.toUpperCase();
    if (verb === "O") digits = `0o${digits}`;
    return this.padWithSpaces(sign + digits);
  }

  private unicode(value: bigint): string {
    const digits = value
      .toString(16)
      .toUpperCase()
      .padStart(Math.max(this.flags.precision ?? 4, 4), "0");
    const code = value <= 0x10ffffn ? Number(value) : -1;
    const shown = this.flags.sharp && code >= 0 && isPrint(code) ? ` '${String.fromCodePoint(code)}'` : "";
    return this.padWithSpaces(`U+${digits}${shown}`);
  }

  private float(value: number, verb: string): string {
    switch (verb) {
      case "v":
        return this.number(formatFloat(value, "g", this.flags.precision ?? -1), "g", this.flags.precision ?? -1);
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        return this.number(formatFloat(value, verb, this.flags.precision ?? -1), verb, this.flags.precision ?? -1);
      case "e":
      case "E":
      case "f":
        return this.number(formatFloat(value, verb, this.flags.precision ?? 6), verb, this.flags.precision ?? 6);
      case "F":
        return this.number(formatFloat(value, "f", this.flags.precision ?? 6), "f", this.flags.precision ?? 6);
      default:
        return this.bad(value, verb);
    }
  }

  /** Go's `fmtFloat` behind `strconv`: sign, `#`, and padding. */
  private number(formatted: string, verb: FloatVerb, precision: number): string {
    const { plus, space, zero, minus, sharp, width } = this.flags;
    const signed = formatted.startsWith("-") || formatted.startsWith("+");
    let sign = signed ? formatted.slice(0, 1) : "+";
    let digits = signed ? formatted.slice(1) : formatted;
    if (space && sign === "+" && !plus) sign = " ";
    if (digits === "Inf") return this.padWithSpaces(sign + digits);
    if (digits === "NaN") return this.padWithSpaces(plus || space ? sign + digits : digits);
    if (sharp && verb !== "b") digits = withPoint(digits, verb, precision);
    if (!plus && sign === "+") return this.pad(digits);
    if (zero && !minus && width !== undefined) return sign + digits.padStart(width - 1, "0");
    return this.pad(sign + digits);
  }

  private padWithSpaces(text: string): string {
    const { zero } = this.flags;
    this.flags.zero = false;
    const padded = this.pad(text);
    this.flags.zero = zero;
    return padded;
  }

  private pad(text: string): string {
    const { width } = this.flags;
    if (width === undefined || width <= text.length / 2) return text;
    const missing = width - runeCount(text);
    if (missing <= 0) return text;
    return this.flags.minus ? text + this.fill(missing) : this.fill(missing) + text;
  }

  private fill(count: number): string {
    return (this.flags.zero && !this.flags.minus ? "0" : " ").repeat(count);
  }
}

/** The rune of a number for `%c` and `%q`; what is no rune is U+FFFD. */
function runeOf(value: bigint): number {
  const isRune = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return isRune ? Number(value) : 0xfffd;
}

/** The `#` flag of a float: always a point, and `%g` keeps its trailing zeros. */
function withPoint(digits: string, verb: FloatVerb, precision: number): string {
  let missing = verb === "g" || verb === "G" || verb === "x" ? (precision < 0 ? 6 : precision) : 0;
  const tailAt = digits.search(verb === "x" || verb === "X" ? /p/i : /e/i);
  const head = tailAt < 0 ? digits : digits.slice(0, tailAt);
  let started = false;
  for (const digit of head) {
    if (digit === ".") continue;
    started ||= digit !== "0";
    if (started) missing -= 1;
  }
  if (head === "0") missing -= 1;
  const point = head.includes(".") ? "" : ".";
  return head + point + "0".repeat(Math.max(missing, 0)) + (tailAt < 0 ? "" : digits.slice(tailAt));
}
