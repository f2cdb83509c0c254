import type { Chart, ChartFile } from "./chart.ts";

/** A file of `crds/`, with the path that Helm prints for it. */
export interface CrdFile {
  /** Chart full path and file name, e.g. `web/charts/db/crds/a.yaml`. */
  readonly path: string;
  readonly file: ChartFile;
}

/** The CRD files of a chart tree: own ones in load order, then each dependency's. */
export function crdFiles(chart: Chart, fullPath: string = chart.metadata.name): readonly CrdFile[] {
  const own = chart.files.filter((file) => file.name.startsWith("crds/") && isManifest(file.name));
  return [
    ...own.map((file) => ({ path: `${fullPath}/${file.name}`, file })),
    ...chart.dependencies.flatMap((child) => crdFiles(child, `${fullPath}/charts/${child.metadata.name}`)),
  ];
}

function isManifest(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name.slice(name.lastIndexOf("/") + 1));
}
