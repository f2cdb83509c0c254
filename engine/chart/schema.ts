import { typeName } from "../go/format-value.ts";
import { GoMap } from "../go/value.ts";
import { compileSchema, validateSchema } from "../json-schema/index.ts";
import type { CompiledSchema } from "../json-schema/index.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import type { ChartWarning, OnWarning } from "./warning.ts";

/** Who hears of the checks. */
export interface SchemaListeners {
  readonly onWarning?: OnWarning | undefined;
  readonly onSchemaCheck?: ((chart: string, dependencies: number) => void) | undefined;
}

/**
 * Checks coalesced values against the `values.schema.json` of the chart and of each sub-chart that has values. Throws {@link ChartError}
 * `schema` with Helm's text, all charts' problems in one.
 */
export function validateValues(chart: Chart, values: GoMap, listeners: SchemaListeners = {}): void {
  const problems = problemsOf(chart, values, listeners);
  if (problems === "") return;
  const intro = "values don't meet the specifications of the schema(s) in the following chart(s):";
  throw new ChartError("schema", `${intro}\n${problems}`, { chart: chart.metadata.name });
}

function problemsOf(chart: Chart, values: GoMap, listeners: SchemaListeners): string {
  let out = "";
  if (chart.schema !== undefined) {
    const outcome = validateSchema(compiled(chart.schema), values);
    for (const urn of outcome.unresolved) listeners.onWarning?.(unresolved(urn));
    if (!outcome.ok) out += `${chart.metadata.name}:\n${outcome.text}`;
  }
  listeners.onSchemaCheck?.(chart.metadata.name, chart.dependencies.length);
  for (const child of chart.dependencies) {
    const own = values.entries.get(child.metadata.name);
    if (own === null || own === undefined) continue;
    out +=
      own instanceof GoMap
        ? problemsOf(child, own, listeners)
        : `${child.metadata.name}:\ninvalid type for values: expected object (map), got ${typeName(own)}\n`;
  }
  return out;
}

/** Compiled schemas of the charts that are still in use. */
const schemas = new WeakMap<ChartFile, CompiledSchema>();

function compiled(file: ChartFile): CompiledSchema {
  const known = schemas.get(file);
  if (known !== undefined) return known;
  const schema = compileSchema(file.data);
  schemas.set(file, schema);
  return schema;
}

function unresolved(urn: string): ChartWarning {
  const message = "unresolved URN reference ignored; using permissive schema";
  return { level: "WARN", message, attributes: [["urn", urn]] };
}
