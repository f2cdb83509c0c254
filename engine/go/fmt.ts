import { checkLength, formatValue, typeName } from "./format-value.ts";
import { noFlags, Printer } from "./printer.ts";
import type { Flags } from "./printer.ts";
import { GoInt } from "./value.ts";
import type { GoValue } from "./value.ts";

export { formatValue, typeName };

/** Widths and precisions beyond this are none, as in Go. */
const MAX_WIDTH = 1_000_000;
/** More digits than this are no argument index, as in Go. */
const MAX_INDEX_DIGITS = 7;

/** Go's `fmt.Sprint`: a space only between two operands that are both no strings. */
export function sprint(args: readonly GoValue[]): string {
  let out = "";
  let previousIsText = true;
  for (const arg of args) {
    const isText = typeof arg === "string";
    if (!isText && !previousIsText) out += " ";
    out += formatValue(arg);
    previousIsText = isText;
  }
  checkLength(out);
  return out;
}

/** Go's `fmt.Sprintln`. */
export function sprintln(args: readonly GoValue[]): string {
  const out = `${args.map(formatValue).join(" ")}\n`;
  checkLength(out);
  return out;
}

/**
 * Go's `fmt.Sprintf`: all verbs, flags, `*`, argument indexes, and Go's texts for what is wrong (`%!d(string=x)`). Never fails but for
 * a text of more than 32 Mi characters or a value that contains itself, which throw `GoFailure`.
 */
export function sprintf(format: string, args: readonly GoValue[]): string {
  let out = "";
  const scan = new FormatScan(format, args);
  for (;;) {
    const percent = format.indexOf("%", scan.at);
    if (percent < 0) break;
    out += format.slice(scan.at, percent);
    scan.at = percent + 1;
    out += scan.directive();
    checkLength(out);
  }
  out += format.slice(scan.at) + scan.extra();
  checkLength(out);
  return out;
}

function isPlainInt(arg: GoValue): boolean {
  return arg instanceof GoInt && !arg.type.startsWith("time.");
}

/** Where `sprintf` stands in its format and its arguments. */
class FormatScan {
  at = 0;
  private readonly format: string;
  private readonly args: readonly GoValue[];
  private next = 0;
  /** An explicit index was used: extra arguments are no longer an error. */
  private reordered = false;
  /** The explicit index of the present verb is in order. */
  private goodIndex = true;

  constructor(format: string, args: readonly GoValue[]) {
    this.format = format;
    this.args = args;
  }

  /** One verb, from behind its percent sign. */
  directive(): string {
    const verb = this.format[this.at];
    if (this.next >= this.args.length) return this.fullDirective();
    const arg = this.args[this.next];
    const isPlain = verb === "s" ? typeof arg === "string" : verb === "v" || (verb === "d" && isPlainInt(arg));
    if (!isPlain) return this.fullDirective();
    this.at += 1;
    this.next += 1;
    return formatValue(arg);
  }

  private fullDirective(): string {
    const flags = noFlags();
    this.goodIndex = true;
    this.readFlags(flags);
    let afterIndex = this.readIndex();
    let problems = "";
    if (this.format[this.at] === "*") {
      problems += this.starWidth(flags);
      afterIndex = false;
    } else {
      flags.width = this.readNumber();
      if (afterIndex && flags.width !== undefined) this.goodIndex = false;
    }
    if (this.format[this.at] === "." && this.at + 1 < this.format.length) {
      this.at += 1;
      if (afterIndex) this.goodIndex = false;
      afterIndex = this.readIndex();
      if (this.format[this.at] === "*") {
        problems += this.starPrecision(flags);
        afterIndex = false;
      } else flags.precision = this.readNumber() ?? 0;
    }
    if (!afterIndex) this.readIndex();
    return problems + this.verb(flags);
  }

  private readFlags(flags: Flags): void {
    for (; ; this.at++) {
      switch (this.format[this.at]) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = true;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** Reads `[n]`; true when one was there and well formed. */
  private readIndex(): boolean {
    if (this.format[this.at] !== "[") return false;
    this.reordered = true;
    const close = this.format.length - this.at < 3 ? -1 : this.format.indexOf("]", this.at + 1);
    const body = close < 0 ? "" : this.format.slice(this.at + 1, close);
    const isNumber = body.length <= MAX_INDEX_DIGITS && /^[0-9]+$/.test(body);
    const index = isNumber ? Number(body) - 1 : -1;
    this.at = close < 0 ? this.at + 1 : close + 1;
    if (isNumber && index >= 0 && index < this.args.length) {
      this.next = index;
      return true;
    }
    this.goodIndex = false;
    return isNumber;
  }

  /** Digits as a number; `undefined` without digits. A number beyond the limit eats the whole rest of the format. */
  private readNumber(): number | undefined {
    let value: number | undefined;
    for (;;) {
      const digit = this.format.charCodeAt(this.at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) return value;
      if ((value ?? 0) > MAX_WIDTH) {
        this.at = this.format.length;
        return undefined;
      }
      value = (value ?? 0) * 10 + digit;
      this.at += 1;
    }
  }

  private starWidth(flags: Flags): string {
    const width = this.intArgument();
    if (width === undefined) return "%!(BADWIDTH)";
    flags.width = Math.abs(width);
    if (width < 0) {
      flags.minus = true;
      flags.zero = false;
    }
    return "";
  }

  private starPrecision(flags: Flags): string {
    const precision = this.intArgument();
    if (precision === undefined || precision < 0) return "%!(BADPREC)";
    flags.precision = precision;
    return "";
  }

  private intArgument(): number | undefined {
    this.at += 1;
    if (this.next >= this.args.length) return undefined;
    const arg = this.args[this.next++];
    if (!(arg instanceof GoInt)) return undefined;
    const value = Number(arg.value);
    return Math.abs(value) > MAX_WIDTH ? undefined : value;
  }

  private verb(flags: Flags): string {
    const code = this.format.codePointAt(this.at);
    if (code === undefined) return "%!(NOVERB)";
    const isStray = code >= 0xd800 && code <= 0xdfff;
    const verb = isStray ? "\ufffd" : String.fromCodePoint(code);
    this.at += isStray ? 1 : verb.length;
    if (verb === "%") return "%";
    if (!this.goodIndex) return `%!${verb}(BADINDEX)`;
    if (this.next >= this.args.length) return `%!${verb}(MISSING)`;
    if (verb === "v") {
      flags.sharpV = flags.sharp;
      flags.plusV = flags.plus;
      flags.sharp = false;
      flags.plus = false;
    }
    return new Printer(flags).print(this.args[this.next++], verb);
  }

  /** `%!(EXTRA …)` when arguments are left over. */
  extra(): string {
    if (this.reordered || this.next >= this.args.length) return "";
    const texts = this.args
      .slice(this.next)
      .map((arg) => (arg === null || arg === undefined ? "<nil>" : `${typeName(arg)}=${formatValue(arg)}`));
    return `%!(EXTRA ${texts.join(", ")})`;
  }
}
