import { parse } from "yaml";

/** What a run of the conformance program counted. */
export interface Totals {
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly skip: number;
  readonly disabled: number;
  /** The APIs and data that did not pass, with what became of them. */
  readonly others: readonly string[];
}

/** Reads the figures that the program prints, and its results.yaml. */
export function readTotals(printed: string, file: string): Totals {
  const count = (word: string): number =>
    Number(new RegExp(`^\\s*${word}\\.+:\\s*([0-9]+)$`, "m").exec(printed)?.[1] ?? Number.NaN);
  const { apis, data } = parse(file) as Record<"apis" | "data", Readonly<Record<string, string>>>;
  const others = Object.entries({ ...apis, ...data }).filter(([, status]) => status !== "Pass");
  return {
    pass: count("Pass"),
    fail: count("FAIL"),
    error: count("Error"),
    skip: count("Skip"),
    disabled: count("Disabled"),
    others: others.map(([name, status]) => `${name}: ${status}`),
  };
}
