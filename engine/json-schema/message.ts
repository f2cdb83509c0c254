import { formatShortest } from "../go/float.ts";
import { quote } from "../go/quote.ts";
import { GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { decimalOf } from "./number.ts";
import type { Decimal } from "./number.ts";

/** A text in single quotes: Go's `%q` with the two kinds of quotes exchanged. */
export function quoted(text: string): string {
  return `'${quote(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

export function quotedList(texts: readonly string[]): string {
  return texts.map(quoted).join(", ");
}

/** A primitive as a message shows it. */
export function display(value: GoValue): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || value === undefined) return "<nil>";
  if (value instanceof GoMap || value instanceof GoList) return "value";
  return decimalOf(value)?.text ?? (typeof value === "boolean" ? String(value) : "value");
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A count with Go's English digit groups. */
export function count(value: number): string {
  return grouped(String(value));
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:[0-9]{3})+$)/g, ",");
}

/** A number as Go prints it in English: `12,345.678`, and `1.5×10⁰⁶` from a million on and below 0.0001. */
export function localized(number: Decimal): string {
  const text = formatShortest(number.value);
  const at = text.indexOf("e");
  if (at < 0) {
    const sign = text.startsWith("-") ? "-" : "";
    const [whole = "", fraction] = text.slice(sign.length).split(".");
    return sign + grouped(whole) + (fraction === undefined ? "" : `.${fraction}`);
  }
  const exponent = Array.from(text.slice(at + 2), (digit) => SUPERSCRIPTS.charAt(Number(digit))).join("");
  return `${text.slice(0, at)}×10${text.charAt(at + 1) === "-" ? "⁻" : ""}${exponent}`;
}
