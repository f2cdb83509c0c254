import { EngineError } from "../errors.ts";

/**
 * `invalid-key`: a key file that is none, or of a kind that is not taken. `wrong-password`: it does not open the key. `not-signed`: nothing
 * that the key signed says so. `invalid-bundle`: a signature file that is none. `not-found`: there is no such chart. `too-large`: more than an SBOM is
 * made of.
 */
export type AttestationErrorCode =
  | "invalid-key"
  | "wrong-password"
  | "not-signed"
  | "invalid-bundle"
  | "not-found"
  | "too-large";

/** A chart could not be signed, described or verified. The message names files and digests, never a key. */
export class AttestationError extends EngineError<AttestationErrorCode> {
  readonly code: AttestationErrorCode;
  constructor(code: AttestationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
