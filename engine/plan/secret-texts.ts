import type { JsonObject, JsonValue } from "../errors.ts";
import { MAX_OBJECT_DEPTH } from "../object/equal.ts";
import { isJsonArray, isJsonObject, objectAt, stringAt } from "../object/json.ts";
import { decodeBase64, encodeBase64 } from "../release/base64.ts";
import { isReferenceName, isSensitiveName } from "./sensitive.ts";

/** Where secrets come from. */
export interface SecretSource {
  /** The Secrets among them tell texts that are secret wherever they stand. */
  readonly objects: readonly JsonObject[];
  /** What stands below a name that says so is secret. */
  readonly values: JsonObject;
}

/** Shorter texts stand everywhere by chance. */
const MIN_LENGTH = 4;

/** What is secret: what Secrets hold, as it is and in base64, and sensitive values; the first `most` of them. */
export function secretTexts({ objects, values }: SecretSource, most: number): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (text: string): void => {
    if (text.length >= MIN_LENGTH && texts.size < most) texts.add(text);
  };
  for (const object of objects) if (isSecret(object)) collectSecret(object, add);
  collectValues(values, false, add, MAX_OBJECT_DEPTH);
  return texts;
}

/** Whether an object is one of Kubernetes' Secrets. */
export function isSecret(object: JsonObject): boolean {
  return stringAt(object, "kind") === "Secret" && stringAt(object, "apiVersion") === "v1";
}

type Add = (text: string) => void;

function collectSecret(object: JsonObject, add: Add): void {
  for (const value of Object.values(objectAt(object, "data") ?? {})) {
    if (typeof value !== "string") continue;
    add(value);
    const bytes = decodeBase64(value);
    if (bytes !== undefined) add(new TextDecoder().decode(bytes));
  }
  for (const value of Object.values(objectAt(object, "stringData") ?? {})) {
    if (typeof value !== "string") continue;
    add(value);
    if (value.length >= MIN_LENGTH) add(encodeBase64(new TextEncoder().encode(value)));
  }
}

function collectValues(value: JsonValue, sensitive: boolean, add: Add, depth: number): void {
  if (depth === 0) return;
  if (isJsonArray(value)) for (const item of value) collectValues(item, sensitive, add, depth - 1);
  if (!isJsonObject(value)) {
    if (sensitive && (typeof value === "string" || typeof value === "number")) add(String(value));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const own = typeof member === "object" ? true : !isReferenceName(name);
    collectValues(member, own && (sensitive || isSensitiveName(name)), add, depth - 1);
  }
}
