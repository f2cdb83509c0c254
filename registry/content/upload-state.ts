import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { SHA256_START, type Sha256State } from "../../engine/oci/sha256-state.ts";
import type { MultipartPart } from "./object-store.ts";

/** Bytes of an upload that wait as an object of their own until they make a whole part. */
export interface UploadPiece {
  readonly key: string;
  readonly size: number;
}

/** The multipart upload of one that outgrew a part. `hash` covers all bytes of `parts`. */
export interface UploadParts {
  readonly id: string;
  readonly parts: readonly MultipartPart[];
  readonly hash: Sha256State;
}

/** An upload under way. It lives in the store and advances by compare-and-set; a Location only carries its id. */
export interface UploadState {
  readonly repository: string;
  /** Bytes that were received. */
  readonly offset: number;
  readonly pieces: readonly UploadPiece[];
  readonly multipart?: UploadParts;
}

/** What is stored for an upload that was cancelled, or is a blob by now. */
export const ENDED_UPLOAD: JsonObject = { ended: true };

/** The state that a stored JSON object is. A malformed one is a defect. */
export function parseUploadState(value: JsonObject): UploadState | "ended" {
  const { repository, offset, pieces, multipart } = value;
  if (value["ended"] === true) return "ended";
  if (typeof repository !== "string" || typeof offset !== "number" || !Array.isArray(pieces)) throw malformed();
  const base = { repository, offset, pieces: pieces.map(parsePiece) };
  return multipart === undefined ? base : { ...base, multipart: parseParts(multipart) };
}

function parsePiece(value: JsonValue): UploadPiece {
  const key = asObject(value)?.["key"];
  const size = asObject(value)?.["size"];
  if (typeof key !== "string" || typeof size !== "number") throw malformed();
  return { key, size };
}

function parseParts(value: JsonValue): UploadParts {
  const object = asObject(value);
  const id = object?.["id"];
  const parts = object?.["parts"];
  if (typeof id !== "string" || !Array.isArray(parts)) throw malformed();
  return { id, parts: parts.map(parsePart), hash: parseHash(object?.["hash"]) };
}

function parsePart(value: JsonValue): MultipartPart {
  const number = asObject(value)?.["number"];
  const etag = asObject(value)?.["etag"];
  if (typeof number !== "number" || typeof etag !== "string") throw malformed();
  return { number, etag };
}

function parseHash(value: JsonValue | undefined): Sha256State {
  const object = asObject(value);
  const length = object?.["length"];
  const words = object?.["words"];
  if (typeof length !== "number" || !Array.isArray(words)) throw malformed();
  if (words.length !== SHA256_START.words.length) throw malformed();
  return { length, words: words.map((word) => (typeof word === "number" ? word : fail())) };
}

function fail(): never {
  throw malformed();
}

function malformed(): Error {
  return new Error("the store holds a malformed upload");
}
