import type { JsonObject, JsonValue } from "../errors.ts";
import { type Digest, parseDigest } from "./digest.ts";

/** A pointer to content (image-spec, descriptor.md). `size` is in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The object that `value` is, or undefined for arrays, null and scalars. */
export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The descriptor that a parsed JSON value is, or undefined. Unknown members are ignored. */
export function parseDescriptor(value: JsonValue | undefined): Descriptor | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  const { mediaType, digest: text, size, artifactType } = object;
  const digest = typeof text === "string" ? parseDigest(text) : undefined;
  if (typeof mediaType !== "string" || digest === undefined) return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  const annotations = parseAnnotations(object["annotations"]);
  return {
    mediaType,
    digest,
    size,
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** The string members of an annotations object; undefined when there is none. */
export function parseAnnotations(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  const annotations: Record<string, string> = {};
  for (const [key, text] of Object.entries(object)) if (typeof text === "string") annotations[key] = text;
  return annotations;
}
