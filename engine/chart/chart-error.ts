import { EngineError } from "../errors.ts";
import type { JsonObject } from "../errors.ts";

/** Why a chart or its values were refused. */
export type ChartErrorCode =
  | "invalid-archive"
  | "too-large"
  | "invalid-chart"
  | "invalid-metadata"
  | "invalid-values"
  | "invalid-set"
  | "invalid-ignore"
  | "invalid-pattern"
  | "type-mismatch"
  | "schema"
  | "not-installable"
  | "missing-dependencies"
  | "invalid-kube-version"
  | "incompatible-kube-version"
  | "repository"
  | "dependency"
  | "provenance";

/** A chart or values that are refused. The message is Helm's, to the byte. */
export class ChartError extends EngineError<ChartErrorCode> {
  readonly code: ChartErrorCode;
  constructor(code: ChartErrorCode, message: string, detail: JsonObject = {}, options?: ErrorOptions) {
    super(message, detail, options);
    this.code = code;
  }
}

/** `error` again with Helm's `PREFIX: ` in front; anything but a {@link ChartError} is a defect and passes as it is. */
export function withPrefix(prefix: string, error: unknown): unknown {
  if (!(error instanceof ChartError)) return error;
  return new ChartError(error.code, `${prefix}: ${error.message}`, error.detail, { cause: error });
}
