import { EngineError } from "../errors.ts";

export type SemverErrorCode = "invalid-version" | "invalid-constraint";

/** A refused version or constraint, with the text of Masterminds/semver 3.5.0. */
export class SemverError extends EngineError<SemverErrorCode> {
  override readonly code: SemverErrorCode;
  constructor(code: SemverErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
