import { quote } from "../go/quote.ts";
import { atoi, numberError } from "../go/strconv.ts";

export function checkIpv4(text: string): string | undefined {
  const groups = text.split(".");
  if (groups.length !== 4) return "expected four decimals";
  for (const group of groups) {
    if (group.length > 1 && group.startsWith("0")) return "leading zeros";
    const { value, failure } = atoi(group);
    if (failure !== undefined) return numberError("Atoi", group, failure);
    if (value < 0n || value > 255n) return "decimal must be between 0 and 255";
  }
  return undefined;
}

export function checkIpv6(text: string): string | undefined {
  if (!text.includes(":")) return "missing colon";
  if (text.indexOf(".") >= 0 && text.indexOf(".") < text.indexOf(":"))
    return addressProblem(text, "unexpected character", text.slice(text.indexOf(":")));
  const percent = text.indexOf("%");
  if (percent === text.length - 1) return addressProblem(text, "zone must be a non-empty string");
  const problem = checkGroups(text, percent < 0 ? text : text.slice(0, percent));
  if (problem !== undefined) return problem;
  return percent < 0 ? undefined : "zone id is not a part of ipv6 address";
}

function addressProblem(text: string, message: string, at?: string): string {
  return `ParseAddr(${quote(text)}): ${message}${at === undefined ? "" : ` (at ${quote(at)})`}`;
}

const BYTES = 16;

function checkGroups(text: string, address: string): string | undefined {
  let rest = address;
  let ellipsis = rest.startsWith("::");
  let bytes = 0;
  if (ellipsis) rest = rest.slice(2);
  while (rest !== "" || bytes === 0) {
    if (rest === "" && ellipsis) return undefined;
    if (bytes === BYTES) return addressProblem(text, "trailing garbage after address", rest);
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? "";
    if (digits.length > 4) return addressProblem(text, "each group must have 4 or less digits", rest);
    if (digits === "") return addressProblem(text, "each colon-separated field must have at least one digit", rest);
    if (rest.charAt(digits.length) === ".") return checkEmbedded(text, rest, bytes, ellipsis);
    bytes += 2;
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (!rest.startsWith(":")) return addressProblem(text, "unexpected character, want colon", rest);
    if (rest.length === 1) return addressProblem(text, "colon must be followed by more characters", rest);
    rest = rest.slice(1);
    if (!rest.startsWith(":")) continue;
    if (ellipsis) return addressProblem(text, "multiple :: in address", rest);
    ellipsis = true;
    rest = rest.slice(1);
    if (rest === "") break;
  }
  if (bytes < BYTES && !ellipsis) return addressProblem(text, "address string too short");
  return bytes === BYTES && ellipsis
    ? addressProblem(text, "the :: must expand to at least one field of zeros")
    : undefined;
}

function checkEmbedded(text: string, rest: string, bytes: number, ellipsis: boolean): string | undefined {
  if (!ellipsis && bytes !== 12) {
    return addressProblem(text, "embedded IPv4 address must replace the final 2 fields of the address", rest);
  }
  if (bytes > 12) {
    return addressProblem(text, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
  }
  for (const field of rest.split(".")) {
    if (field === "") return addressProblem(text, "IPv4 field must have at least one digit");
    if (!/^[0-9]+$/.test(field)) return addressProblem(text, "unexpected character", field);
    if (field.length > 1 && field.startsWith("0"))
      return addressProblem(text, "IPv4 field has octet with leading zero");
    if (Number(field) > 255) return addressProblem(text, "IPv4 field has value >255");
  }
  const fields = rest.split(".").length;
  if (fields === 4) return undefined;
  return addressProblem(text, fields < 4 ? "IPv4 address too short" : "IPv4 address too long");
}

/** What Go's `url.Parse` sees in a text: the parts that the formats look at, or its complaint. */
interface ParsedUri {
  readonly scheme: string;
  readonly path: string;
  readonly problem?: string;
}

export function checkUri(text: string): string | undefined {
  const { scheme, problem } = parseUri(text);
  return problem ?? (scheme === "" ? "relative url" : undefined);
}

export function checkUriReference(text: string): string | undefined {
  return text.includes("\\") ? "contains \\" : parseUri(text).problem;
}

export function checkUriTemplate(text: string): string | undefined {
  const { path, problem } = parseUri(text);
  if (problem !== undefined) return problem;
  for (const segment of path.split("/")) {
    let open = false;
    for (const brace of decodePercent(segment).replaceAll(/[^{}]/g, "")) {
      if ((brace === "{") === open) return "nested curly braces";
      open = !open;
    }
    if (open) return "no matching closing brace";
  }
  return undefined;
}

/** The text without its percent escapes, which were checked before. */
function decodePercent(text: string): string {
  return text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function parseUri(text: string): ParsedUri {
  const fail = (message: string): ParsedUri => ({ scheme: "", path: "", problem: `parse ${quote(text)}: ${message}` });
  if (/[\x00-\x1f\x7f]/.test(text)) return fail("net/url: invalid control character in URL");
  const hash = text.indexOf("#");
  const body = hash < 0 ? text : text.slice(0, hash);
  if (body.startsWith(":")) return fail("missing protocol scheme");
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(body)?.[1] ?? "";
  let rest = scheme === "" ? body : body.slice(scheme.length + 1);
  const query = rest.indexOf("?");
  if (query >= 0) rest = rest.slice(0, query);
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { scheme, path: "" };
    if (/^[^/]*:/.test(rest)) return fail("first path segment in URL cannot contain colon");
  }
  let problem: string | undefined;
  if (rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))) {
    const slash = rest.indexOf("/", 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    rest = slash < 0 ? "" : rest.slice(slash);
    problem = authorityProblem(authority);
  }
  problem ??= escapeProblem(rest) ?? escapeProblem(hash < 0 ? "" : text.slice(hash + 1));
  return problem === undefined ? { scheme, path: rest } : fail(problem);
}

function escapeProblem(text: string): string | undefined {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  return bad === null ? undefined : `invalid URL escape ${quote(bad[0])}`;
}

function authorityProblem(authority: string): string | undefined {
  const at = authority.lastIndexOf("@");
  if (at >= 0 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at))) return "net/url: invalid userinfo";
  const host = authority.slice(at + 1);
  if (host.startsWith("[")) {
    const close = host.lastIndexOf("]");
    if (close < 0) return "missing ']' in host";
    const problem = checkIpv6(host.slice(1, close));
    return (
      portProblem(host.slice(close + 1)) ?? (problem === undefined ? undefined : `invalid ipv6 address: ${problem}`)
    );
  }
  const colon = host.lastIndexOf(":");
  const odd = /[ "<>\\^`{|}]/.exec(host);
  return (
    (colon < 0 ? undefined : portProblem(host.slice(colon))) ??
    (odd === null ? undefined : `invalid character ${quote(odd[0])} in host name`)
  );
}

function portProblem(port: string): string | undefined {
  return port === "" || /^:[0-9]*$/.test(port) ? undefined : `invalid port ${quote(port)} after host`;
}
