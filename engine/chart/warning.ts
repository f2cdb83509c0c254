/** A line that Helm would log on standard error. `attributes` keep their order. */
export interface ChartWarning {
  readonly level: "INFO" | "WARN";
  readonly message: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** Takes warnings in the order in which Helm logs them. */
export type OnWarning = (warning: ChartWarning) => void;

/** A warning of Go's old `log.Printf`, which Helm logs as INFO without attributes. */
export function printed(message: string): ChartWarning {
  return { level: "INFO", message, attributes: [] };
}
