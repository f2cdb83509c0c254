import { EngineError } from "../errors.ts";
import type { GoValue } from "../go/value.ts";

/**
 * - `json-syntax`: the text is no JSON.
 * - `json-type`: a value does not fit its target (a number too big for a float64, an array where a map is wanted).
 * - `json-encode`: a value has no JSON form.
 */
export type JsonErrorCode = "json-syntax" | "json-type" | "json-encode";

/** A refused JSON text or value, with Go's text (Go 1.27). */
export class JsonError extends EngineError<JsonErrorCode> {
  override readonly code: JsonErrorCode;
  /** What Go decoded all the same: a type error does not stop it. */
  readonly partial: GoValue;
  constructor(code: JsonErrorCode, message: string, partial?: GoValue) {
    super(message);
    this.code = code;
    this.partial = partial;
  }
}
