import { parseAddress } from "./ip-address.ts";
import { quote } from "./quote.ts";
import { escapeUrl, unescapeUrl } from "./url-escape.ts";
import { GoFailure } from "./value.ts";

/** A name with an optional password, both unescaped. */
export interface UserInfo {
  readonly name: string;
  readonly password: string | undefined;
}

/** Go's `url.URL`. Absent parts are empty. */
export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: UserInfo | undefined;
  readonly host: string;
  /** Unescaped. */
  readonly path: string;
  readonly query: string;
  /** Unescaped. */
  readonly fragment: string;
}

const EMPTY: GoUrl = { scheme: "", opaque: "", user: undefined, host: "", path: "", query: "", fragment: "" };

/** Go's `url.Parse`. Throws {@link GoFailure} with Go's text, `parse "…": …`. */
export function parseUrl(text: string): GoUrl {
  const hash = text.indexOf("#");
  const before = hash < 0 ? text : text.slice(0, hash);
  const url = named(before, () => parseParts(before));
  const fragment = hash < 0 ? "" : text.slice(hash + 1);
  return { ...url, fragment: named(text, () => unescapeUrl(fragment, "fragment")) };
}

function named<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoFailure) throw new GoFailure(`parse ${quote(text)}: ${error.message}`);
    throw error;
  }
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 0x7f) return true;
  }
  return false;
}

function parseParts(text: string): GoUrl {
  if (hasControl(text)) throw new GoFailure("net/url: invalid control character in URL");
  if (text === "*") return { ...EMPTY, path: "*" };
  if (text.startsWith(":")) throw new GoFailure("missing protocol scheme");
  const head = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
  const scheme = (head?.[1] ?? "").toLowerCase();
  const [rest, query] = cut(head === null ? text : text.slice(head[0].length), "?");
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...EMPTY, scheme, opaque: rest, query };
    if (cut(rest, "/")[0].includes(":")) {
      throw new GoFailure("first path segment in URL cannot contain colon");
    }
  }
  if (!rest.startsWith("//") || (scheme === "" && rest.startsWith("///"))) {
    return { ...EMPTY, scheme, query, path: unescapeUrl(rest, "path") };
  }
  const slash = rest.indexOf("/", 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const place = parseAuthority(scheme, authority);
  return { ...EMPTY, ...place, scheme, query, path: unescapeUrl(slash < 0 ? "" : rest.slice(slash), "path") };
}

function cut(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

function parseAuthority(scheme: string, authority: string): Pick<GoUrl, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const info = authority.slice(0, at);
  if (!USER_INFO.test(info)) throw new GoFailure("net/url: invalid userinfo");
  const [name, password] = cut(info, ":");
  return {
    user: {
      name: unescapeUrl(name, "user"),
      password: info.includes(":") ? unescapeUrl(password, "user") : undefined,
    },
    host,
  };
}

const PORT = /^(?::[0-9]*)?$/;

function checkPort(port: string): void {
  if (!PORT.test(port)) throw new GoFailure(`invalid port ${quote(port)} after host`);
}

/** Outside of http a host may hold colons, so that lists of hosts pass; then the last one starts the port. */
function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) throw new GoFailure("invalid IP-literal");
  if (bracket === 0) return parseLiteral(host);
  const strict = scheme === "http" || scheme === "https";
  const colon = strict ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapeUrl(host, "host");
}

/** `[fe80::1%25en0]:80`. */
function parseLiteral(host: string): string {
  const close = host.lastIndexOf("]");
  if (close < 0) throw new GoFailure("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const name = host.slice(1, close);
  const zone = name.indexOf("%25");
  const address =
    zone < 0
      ? unescapeUrl(name, "host")
      : unescapeUrl(name.slice(0, zone), "host") + unescapeUrl(name.slice(zone), "zone");
  if (literalLength(address) === 4) throw new GoFailure("invalid IP-literal");
  return `[${address}]${port}`;
}

function literalLength(address: string): number {
  try {
    return parseAddress(address).bytes.length;
  } catch (error) {
    if (error instanceof GoFailure) throw new GoFailure(`invalid host: ${error.message}`);
    throw error;
  }
}

/** Go's `URL.Hostname`: the host without port and brackets. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(":");
  const name = colon >= 0 && PORT.test(host.slice(colon)) ? host.slice(0, colon) : host;
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

/** Go's `Userinfo.String`. */
export function formatUser(user: UserInfo): string {
  const name = escapeUrl(user.name, "user");
  return user.password === undefined ? name : `${name}:${escapeUrl(user.password, "user")}`;
}

/** Go's `URL.String` of a URL that was put together from its parts. */
export function formatUrl(url: GoUrl): string {
  let out = url.scheme === "" ? "" : `${url.scheme}:`;
  if (url.opaque === "") {
    const hasPlace = url.host !== "" || url.user !== undefined;
    if (hasPlace || (url.scheme !== "" && url.path !== "")) out += "//";
    if (url.user !== undefined) out += `${formatUser(url.user)}@`;
    out += escapeUrl(url.host, "host");
    out += pathText(url, out === "");
  } else out += url.opaque;
  if (url.query !== "") out += `?${url.query}`;
  return url.fragment === "" ? out : `${out}#${escapeUrl(url.fragment, "fragment")}`;
}

function pathText(url: GoUrl, isFirst: boolean): string {
  const path = url.path === "*" ? "*" : escapeUrl(url.path, "path");
  if (path !== "" && !path.startsWith("/") && url.host !== "") return `/${path}`;
  return isFirst && cut(path, "/")[0].includes(":") ? `./${path}` : path;
}
