import { EngineError } from "../errors.ts";
import type { JsonObject } from "../errors.ts";
import type { TemplatePlace } from "../template/error.ts";

/**
 * Why a render was refused. `template`: a template does not parse or failed. `manifest`: a rendered document is no YAML object.
 * `pending-budget`: templates kept asking. `template-not-found`: nothing matches a wanted template.
 * `functions`: template functions of plugins have names that are taken.
 */
export type RenderErrorCode = "template" | "manifest" | "pending-budget" | "template-not-found" | "functions";

/** What a {@link RenderError} carries besides its message. */
export interface RenderErrorParts extends ErrorOptions {
  /** Every failed file with Helm's text, the first one being the error's own message. */
  readonly failures?: readonly TemplateFailure[];
  /** What was rendered before a document was refused, for `--debug`. Never shown otherwise: may hold secrets. */
  readonly files?: ReadonlyMap<string, string>;
}

/** One failed template file. */
export interface TemplateFailure {
  readonly path: string;
  /** Helm's text. */
  readonly message: string;
  /** Where it failed: in the file itself first, then in each template that it ran, the innermost last. Empty for a spent budget. */
  readonly places: readonly TemplatePlace[];
}

/** A render that is refused. The message is Helm's, to the byte. */
export class RenderError extends EngineError<RenderErrorCode> {
  readonly code: RenderErrorCode;
  readonly failures: readonly TemplateFailure[];
  readonly files: ReadonlyMap<string, string>;
  constructor(code: RenderErrorCode, message: string, detail: JsonObject = {}, parts: RenderErrorParts = {}) {
    super(message, detail, parts);
    this.code = code;
    this.failures = parts.failures ?? [];
    this.files = parts.files ?? new Map();
  }
}
