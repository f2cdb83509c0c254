import type { Chart, ChartFile } from "../chart/chart.ts";
import { loadFiles } from "../chart/load.ts";
import type { OnWarning } from "../chart/warning.ts";

/** What stands at a place of a chart's folder; `problem` says why nothing could be read there. */
export type LintEntry =
  | { readonly kind: "file"; readonly data: Uint8Array }
  | { readonly kind: "directory"; readonly problem: string }
  | { readonly kind: "missing"; readonly problem: string };

/** The folder of a chart. */
export interface LintSource {
  /** Its absolute path, which some findings name. */
  readonly directory: string;
  readonly entry: (name: string) => LintEntry;
  /** Loads the chart; Helm does so once per group of rules, and each time logs its warnings. Throws with Helm's text. */
  readonly load: (onWarning: OnWarning | undefined) => Promise<Chart>;
}

/** A folder that is in memory: the files of an archive. */
export function lintSourceOf(files: readonly ChartFile[], directory: string): LintSource {
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    directory,
    entry: (name) => {
      const file = byName.get(name);
      if (file !== undefined) return { kind: "file", data: file.data };
      const isDirectory = files.some((other) => other.name.startsWith(`${name}/`));
      if (isDirectory) return { kind: "directory", problem: `read ${directory}/${name}: is a directory` };
      return { kind: "missing", problem: `open ${directory}/${name}: no such file or directory` };
    },
    load: (onWarning) => loadFiles(files, { onWarning }),
  };
}
