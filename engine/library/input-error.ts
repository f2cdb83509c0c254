import { EngineError } from "../errors.ts";
import type { JsonObject } from "../errors.ts";

/** Why a call was refused before Helm's own rules were asked. */
export type InputErrorCode = "invalid-name" | "invalid-path" | "invalid-seed";

/** An argument that no chart could be worked on with. */
export class InputError extends EngineError<InputErrorCode> {
  readonly code: InputErrorCode;
  constructor(code: InputErrorCode, message: string, detail: JsonObject = {}) {
    super(message, detail);
    this.code = code;
  }
}
