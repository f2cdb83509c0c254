import { coalesceTables } from "../chart/coalesce.ts";
import { copyMap } from "../chart/values.ts";
import type { OnWarning } from "../chart/warning.ts";
import { decodeYamlMap, YamlError } from "../encoding/index.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoMap } from "../go/value.ts";
import { compileSchema, validateSchema } from "../json-schema/index.ts";
import type { Findings } from "./message.ts";
import type { LintSource } from "./source.ts";

const FILE = "values.yaml";
const SCHEMA = "values.schema.json";

/** How values are checked. */
export interface ValuesRuleOptions {
  readonly values: GoMap;
  readonly skipSchemaValidation?: boolean | undefined;
  readonly onWarning?: OnWarning | undefined;
}

/** The rules about values.yaml: it parses, and the chart's own schema takes it with the user's values on top. */
export function lintValues(source: LintSource, findings: Findings, options: ValuesRuleOptions): void {
  const entry = source.entry(FILE);
  if (entry.kind === "missing") {
    findings.check("INFO", FILE, "file does not exist");
    return;
  }
  findings.check(
    "ERROR",
    FILE,
    entry.kind === "file" ? problemOf(source, entry.data, options) : yamlProblem(entry.problem),
  );
}

function yamlProblem(reason: string): string {
  return `unable to parse YAML: ${reason}`;
}

function problemOf(source: LintSource, data: Uint8Array, options: ValuesRuleOptions): string | undefined {
  let own: GoMap;
  try {
    own = decodeYamlMap(fromUtf8(data), "common.Values");
  } catch (error) {
    if (error instanceof YamlError) return yamlProblem(error.message);
    throw error;
  }
  const user = coalesceTables(new GoMap(), copyMap(options.values), options.onWarning);
  const values = coalesceTables(user, own, options.onWarning);
  const schema = source.entry(SCHEMA);
  if (schema.kind !== "file" || schema.data.length === 0 || options.skipSchemaValidation === true) return undefined;
  const outcome = validateSchema(compileSchema(schema.data), values);
  return outcome.ok ? undefined : outcome.text;
}
