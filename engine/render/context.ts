import type { Chart, ChartFile } from "../chart/chart.ts";
import { tableAt } from "../chart/values.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { cleanPath } from "../go/path.ts";
import { goInt, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { isPartial } from "../manifest/sort.ts";
import { createChartMap } from "./chart-map.ts";
import { createFiles } from "./files.ts";
import type { RenderInput } from "./input.ts";
import { createCapabilities } from "./objects.ts";
import { createValues } from "./values-map.ts";

/** A template file of the chart tree under its full path. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  /** What `.Template.BasePath` shows. */
  readonly basePath: string;
  /** Which chart of the tree it belongs to: the index into {@link createDots}. */
  readonly chart: number;
}

/**
 * The template files of a chart and its sub-charts by full path. A library chart has only its partials; of two files with one path the
 * later counts.
 */
export function templateFiles(root: Chart): ReadonlyMap<string, TemplateFile> {
  const files = new Map<string, TemplateFile>();
  let index = 0;
  const collect = (chart: Chart, fullPath: string): void => {
    const own = index++;
    const isLibrary = (chart.metadata.type ?? "").toLowerCase() === "library";
    for (const child of chart.dependencies) collect(child, `${fullPath}/charts/${child.metadata.name}`);
    const basePath = cleanPath(`${fullPath}/templates`);
    for (const file of chart.templates) {
      if (isLibrary && !isPartial(file.name)) continue;
      const path = cleanPath(`${fullPath}/${file.name}`);
      files.set(path, { path, text: textOf(file), basePath, chart: own });
    }
  };
  collect(root, root.metadata.name);
  return files;
}

/** Texts of the files that are still in use: the same string again finds its parsed form without being hashed again. */
const texts = new WeakMap<ChartFile, string>();

function textOf(file: ChartFile): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = fromUtf8(file.data);
  texts.set(file, text);
  return text;
}

/** What all dots of one render share. */
export type DotInput = Pick<RenderInput, "release" | "capabilities">;

/**
 * The `.` of each chart of the tree, parents before children, in the order that {@link templateFiles} counts them. `values` are the
 * coalesced ones; they and the dots belong to the templates from here on, which write into them.
 */
export function createDots(root: Chart, values: GoMap, input: DotInput): readonly GoMap[] {
  const { release } = input;
  const shared = {
    release: new GoMap(
      new Map<string, GoValue>([
        ["Name", release.name],
        ["Namespace", release.namespace],
        ["IsUpgrade", release.isUpgrade],
        ["IsInstall", release.isInstall ?? !release.isUpgrade],
        ["Revision", goInt(release.revision)],
        ["Service", "Helm"],
      ]),
    ),
    capabilities: createCapabilities(input.capabilities),
  };
  const dots: GoMap[] = [];
  const create = (chart: Chart, own: GoMap, isRoot: boolean): GoMap => {
    const subcharts = new GoMap();
    const dot = createValues(
      new Map<string, GoValue>([
        ["Chart", createChartMap(chart.metadata, isRoot)],
        ["Files", createFiles(chart.files)],
        ["Release", shared.release],
        ["Capabilities", shared.capabilities],
        ["Values", own],
        ["Subcharts", subcharts],
      ]),
    );
    dots.push(dot);
    for (const child of chart.dependencies) {
      subcharts.entries.set(child.metadata.name, asPlainMap(create(child, childValues(own, child), false)));
    }
    return dot;
  };
  create(root, createValues(values.entries), true);
  return dots;
}

/** Helm compatibility: the name is taken as a dotted path, so a sub-chart with a dot in its name sees no values. */
function childValues(parent: GoMap, child: Chart): GoMap {
  const found = tableAt(parent, child.metadata.name);
  return createValues("table" in found ? found.table.entries : new Map<string, GoValue>());
}

/** The same map where Go's static type is the plain one: under `.Subcharts`. */
function asPlainMap(map: GoMap): GoMap {
  return new GoMap(map.entries);
}
