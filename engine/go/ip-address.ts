import { quote } from "./quote.ts";
import { GoFailure } from "./value.ts";

/** An address: 4 or 16 bytes, and the zone of an IPv6 address. */
export interface IpAddress {
  readonly bytes: readonly number[];
  readonly zone: string;
}

function refuse(text: string, message: string, at = ""): GoFailure {
  return new GoFailure(`ParseAddr(${quote(text)}): ${message}${at === "" ? "" : ` (at ${quote(at)})`}`);
}

/** Go's `netip.ParseAddr`. Throws {@link GoFailure} with Go's text. */
export function parseAddress(text: string): IpAddress {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") return { bytes: parseFields(text, text), zone: "" };
  if (first === ":") return parseIpv6(text);
  throw refuse(text, first === "%" ? "missing IPv6 address" : "unable to parse IP");
}

/** Four decimal fields; `whole` is named in errors. */
function parseFields(fields: string, whole: string): readonly number[] {
  const bytes: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < fields.length; i++) {
    const c = fields.charCodeAt(i);
    if (c >= 0x30 && c <= 0x39) {
      if (digits === 1 && value === 0) throw refuse(whole, "IPv4 field has octet with leading zero");
      value = value * 10 + c - 0x30;
      digits++;
      if (value > 255) throw refuse(whole, "IPv4 field has value >255");
    } else if (c === 0x2e) {
      if (digits === 0 || i === fields.length - 1) {
        throw refuse(whole, "IPv4 field must have at least one digit", fields.slice(i));
      }
      if (bytes.length === 3) throw refuse(whole, "IPv4 address too long");
      bytes.push(value);
      value = 0;
      digits = 0;
    } else throw refuse(whole, "unexpected character", fields.slice(i));
  }
  if (bytes.length < 3) throw refuse(whole, "IPv4 address too short");
  return [...bytes, value];
}

function parseIpv6(text: string): IpAddress {
  const percent = text.indexOf("%");
  const zone = percent < 0 ? "" : text.slice(percent + 1);
  if (percent >= 0 && zone === "") throw refuse(text, "zone must be a non-empty string");
  return { bytes: parseGroups(percent < 0 ? text : text.slice(0, percent), text), zone };
}

/** Groups of up to four hexadecimal digits, once `::` for a run of zeros, possibly an IPv4 address at the end. */
function parseGroups(groups: string, whole: string): readonly number[] {
  const bytes: number[] = [];
  let ellipsis = groups.startsWith("::") ? 0 : -1;
  let left = ellipsis === 0 ? groups.slice(2) : groups;
  while (bytes.length < 16 && !(left === "" && ellipsis === bytes.length)) {
    const digits = groupDigits(left, whole);
    if (left[digits.length] === ".") {
      checkEmbedded(bytes.length, ellipsis, left, whole);
      bytes.push(...parseFields(left, whole));
      left = "";
      break;
    }
    const value = Number.parseInt(digits, 16);
    bytes.push(value >> 8, value & 255);
    left = left.slice(digits.length);
    if (left === "") break;
    if (left[0] !== ":") throw refuse(whole, "unexpected character, want colon", left);
    if (left.length === 1) throw refuse(whole, "colon must be followed by more characters", left);
    left = left.slice(1);
    if (left[0] !== ":") continue;
    if (ellipsis >= 0) throw refuse(whole, "multiple :: in address", left);
    ellipsis = bytes.length;
    left = left.slice(1);
  }
  if (left !== "") throw refuse(whole, "trailing garbage after address", left);
  return expand(bytes, ellipsis, whole);
}

function groupDigits(left: string, whole: string): string {
  const digits = /^[0-9a-fA-F]*/.exec(left)?.[0] ?? "";
  if (digits.length > 4) throw refuse(whole, "each group must have 4 or less digits", left);
  if (digits === "") throw refuse(whole, "each colon-separated field must have at least one digit", left);
  return digits;
}

function checkEmbedded(length: number, ellipsis: number, left: string, whole: string): void {
  if (ellipsis < 0 && length !== 12) {
    throw refuse(whole, "embedded IPv4 address must replace the final 2 fields of the address", left);
  }
  if (length > 12) {
    throw refuse(whole, "too many hex fields to fit an embedded IPv4 at the end of the address", left);
  }
}

function expand(bytes: readonly number[], ellipsis: number, whole: string): readonly number[] {
  const missing = 16 - bytes.length;
  if (missing > 0 && ellipsis < 0) throw refuse(whole, "address string too short");
  if (missing === 0 && ellipsis >= 0) throw refuse(whole, "the :: must expand to at least one field of zeros");
  if (missing === 0) return bytes;
  return [...bytes.slice(0, ellipsis), ...Array.from({ length: missing }, () => 0), ...bytes.slice(ellipsis)];
}
