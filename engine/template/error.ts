import { EngineError } from "../errors.ts";

/**
 * `syntax`: a text does not parse. `exec`: Go's `template.ExecError`. `undefined-template`: a name that the set does not know, asked
 * for from outside of any template. `budget`: a limit of ours.
 */
export type TemplateErrorCode = "syntax" | "exec" | "undefined-template" | "budget";

/** Where a template failed. */
export interface TemplatePlace {
  /** The file that holds the text, as it was named when parsed. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In bytes, from 0. Parse errors have none. */
  readonly column?: number;
  /** UTF-16 offset in the file. */
  readonly offset?: number;
  /** The template being executed, which a `define` may have named. */
  readonly template?: string;
  /** The node, as Go writes it again. */
  readonly node?: string;
}

/** What a {@link TemplateError} is made of besides its message. */
export interface TemplateErrorParts {
  readonly place?: TemplatePlace;
  /** The message without its place. */
  readonly reason?: string;
  /** What the function at this place failed with: Go's `Unwrap`. */
  readonly cause?: Error;
}

/**
 * A failure of a template. `message` is Go's whole text (`template: FILE:LINE:COL: executing "NAME" at <NODE>: …`); the parts stand
 * beside it, so that a caller can print them otherwise. `cause` is the next error of Go's unwrap chain: a `TemplateError` when an
 * included template failed, a `GoFailure` when a function did (whose own `cause` goes on).
 */
export class TemplateError extends EngineError<TemplateErrorCode> {
  readonly code: TemplateErrorCode;
  readonly place: TemplatePlace | undefined;
  readonly reason: string;
  constructor(code: TemplateErrorCode, message: string, parts: TemplateErrorParts = {}) {
    const { place, cause } = parts;
    const detail = place === undefined ? {} : { file: place.file, line: place.line, column: place.column ?? null };
    super(message, detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
    this.reason = parts.reason ?? message;
  }
}
