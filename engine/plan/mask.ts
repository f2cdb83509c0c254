import type { JsonValue } from "../errors.ts";
import type { FieldPath } from "../object/field-path.ts";
import { isJsonArray, isJsonObject } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { isSecret, secretTexts, type SecretSource } from "./secret-texts.ts";
import { isSensitiveName } from "./sensitive.ts";

/** A keyed hash of a text, short enough to show: equal texts, equal hashes, and no way back without the key. */
export type KeyedHash = (text: string) => Promise<string>;

/** What is shown of values and texts that may hold secrets. */
export interface Masker {
  /** The value of a field; its secret texts replaced by keyed hashes. */
  readonly value: (object: KubeObject, path: FieldPath, value: JsonValue) => Promise<JsonValue>;
  /** A text for people, secrets cut out. */
  readonly text: (text: string) => string;
}

/** Where secrets come from: every object that is looked at, and the user's values. */
export interface MaskInput extends SecretSource {
  readonly hash: KeyedHash;
}

/** Shorter texts are only masked where they stand alone. */
const MIN_CONTAINED = 8;
/** Texts that are looked for: beyond these, only Secrets themselves are masked. */
const MAX_TEXTS = 2000;

/** A masker for one plan. */
export function createMasker(input: MaskInput): Masker {
  const texts = secretTexts(input, MAX_TEXTS);
  const contained = [...texts].filter((text) => text.length >= MIN_CONTAINED);
  const isHidden = (text: string): boolean => texts.has(text) || contained.some((secret) => text.includes(secret));
  const maskAll = (value: JsonValue, all: boolean): Promise<JsonValue> => maskValue(value, all, isHidden, input.hash);
  return {
    value: (object, path, value) => maskAll(value, isSecretField(object, path)),
    text: (text) => contained.reduce((shown, secret) => shown.replaceAll(secret, "(masked)"), text),
  };
}

/** What a Secret holds, copies of it that tools keep in annotations, and variables whose name says that they are secret. */
function isSecretField(object: KubeObject, path: FieldPath): boolean {
  const [first, second] = path;
  if (isSecret(object)) {
    if (first?.kind !== "field") return true;
    if (first.name !== "metadata") return first.name !== "type" && first.name !== "immutable";
    return second?.kind === "field" && second.name === "annotations" && !isOwnership(path);
  }
  const env = path.findLastIndex((element) => element.kind === "field" && element.name === "env");
  const item = path[env + 1];
  if (env < 0 || item?.kind !== "key") return false;
  const last = path.at(-1);
  const isValue = last?.kind === "field" && last.name === "value";
  return isValue && item.fields.some((field) => typeof field.value === "string" && isSensitiveName(field.value));
}

function isOwnership(path: FieldPath): boolean {
  const [, , key] = path;
  return key?.kind === "field" && key.name.startsWith("meta.helm.sh/");
}

async function maskValue(
  value: JsonValue,
  all: boolean,
  isHidden: (text: string) => boolean,
  hash: KeyedHash,
): Promise<JsonValue> {
  if (isJsonArray(value)) return Promise.all(value.map((item) => maskValue(item, all, isHidden, hash)));
  if (isJsonObject(value)) {
    const named = typeof value["name"] === "string" && "value" in value && isSensitiveName(value["name"]);
    const entries = Object.entries(value).map(async ([name, member]): Promise<[string, JsonValue]> => [
      name,
      await maskValue(member, all || (named && name === "value"), isHidden, hash),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }
  if (value === null || typeof value === "boolean") return value;
  const text = String(value);
  return all || isHidden(text) ? `(masked ${await hash(text)})` : value;
}
