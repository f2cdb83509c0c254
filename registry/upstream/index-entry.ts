import { asObject } from "../../engine/oci/descriptor.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";

/** One chart version of a repository's index. */
export interface IndexEntry {
  readonly version: string;
  /** sha256 of the archive in lower-case hex, when the index states one. */
  readonly digest?: string;
  readonly urls: readonly string[];
  readonly created?: string;
  /** Chart.yaml as the index shows it: everything but `urls`, `digest`, `created` and `removed`. */
  readonly fields: JsonObject;
}

/** URLs in one entry: mirrors. */
const MAX_URLS = 10;
const NOT_FIELDS: ReadonlySet<string> = new Set(["urls", "digest", "created", "removed"]);

/**
 * The entry that a decoded list item is; undefined for one that nobody could pull, so that a bad entry costs only itself.
 * A missing apiVersion counts as v1, as for Helm.
 */
export function parseIndexEntry(chart: string, value: JsonValue | undefined): IndexEntry | undefined {
  const item = asObject(value);
  const version = item?.["version"];
  if (item === undefined || typeof version !== "string" || version === "" || item["name"] !== chart) return undefined;
  const urls = textsOf(item["urls"]).slice(0, MAX_URLS);
  if (urls.length === 0) return undefined;
  const { digest: stated } = item;
  const digest = typeof stated === "string" ? parseHexDigest(stated) : undefined;
  if (digest === undefined && stated !== undefined && stated !== null && stated !== "") return undefined;
  const created = item["created"];
  const fields: Record<string, JsonValue> = { apiVersion: "v1" };
  for (const [key, field] of Object.entries(item)) if (!NOT_FIELDS.has(key) && field !== null) fields[key] = field;
  return {
    version,
    urls,
    fields,
    ...(digest === undefined ? {} : { digest }),
    ...(typeof created === "string" ? { created } : {}),
  };
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string" && item !== "") : [];
}

/** Bare hex as Helm writes it, or with an algorithm in front. */
function parseHexDigest(value: string): string | undefined {
  const hex = (value.startsWith("sha256:") ? value.slice(7) : value).toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}
