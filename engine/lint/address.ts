import { compileRegexp } from "../go/regexp.ts";
import type { Regexp } from "../go/regexp.ts";
import { byteLength, runeCount } from "../go/utf8.ts";
import { parseUrl } from "../go/url.ts";
import type { GoUrl } from "../go/url.ts";
import { GoFailure } from "../go/value.ts";

/** Addresses longer than this are none: the patterns run in linear time, and no chart has longer ones. */
const MAX_ADDRESS = 4096;

const WIDE = "\\x{00A0}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFEF}";
const ATOM = `[a-zA-Z\\d!#$%&'*+\\-/=?^_\`{|}~${WIDE}]+`;
const FOLD = "((([ \\t]*\\r\\n)?[ \\t]+)?)";
/**
 * Helm compatibility: by two slips of its library every character of a quoted name wants a quote of its own in front, and what escapes one is an
 * opening bracket.
 */
const QUOTED = `("${FOLD}([\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\x21\\x23-\\x5b\\x5d-\\x7e${WIDE}]|\\([\\x01-\\x09\\x0b-\\x7f]))*${FOLD}"`;
const LABEL = `[a-zA-Z\\d${WIDE}]([a-zA-Z\\d\\-._~${WIDE}]*[a-zA-Z\\d${WIDE}])?`;
const TOP = `[a-zA-Z${WIDE}]([a-zA-Z\\d\\-_~${WIDE}]*[a-zA-Z${WIDE}])?`;
const EMAIL = `^(${ATOM}(\\.${ATOM})*|${QUOTED})@(${LABEL}\\.)+${TOP}\\.?$`;

/** True for what govalidator's `IsEmail` takes: RFC 5322 in the main, with at least two labels. */
export function isEmail(text: string): boolean {
  return text.length <= MAX_ADDRESS && compile(EMAIL).test(text);
}

const BYTE = "(\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])";
const IPV4 = `([1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])(\\.${BYTE}){2}\\.([0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])`;
const IPV6 = "\\[[0-9a-fA-F:]*:[0-9a-fA-F:.]*(%[0-9a-zA-Z]+)?\\]";
const NAMED = "[a-zA-Z0-9]([a-zA-Z0-9-_]+)?[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*";
const SUBDOMAIN = "((www\\.)|([a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+))";
const LETTERS = "a-zA-Z\\x{00a1}-\\x{ffff}";
const HOST = `((${NAMED})|${SUBDOMAIN})?([${LETTERS}0-9]+-?-?)*[${LETTERS}0-9]+(\\.[${LETTERS}]+)?`;
const URL = `^((ftp|tcp|udp|wss?|https?)://)?(\\S+(:\\S*)?@)?(${IPV4}|${IPV6}|${HOST})\\.?(:\\d{1,5})?([/?#]\\S*)?$`;
const LONGEST_URL = 2083;
const SHORTEST_URL = 3;

/** True for what govalidator's `IsURL` takes: a scheme is not needed, a host is. */
export function isUrl(text: string): boolean {
  if (text.length > MAX_ADDRESS || runeCount(text) >= LONGEST_URL || byteLength(text) <= SHORTEST_URL) return false;
  if (text.startsWith(".")) return false;
  const url = parsed(text.includes(":") && !text.includes("://") ? `http://${text}` : text);
  if (url === undefined || url.host.startsWith(".")) return false;
  if (url.host === "" && url.path !== "" && !url.path.includes(".")) return false;
  return compile(URL).test(text);
}

/** True for what govalidator's `IsRequestURL` takes: an absolute URL of any scheme. */
export function isRequestUrl(text: string): boolean {
  const url = parsed(text.replaceAll("#", "%23"));
  return url !== undefined && url.scheme !== "";
}

function parsed(text: string): GoUrl | undefined {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}

/** Compiled at the first use: a server that lints nothing starts without them. */
function compile(pattern: string): Regexp {
  return compileRegexp(pattern, () => undefined);
}
