import type { Chart } from "../chart/chart.ts";
import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonValue } from "../errors.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { listAt, memberAt, stringAt } from "../object/json.ts";
import { nameList } from "./name-list.ts";

/** Names of the subcharts that a chart's own resources wait for (HIP-0025). */
export const DEPENDS_ON_SUBCHARTS = "helm.sh/depends-on/subcharts";

/** A chart of a tree, and which of its siblings come before it. */
export interface ChartOrder {
  /** As `# Source:` has it: `web/charts/db`. */
  readonly path: string;
  /** Paths of siblings. */
  readonly after: readonly string[];
  readonly subcharts: readonly ChartOrder[];
  /** What is named and is no dependency of the chart. */
  readonly warnings: readonly string[];
}

/**
 * What `depends-on` in the dependencies of Chart.yaml says about a chart whose dependencies are processed. A dependency that is switched
 * off needs no waiting for. Throws `OrderError` `unreadable`.
 *
 * Helm compatibility: Helm's Chart.yaml has no `depends-on`, so it is read from the file as it is written.
 */
export function chartOrder(
  chart: Chart,
  path: string = chart.metadata.name,
  after: readonly string[] = [],
): ChartOrder {
  const entries = writtenEntries(chart);
  const there = new Set(chart.dependencies.map((child) => child.metadata.name));
  const warnings: string[] = [];
  const resolve = (names: readonly string[], who: string): readonly string[] =>
    names.flatMap((name) => {
      const meant = meantBy(name, entries, there);
      if (meant === undefined) warnings.push(`${who} depends on the subchart "${name}", which ${path} does not have`);
      return (meant ?? []).map((child) => `${path}/charts/${child}`);
    });
  const own = chart.metadata.annotations?.[DEPENDS_ON_SUBCHARTS];
  resolve(nameList(own, `${path}: the annotation ${DEPENDS_ON_SUBCHARTS}`), path);
  const subcharts = chart.dependencies.map((child) => {
    const { name } = child.metadata;
    const where = `${path}/charts/${name}`;
    const entry = entries.find((one) => one.known === name);
    const before = resolve(nameList(entry?.dependsOn, `${path}: depends-on of the dependency ${name}`), where);
    return chartOrder(child, where, before);
  });
  return { path, after, subcharts, warnings };
}

interface WrittenEntry {
  readonly name: string;
  /** The alias, else the name: what the subchart is called in the tree. */
  readonly known: string;
  readonly dependsOn: JsonValue | undefined;
}

/** The subcharts that a name stands for: an alias or a name, all aliases of a name; none when it is switched off. */
function meantBy(
  name: string,
  entries: readonly WrittenEntry[],
  there: ReadonlySet<string>,
): readonly string[] | undefined {
  const aliased = entries.filter((one) => one.known === name);
  const named = aliased.length > 0 ? aliased : entries.filter((one) => one.name === name);
  if (named.length > 0) return named.map((one) => one.known).filter((known) => there.has(known));
  return there.has(name) ? [name] : undefined;
}

const FILES = ["Chart.yaml", "requirements.yaml"];

function writtenEntries(chart: Chart): readonly WrittenEntry[] {
  return chart.raw
    .filter((file) => FILES.includes(file.name))
    .flatMap((file) => listAt(decode(file.data), "dependencies"))
    .flatMap((entry) => {
      const name = stringAt(entry, "name");
      if (name === undefined) return [];
      const alias = stringAt(entry, "alias") ?? "";
      return [{ name, known: alias === "" ? name : alias, dependsOn: memberAt(entry, "depends-on") }];
    });
}

/** The chart was loaded from the same bytes: what cannot be read here says nothing about order. */
function decode(data: Uint8Array): JsonValue | undefined {
  try {
    return decodeYamlJson(fromUtf8(data));
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
