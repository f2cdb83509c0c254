import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { cleanPath } from "../go/path.ts";
import { formatUrl, parseUrl } from "../go/url.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";
import { ChartError } from "./chart-error.ts";

/** A chart repository that Helm was told of. */
export interface RepositoryEntry {
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  readonly insecure: boolean;
  /** Credentials go to other hosts too. */
  readonly passCredentials: boolean;
}

const STRING: FieldType = { kind: "string" };
const ENTRY: FieldType = {
  kind: "struct",
  type: "repo.Entry",
  fields: new Map<string, FieldType>([
    ...["name", "url", "username", "password", "certFile", "keyFile", "caFile"].map((name): [string, FieldType] => [
      name,
      STRING,
    ]),
    ["insecure_skip_tls_verify", { kind: "bool" }],
    ["pass_credentials_all", { kind: "bool" }],
  ]),
};
const FILE: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "repo.File",
  fields: new Map<string, FieldType>([["repositories", { kind: "list", type: "[]*repo.Entry", element: ENTRY }]]),
};

/** Reads repositories.yaml. Throws {@link ChartError} with Go's text. */
export function parseRepositories(data: Uint8Array): readonly RepositoryEntry[] {
  try {
    const list = decodeYamlStruct(fromUtf8(data), FILE)["repositories"];
    return isList(list) ? list.filter(isObject).map(entryOf) : [];
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("repository", cause.message, {}, { cause });
  }
}

/** An entry of which only name and URL are known. */
export function plainRepository(name: string, url: string): RepositoryEntry {
  return entryOf({ name, url });
}

function entryOf(item: JsonObject): RepositoryEntry {
  const text = (name: string): string => {
    const value = item[name];
    return typeof value === "string" ? value : "";
  };
  return {
    name: text("name"),
    url: text("url"),
    username: text("username"),
    password: text("password"),
    certificate: text("certFile"),
    key: text("keyFile"),
    authority: text("caFile"),
    insecure: item["insecure_skip_tls_verify"] === true,
    passCredentials: item["pass_credentials_all"] === true,
  };
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

/** True for URLs that are the same but for slashes and dots in their paths; texts that are no URLs are compared as paths. */
export function sameUrl(a: string, b: string): boolean {
  const left = normalized(a);
  if (left === undefined) return cleanPath(a) === cleanPath(b);
  return left === normalized(b);
}

function normalized(text: string): string | undefined {
  try {
    const url = parseUrl(text);
    return formatUrl({ ...url, path: cleanPath(url.path === "" ? "/" : url.path) });
  } catch (error) {
    if (error instanceof GoFailure) return undefined;
    throw error;
  }
}

/** `reference` as seen from a repository, whose URL counts as a folder. Throws {@link ChartError} with Helm's text. */
export function resolveUrl(base: string, reference: string): string {
  const target = parsedOr(reference);
  if (target.scheme !== "") return reference;
  const from = parsedOr(base);
  const folder = `${from.path.replace(/\/$/, "")}/`;
  const place = reference.startsWith("//") || target.host !== "" ? target.host : from.host;
  const path = target.path.startsWith("/") ? target.path : `${folder}${target.path}`;
  return formatUrl({ ...from, host: place, path: withoutDots(path), query: from.query, fragment: target.fragment });
}

/** RFC 3986 5.2.4: dots go, a slash at the end stays. */
function withoutDots(path: string): string {
  const clean = cleanPath(path);
  return path.endsWith("/") && !clean.endsWith("/") ? `${clean}/` : clean;
}

function parsedOr(text: string): ReturnType<typeof parseUrl> {
  try {
    return parseUrl(text);
  } catch (cause) {
    if (!(cause instanceof GoFailure)) throw cause;
    throw new ChartError("repository", `failed to parse ${text} as URL: ${cause.message}`, {}, { cause });
  }
}
