import { EngineError } from "../../engine/errors.ts";

/** `not-a-chart`: the reference leads to another artifact. `invalid-reference`: project or name is none. */
export type ChartLookupCode = "chart-not-found" | "version-not-found" | "not-a-chart" | "invalid-reference";

/** A chart that cannot be resolved. Failures of an upstream or the store are OciErrors. */
export class ChartLookupError extends EngineError<ChartLookupCode> {
  readonly code: ChartLookupCode;
  constructor(code: ChartLookupCode, message: string, detail: { readonly chart: string; readonly version?: string }) {
    super(message, detail.version === undefined ? { chart: detail.chart } : { ...detail, version: detail.version });
    this.code = code;
  }
}
