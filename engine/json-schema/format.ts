import { quoteRune } from "../go/quote.ts";
import { byteLength } from "../go/utf8.ts";
import { checkDate, checkDateTime, checkDuration, checkPeriod, checkTime } from "./format-time.ts";
import { checkIpv4, checkIpv6, checkUri, checkUriReference, checkUriTemplate } from "./format-uri.ts";

/** Go's complaint about a text that is not of the format, or `undefined`. Values of other types are of every format. */
export type FormatCheck = (text: string) => string | undefined;

/** The formats that are known; all others are ignored. `regex` is the compiler's, as it needs its regular expressions. */
export const FORMATS: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ["json-pointer", checkJsonPointer],
  ["relative-json-pointer", checkRelativeJsonPointer],
  ["uuid", checkUuid],
  ["duration", checkDuration],
  ["period", checkPeriod],
  ["ipv4", checkIpv4],
  ["ipv6", checkIpv6],
  ["hostname", checkHostname],
  ["email", checkEmail],
  ["date", checkDate],
  ["time", checkTime],
  ["date-time", checkDateTime],
  ["uri", checkUri],
  ["iri", checkUri],
  ["uri-reference", checkUriReference],
  ["iri-reference", checkUriReference],
  ["uri-template", checkUriTemplate],
  ["semver", checkSemver],
]);

function checkJsonPointer(text: string): string | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("/")) return "not starting with /";
  return /~(?![01])/.test(text) ? "~ must be followed by 0 or 1" : undefined;
}

function checkRelativeJsonPointer(text: string): string | undefined {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? "";
  if (digits === "") return "must start with non-negative integer";
  if (digits.length > 1 && text.startsWith("0")) return "starts with zero";
  const rest = text.slice(digits.length);
  return rest === "#" ? undefined : checkJsonPointer(rest);
}

const UUID_GROUPS = [8, 4, 4, 4, 12];

function checkUuid(text: string): string | undefined {
  const groups = text.split("-");
  if (groups.length !== UUID_GROUPS.length) return `must have ${UUID_GROUPS.length} elements`;
  for (const [i, group] of groups.entries()) {
    if (byteLength(group) !== UUID_GROUPS[i]) return `element ${i + 1} must be ${UUID_GROUPS[i]} characters long`;
    const odd = firstOutside(group, /[0-9a-fA-F]/);
    if (odd !== undefined) return `non-hex character ${odd}`;
  }
  return undefined;
}

/** The first rune that is not allowed, as Go's `%q` shows it. */
function firstOutside(text: string, allowed: RegExp): string | undefined {
  for (const rune of text) if (!allowed.test(rune)) return quoteRune(rune.codePointAt(0) ?? 0);
  return undefined;
}

/** Lengths in bytes that names may have. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL = 64;

function checkHostname(text: string): string | undefined {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (byteLength(name) > LONGEST_NAME) return "more than 253 characters long";
  for (const label of name.split(".")) {
    if (label === "" || byteLength(label) > LONGEST_LABEL) return "label must be 1 to 63 characters long";
    if (label.startsWith("-")) return "label starts with hyphen";
    if (label.endsWith("-")) return "label ends with hyphen";
    const odd = firstOutside(label, /[a-zA-Z0-9-]/);
    if (odd !== undefined) return `invalid character ${odd}`;
  }
  return undefined;
}

function checkEmail(text: string): string | undefined {
  if (byteLength(text) > LONGEST_ADDRESS) return "more than 255 characters long";
  const at = text.lastIndexOf("@");
  if (at < 0) return "missing @";
  const problem = checkLocalPart(text.slice(0, at));
  if (problem !== undefined) return problem;
  const domain = text.slice(at + 1);
  if (domain.startsWith("[") && domain.endsWith("]")) return checkAddressLiteral(domain.slice(1, -1));
  const invalid = checkHostname(domain);
  return invalid === undefined ? undefined : `invalid domain: ${invalid}`;
}

function checkLocalPart(local: string): string | undefined {
  if (byteLength(local) > LONGEST_LOCAL) return "local part more than 64 characters long";
  if (local.length > 1 && local.startsWith('"') && local.endsWith('"')) {
    if (!/[\\"]/.test(local.slice(1, -1))) return undefined;
    return "backslash and quote are not allowed within quoted local part";
  }
  if (local.startsWith(".")) return "starts with dot";
  if (local.endsWith(".")) return "ends with dot";
  if (local.includes("..")) return "consecutive dots";
  const odd = firstOutside(local, /[a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/);
  return odd === undefined ? undefined : `invalid character ${odd}`;
}

function checkAddressLiteral(address: string): string | undefined {
  if (address.startsWith("IPv6:")) {
    const problem = checkIpv6(address.slice(5));
    return problem === undefined ? undefined : `invalid ipv6 address: ${problem}`;
  }
  const problem = checkIpv4(address);
  return problem === undefined ? undefined : `invalid ipv4 address: ${problem}`;
}

function checkSemver(text: string): string | undefined {
  const plus = text.indexOf("+");
  const build = plus < 0 ? undefined : text.slice(plus + 1);
  const beforeBuild = plus < 0 ? text : text.slice(0, plus);
  const dash = beforeBuild.indexOf("-");
  const prerelease = dash < 0 ? undefined : beforeBuild.slice(dash + 1);
  return (
    (build === undefined ? undefined : checkBuild(build)) ??
    (prerelease === undefined ? undefined : checkPrerelease(prerelease)) ??
    checkCore(dash < 0 ? beforeBuild : beforeBuild.slice(0, dash))
  );
}

function checkBuild(build: string): string | undefined {
  if (build === "") return "build is empty";
  for (const part of build.split(".")) {
    if (part === "") return "build identifier is empty";
    const odd = firstOutside(part, /[a-zA-Z0-9-]/);
    if (odd !== undefined) return `invalid character ${odd} in build identifier`;
  }
  return undefined;
}

function checkPrerelease(prerelease: string): string | undefined {
  for (const part of prerelease.split(".")) {
    if (part === "") return "pre-release identifier is empty";
    const odd = firstOutside(part, /[a-zA-Z0-9-]/);
    if (odd !== undefined) return `invalid character ${odd} in pre-release identifier`;
    if (/^0[0-9]+$/.test(part)) return "pre-release numeric identifier starts with zero";
  }
  return undefined;
}

function checkCore(core: string): string | undefined {
  const versions = core.split(".");
  if (versions.length !== 3) return "versionCore must have 3 numbers separated by dot";
  for (const [i, version] of versions.entries()) {
    const name = ["major", "minor", "patch"][i];
    if (version === "") return `${name} is empty`;
    if (version.length > 1 && version.startsWith("0")) return `${name} starts with zero`;
    if (!/^[0-9]+$/.test(version)) return `${name} contains non-digit`;
  }
  return undefined;
}
