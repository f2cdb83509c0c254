import { crdFiles } from "../chart/crds.ts";
import type { OnWarning } from "../chart/warning.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { DocumentError, readObjects } from "./document-reader.ts";
import type { Findings } from "./message.ts";
import type { LintSource } from "./source.ts";
import { messageOf } from "./template-rules.ts";

const FOLDER = "crds/";

/** The rules about `crds/`: plain YAML, and nothing but definitions. Sub-charts' files count where the chart has the folder itself. */
export async function lintCrds(
  source: LintSource,
  findings: Findings,
  onWarning: OnWarning | undefined,
): Promise<void> {
  const { check } = findings;
  const folder = source.entry("crds");
  if (folder.kind === "missing") return;
  if (!check("ERROR", FOLDER, folder.kind === "file" ? "not a directory" : undefined)) return;
  const chart = await source.load(onWarning).catch(messageOf);
  if (typeof chart === "string") {
    check("ERROR", FOLDER, chart);
    return;
  }
  for (const { file } of crdFiles(chart)) if (!lintFile(file.name, fromUtf8(file.data), findings)) return;
}

function lintFile(path: string, text: string, { check }: Findings): boolean {
  try {
    for (const { apiVersion, kind } of readObjects(text)) {
      const isOurs = apiVersion.startsWith("apiextensions.k8s.io");
      check("ERROR", path, isOurs ? undefined : "apiVersion is not in 'apiextensions.k8s.io'");
      const isDefinition = kind === "CustomResourceDefinition";
      check("ERROR", path, isDefinition ? undefined : "object kind is not 'CustomResourceDefinition'");
    }
    return true;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return check("ERROR", path, `unable to parse YAML: ${error.message}`);
  }
}
