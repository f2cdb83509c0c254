import { loadFiles } from "../../engine/chart/index.ts";
import type { Chart } from "../../engine/chart/index.ts";
import { decodeYamlMap } from "../../engine/encoding/index.ts";
import { toUtf8 } from "../../engine/go/utf8.ts";
import { GoMap } from "../../engine/go/value.ts";

/** A chart of these files; without a Chart.yaml it is `web` 1.0.0. */
export async function memoryChart(files: Readonly<Record<string, string>>): Promise<Chart> {
  const all = { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", ...files };
  return await loadFiles(Object.entries(all).map(([name, text]) => ({ name, data: toUtf8(text) })));
}

/** Values in YAML. */
export function yamlValues(text: string): GoMap {
  return text === "" ? new GoMap() : decodeYamlMap(text);
}
