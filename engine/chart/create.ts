import { quote } from "../go/quote.ts";
import { byteLength, fromUtf8, toUtf8 } from "../go/utf8.ts";
import type { Chart, ChartFile, Metadata } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { metadataYaml } from "./metadata-document.ts";
import { saveChart } from "./save.ts";
import { SCAFFOLD, SCAFFOLD_V3 } from "./scaffold-table.ts";

const LONGEST_NAME = 250;
const NAME = /^[a-zA-Z0-9._-]+$/;
const PLACE = "<CHARTNAME>";

/** Throws {@link ChartError} for a name that `helm create` does not take. */
export function checkNewName(name: string): void {
  if (name === "" || byteLength(name) > LONGEST_NAME) {
    throw new ChartError("invalid-chart", `chart name must be between 1 and ${LONGEST_NAME} characters`);
  }
  if (!NAME.test(name)) {
    throw new ChartError("invalid-chart", `chart name must match the regular expression ${quote(NAME.source)}`);
  }
}

/** The files of a new chart as `helm create` writes them, in its order. The folder `charts` stays empty. */
export function scaffoldChart(name: string, apiVersion: "v2" | "v3" = "v2"): readonly ChartFile[] {
  return SCAFFOLD.map(([path, text]) => {
    const own = apiVersion === "v3" ? (SCAFFOLD_V3.get(path) ?? text) : text;
    return { name: path, data: toUtf8(own.replaceAll(PLACE, name)) };
  });
}

/**
 * The files of a new chart that is made from another: its own Chart.yaml, the starter's files with the name in templates and values filled in,
 * sub-charts as archives. `now`: milliseconds since 1970. Throws {@link ChartError}.
 */
export function chartFromStarter(starter: Chart, name: string, now: number): readonly ChartFile[] {
  const fill = ({ name: path, data }: ChartFile): ChartFile => ({
    name: path,
    data: toUtf8(fromUtf8(data).replaceAll(PLACE, name)),
  });
  return [
    { name: "Chart.yaml", data: toUtf8(metadataYaml(newMetadata(name))) },
    ...starter.raw.filter((file) => file.name === "values.yaml").map(fill),
    ...(starter.schema === undefined ? [] : [starter.schema]),
    ...starter.templates.map(fill),
    ...starter.files,
    ...starter.dependencies.map((child) => {
      const saved = saveChart(child, now);
      return { name: `charts/${saved.name}`, data: saved.data };
    }),
  ];
}

function newMetadata(name: string): Metadata {
  return {
    name,
    description: "A Helm chart for Kubernetes",
    type: "application",
    version: "0.1.0",
    appVersion: "0.1.0",
    apiVersion: "v2",
  };
}
