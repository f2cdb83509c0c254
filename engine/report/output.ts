import { encodeYamlJson } from "../encoding/yaml-emit.ts";
import type { JsonValue } from "../errors.ts";

/** What `-o` takes. */
export type OutputFormat = "table" | "json" | "yaml";

/** Helm's outputs of one answer: the table's text, and the JSON that both other forms are made of. */
export interface Output {
  readonly table: () => string;
  /** Go's JSON text. */
  readonly json: () => string;
}

/** An answer in the form asked for. Helm compatibility: YAML goes through JSON, so that its keys are sorted. */
export function outputText(output: Output, format: OutputFormat): string {
  switch (format) {
    case "table":
      return output.table();
    case "json":
      return `${output.json()}\n`;
    default:
      return yamlText(output.json());
  }
}

/** YAML of Go's JSON text. */
export function yamlText(json: string): string {
  const value: JsonValue = JSON.parse(json);
  return encodeYamlJson(value);
}
