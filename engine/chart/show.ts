import { fromUtf8 } from "../go/utf8.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { crdFiles } from "./crds.ts";
import { metadataYaml } from "./metadata-document.ts";

/** What `helm show` can show of a chart. */
export type ShownPart = "all" | "chart" | "values" | "readme" | "crds";

/** What `helm show` prints. `values` replaces the text of the values, for `--jsonpath`. */
export function showChart(chart: Chart, part: ShownPart, values?: string): string {
  const isAll = part === "all";
  let out = "";
  if (isAll || part === "chart") out += `${metadataYaml(chart.metadata)}\n`;
  const valuesFiles = chart.raw.filter(({ name }) => name === "values.yaml");
  if ((isAll || part === "values") && valuesFiles.length > 0) {
    out += isAll ? "---\n" : "";
    out += values ?? valuesFiles.map(({ data }) => `${fromUtf8(data)}\n`).join("");
  }
  const readme = readmeFile(chart.files);
  if ((isAll || part === "readme") && readme !== undefined) {
    out += isAll ? "---\n" : "";
    out += `${fromUtf8(readme.data)}\n`;
  }
  if (isAll || part === "crds") {
    for (const { file } of crdFiles(chart)) {
      const text = fromUtf8(file.data);
      out += `${text.startsWith("---") ? "" : "---\n"}${text}\n`;
    }
  }
  return out;
}

const README_NAMES: ReadonlySet<string> = new Set(["readme.md", "readme.txt", "readme"]);

/** A chart's README among its files: the first of that name, whatever its case; `undefined` where there is none. */
export function readmeFile<T extends Pick<ChartFile, "name">>(files: readonly T[]): T | undefined {
  return files.find(({ name }) => README_NAMES.has(name.toLowerCase()));
}
