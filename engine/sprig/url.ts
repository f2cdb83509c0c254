import { formatUrl, formatUser, hostName, parseUrl } from "../go/url.ts";
import type { GoUrl, UserInfo } from "../go/url.ts";
import { GoFailure, goMap } from "../go/value.ts";
import type { GoMap } from "../go/value.ts";
import { kindName } from "./elements.ts";
import { MAP, NIL_DEREFERENCE, TEXT, fail, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

function parseOrFail(text: string, prefix: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoFailure) return fail(prefix + error.message);
    throw error;
  }
}

function urlParse(text: string): GoMap {
  const url = parseOrFail(text, "unable to parse url: ");
  return goMap([
    ["scheme", url.scheme],
    ["host", url.host],
    ["hostname", hostName(url.host)],
    ["path", url.path],
    ["query", url.query],
    ["opaque", url.opaque],
    ["fragment", url.fragment],
    ["userinfo", url.user === undefined ? "" : formatUser(url.user)],
  ]);
}

function part(map: GoMap, key: string): string {
  if (!map.entries.has(key)) return "";
  const value = map.entries.get(key);
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return fail(NIL_DEREFERENCE);
  return fail(`unable to parse ${key} key, must be of type string, but ${kindName(value)} found`);
}

/** The user of a URL that is made for the purpose, as Sprig reads it. */
function readUser(info: string): UserInfo | undefined {
  if (info === "") return undefined;
  return parseOrFail(`proto://${info}@host`, "unable to parse userinfo in dict: ").user;
}

function urlJoin(map: GoMap): string {
  const url = {
    scheme: part(map, "scheme"),
    host: part(map, "host"),
    path: part(map, "path"),
    query: part(map, "query"),
    opaque: part(map, "opaque"),
    fragment: part(map, "fragment"),
  };
  return formatUrl({ ...url, user: readUser(part(map, "userinfo")) });
}

export const urlFunctions: readonly Entry[] = [
  ["urlParse", unary(TEXT, urlParse)],
  ["urlJoin", unary(MAP, urlJoin)],
];
