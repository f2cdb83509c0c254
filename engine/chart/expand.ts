import { basePath } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { compareBytes } from "../go/value.ts";
import type { ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { decodeMetadata, toMetadata } from "./metadata.ts";

/**
 * The directory that Helm unpacks an archive into: its name, which is the chart's, and its files in the order of a walk. Of two files with
 * one name the later counts. Throws {@link ChartError} for names that would lead elsewhere.
 */
export function expandedFiles(files: readonly ChartFile[]): {
  readonly name: string;
  readonly files: readonly ChartFile[];
} {
  const byName = new Map(files.map((file) => [file.name, file]));
  const manifests = files.filter(({ name }) => name === "Chart.yaml");
  const name = manifests.map(({ data }) => toMetadata(decodeMetadata(data, "Chart.yaml")).name).at(-1) ?? "";
  if (name === "") throw new ChartError("invalid-chart", "chart name not specified");
  if (name === "." || name === "..") throw new ChartError("invalid-chart", `chart name ${quote(name)} is not allowed`);
  if (name !== basePath(name)) {
    throw new ChartError("invalid-chart", `chart name ${quote(name)} must not contain path separators`);
  }
  return { name, files: [...byName.values()].sort((a, b) => compareWalk(a.name, b.name)) };
}

/** The order of a walk: directories stand where their own name stands among those beside it. */
export function compareWalk(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareBytes(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
