import { EngineError, type JsonObject } from "../errors.ts";
import { DISTRIBUTION_ERRORS, type OciErrorCode } from "./error-code.ts";

/** What an {@link OciError} carries besides its code. */
export interface OciErrorOptions {
  readonly message?: string;
  readonly detail?: JsonObject;
  /** Where one code has several answers, e.g. 416 for a chunk out of order. */
  readonly status?: number;
  /** Seconds after which asking again makes sense. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A refusal in the words of the distribution spec: what a registry answers, or what another registry answered us. */
export class OciError extends EngineError<OciErrorCode> {
  readonly code: OciErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  constructor(code: OciErrorCode, options: OciErrorOptions = {}) {
    const known = DISTRIBUTION_ERRORS[code];
    super(options.message ?? known.message, options.detail ?? {}, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? known.status;
    this.retryAfter = options.retryAfter;
  }
}
