import { EngineError } from "../errors.ts";

/** Why an archive was refused. `too-large` covers every byte budget of `limits.ts`. */
export type ArchiveErrorCode = "not-gzip" | "truncated" | "corrupt" | "invalid-tar" | "too-large";

/** An archive that is refused. Where Go's `compress/gzip` or `archive/tar` has a text for it, the message is that text. */
export class ArchiveError extends EngineError<ArchiveErrorCode> {
  readonly code: ArchiveErrorCode;
  constructor(code: ArchiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.code = code;
  }
}
