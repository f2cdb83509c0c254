import { isMap, isScalar, isSeq, parseDocument, stringify, type YAMLMap } from "yaml";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { isSensitiveName } from "../../engine/plan/sensitive.ts";
import { toBytes, toHex } from "../http/digest.ts";
import { isJsonList, isJsonObject } from "../http/json.ts";
import type { SecretBox } from "../http/secret-box.ts";

/** Hex digits of a keyed hash: enough to see that two values differ, useless for guessing without the key. */
const SHOWN = 12;
/** kubectl keeps a whole copy of the Secret here. */
const LAST_APPLIED = ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"];
const MAX_ALIASES = 100;
const SEPARATOR = /^---[ \t]*(?:#.*)?$/m;

/**
 * A manifest with the data of its Secrets replaced by keyed hashes: equal values show equal hashes. A Secret that cannot be read is
 * left out whole. All else stays to the byte.
 */
export async function maskManifest(manifest: string, box: SecretBox): Promise<string> {
  const documents = manifest.split(SEPARATOR);
  const masked = await Promise.all(documents.map((text) => maskDocument(text, box)));
  return masked.join("---");
}

/** Quoting and flow style included: the word must stand somewhere, and a document that has it by chance is only read for nothing. */
function mayBeSecret(text: string): boolean {
  return text.includes("Secret") || text.includes("\\");
}

async function maskDocument(text: string, box: SecretBox): Promise<string> {
  if (!mayBeSecret(text)) return text;
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
  if (document.errors.length > 0) return "\n# a document that cannot be read\n";
  if (!isMap(document.contents) || !(await maskObject(document.contents, box))) return text;
  const source = text.split("\n").find((line) => line.startsWith("# Source: "));
  return `\n${source === undefined ? "" : `${source}\n`}${stringify(document.toJS({ maxAliasCount: MAX_ALIASES }))}`;
}

/** Masks a Secret, or the Secrets of a list; false when there was none. */
async function maskObject(object: YAMLMap, box: SecretBox): Promise<boolean> {
  const kind: unknown = object.get("kind");
  if (kind === "Secret") {
    for (const field of ["data", "stringData"]) await maskField(object, field, box);
    if (object.hasIn(LAST_APPLIED)) object.deleteIn(LAST_APPLIED);
    return true;
  }
  const items: unknown = object.get("items");
  if (typeof kind !== "string" || !kind.endsWith("List") || !isSeq(items)) return false;
  let found = false;
  for (const item of items.items) {
    if (isMap(item) && (kind === "SecretList" ? await maskListed(item, box) : await maskObject(item, box)))
      found = true;
  }
  return found;
}

/** Items of a typed list may leave their kind out. */
async function maskListed(item: YAMLMap, box: SecretBox): Promise<boolean> {
  item.set("kind", "Secret");
  return await maskObject(item, box);
}

async function maskField(object: YAMLMap, field: string, box: SecretBox): Promise<void> {
  const entries: unknown = object.get(field);
  if (entries === undefined || entries === null) return;
  if (!isMap(entries)) {
    object.set(field, "(masked)");
    return;
  }
  for (const { key } of entries.items) {
    const value: unknown = entries.get(key);
    const plain = isScalar(value) ? String(value.value) : (JSON.stringify(value) ?? "");
    entries.set(key, await maskText(plain, box));
  }
}

async function maskText(plain: string, box: SecretBox): Promise<string> {
  return `(masked ${toHex(await box.sign(toBytes(plain), "mask")).slice(0, SHOWN)})`;
}

/** Values nest no deeper than the request that brought them. */
const MAX_DEPTH = 100;

/** Values with the texts below a sensitive name replaced by keyed hashes. */
export async function maskValues(values: JsonObject, box: SecretBox): Promise<JsonObject> {
  const masked: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(values)) {
    masked[name] = await maskValue(value, box, { sensitive: isSensitiveName(name), depth: 0 });
  }
  return masked;
}

async function maskValue(
  value: JsonValue,
  box: SecretBox,
  at: { readonly sensitive: boolean; readonly depth: number },
): Promise<JsonValue> {
  if (at.depth > MAX_DEPTH) return "(masked)";
  if (typeof value === "string" || typeof value === "number") {
    return at.sensitive && value !== "" ? await maskText(String(value), box) : value;
  }
  if (isJsonList(value)) {
    return await Promise.all(value.map((item) => maskValue(item, box, { ...at, depth: at.depth + 1 })));
  }
  if (!isJsonObject(value)) return value;
  const masked: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    masked[name] = await maskValue(member, box, {
      sensitive: at.sensitive || isSensitiveName(name),
      depth: at.depth + 1,
    });
  }
  return masked;
}
