import type { Chart } from "../chart/chart.ts";
import { ChartError } from "../chart/chart-error.ts";
import { coalesceValues, valuesTree } from "../chart/coalesce.ts";
import { processDependencies } from "../chart/dependencies.ts";
import { mergeValueSources } from "../chart/value-sources.ts";
import type { ValueSources } from "../chart/value-sources.ts";
import type { ReadValueFile } from "../chart/set.ts";
import { GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { taggedMap, tagOf, untagged } from "./tagged-values.ts";
import type { Tag, ValueSource } from "./tagged-values.ts";
import { leavesOf, pathText } from "./value-paths.ts";
import type { PathStep } from "./value-paths.ts";

/** How a value came to a place that is not its own: from a chart above, by `global`, by `import-values`. */
export type ValueWay = "parent" | "global" | "import-values";

/** Where one value of the merged tree comes from. Never the value itself. */
export interface ValueOrigin {
  /** As `--set` takes it. */
  readonly path: string;
  readonly source: ValueSource;
  /** Where it stands in its source, where that is another path. */
  readonly sourcePath?: string;
  readonly way?: ValueWay;
  /** A null of this source took the chart's default away. */
  readonly isDeleted?: true;
}

/** What origins are told of. */
export interface OriginInput {
  readonly chart: Chart;
  readonly sources: ValueSources;
  readonly readFile?: ReadValueFile | undefined;
}

/**
 * The origin of every value that the templates of a chart see, in the order of their paths. It runs the very merge that a render runs, on
 * values that carry where they come from. Throws `ChartError` for sources that do not merge.
 */
export function valueOrigins(input: OriginInput): readonly ValueOrigin[] {
  const bare = new Map<string, Bare>();
  const user = taggedSources(input, bare);
  const chart = taggedChart(input.chart, input.chart.metadata.name, [[]], bare);
  const processed = processDependencies(chart, user, undefined, untagged);
  const merged = coalesceValues(valuesTree(processed), user);
  const owners = ownerOf(processed);
  const origins = leavesOf(merged).flatMap(({ path, value }) => originAt(path, value, { owners, bare }));
  return [...origins, ...deletions(processed, merged, bare)];
}

/** A null, or a container without a value, by the path at which it stands: merging looks at them, so they carry no tag. */
interface Bare {
  readonly tag: Tag;
  readonly isNull: boolean;
  /** Where in the merged tree. */
  readonly at: readonly PathStep[];
}

/** Values copied while sources are merged one by one: some seconds. */
const MAX_COPIED = 2_000_000;
/** Aliases of a chart, in all of its own, that are told apart. */
const MAX_ALIASES = 100;

/** Notes them. Where `isFinal` the last one of a path counts, else the first: a user's comes before a chart's, a parent's before a child's. */
function noteBare(
  bare: Map<string, Bare>,
  source: ValueSource,
  prefix: readonly PathStep[] = [],
  isFinal = false,
): (path: readonly PathStep[], isNull: boolean) => void {
  return (path, isNull) => {
    const at = [...prefix, ...path];
    const key = pathText(at);
    if (isFinal || !bare.has(key)) bare.set(key, { tag: { source, path }, isNull, at });
  };
}

/** The user's values, each source merged over those before it: what carries no tag after a source is of that source. */
function taggedSources({ sources, readFile }: OriginInput, bare: Map<string, Bare>): GoMap {
  let values = new GoMap();
  let copied = 0;
  for (const [one, source] of eachSource(sources)) {
    copied += leavesOf(values).length;
    if (copied > MAX_COPIED)
      throw new ChartError("invalid-set", "too many values and flags to tell where each comes from");
    if (source.kind === "file") taggedMap(mergeValueSources(one, readFile), source, noteBare(bare, source, [], true));
    values = taggedMap(mergeValueSources(one, readFile, values), source, noteBare(bare, source));
  }
  return values;
}

function* eachSource(sources: ValueSources): Generator<readonly [ValueSources, ValueSource], void, void> {
  for (const file of sources.files ?? []) yield [{ files: [file] }, { kind: "file", name: file.name }];
  const flags = [
    ["set-json", "setJson"],
    ["set", "set"],
    ["set-string", "setString"],
    ["set-file", "setFile"],
    ["set-literal", "setLiteral"],
  ] as const;
  for (const [name, member] of flags) {
    for (const [i, text] of (sources[member] ?? []).entries()) {
      yield [{ [member]: [text] }, { kind: "flag", name, index: i + 1 }];
    }
  }
}

/** The chart tree with defaults that carry their chart. `prefixes` are its places in the values, one per alias. */
function taggedChart(
  chart: Chart,
  path: string,
  prefixes: readonly (readonly string[])[],
  bare: Map<string, Bare>,
): Chart {
  const source: ValueSource = { kind: "chart", chart: path };
  const notes = prefixes.map((prefix) => noteBare(bare, source, prefix));
  return {
    ...chart,
    values: taggedMap(chart.values, source, (at, isNull) => {
      for (const note of notes) note(at, isNull);
    }),
    dependencies: chart.dependencies.map((child) => {
      const { name } = child.metadata;
      const inner = prefixes.flatMap((prefix) => namesOf(chart, name).map((one) => [...prefix, one]));
      return taggedChart(child, `${path}/charts/${name}`, inner.slice(0, MAX_ALIASES), bare);
    }),
  };
}

/** The names under which a sub-chart may have values. */
function namesOf({ metadata }: Chart, name: string): readonly string[] {
  const aliases = (metadata.dependencies ?? []).filter((entry) => entry.name === name).map(({ alias = "" }) => alias);
  return [name, ...aliases.filter((alias) => alias !== "")];
}

/** The charts of the tree by their places in the values. */
interface Owner {
  readonly children: ReadonlyMap<string, Owner>;
}

function ownerOf(chart: Chart): Owner {
  return { children: new Map(chart.dependencies.map((child) => [child.metadata.name, ownerOf(child)])) };
}

interface Known {
  readonly owners: Owner;
  readonly bare: ReadonlyMap<string, Bare>;
}

function originAt(path: readonly PathStep[], value: GoValue, { owners, bare }: Known): readonly ValueOrigin[] {
  if (path.length === 0) return [];
  const text = pathText(path);
  const tag = tagOf(value) ?? bareTag(path, owners, bare);
  if (tag === undefined) return [];
  const way = wayOf(path, tag, owners);
  const sourcePath = pathText(tag.path);
  return [
    {
      path: text,
      source: tag.source,
      ...(sourcePath === text ? {} : { sourcePath }),
      ...(way === undefined ? {} : { way }),
    },
  ];
}

/** The tag of a value that carries none; a global may stand in a chart above. */
function bareTag(path: readonly PathStep[], owners: Owner, bare: ReadonlyMap<string, Bare>): Tag | undefined {
  const own = bare.get(pathText(path));
  const length = ownerLength(path, owners);
  if (own !== undefined || path[length] !== "global") return own?.tag;
  for (let above = 0; above < length; above++) {
    const found = bare.get(pathText([...path.slice(0, above), ...path.slice(length)]));
    if (found !== undefined) return found.tag;
  }
  return undefined;
}

/** How many steps of a path lead to the chart that it belongs to. */
function ownerLength(path: readonly PathStep[], owners: Owner): number {
  let owner = owners;
  for (let length = 0; length < path.length - 1; length++) {
    const next = owner.children.get(String(path[length]));
    if (next === undefined) return length;
    owner = next;
  }
  return Math.max(0, path.length - 1);
}

function wayOf(path: readonly PathStep[], { source, path: own }: Tag, owners: Owner): ValueWay | undefined {
  const length = ownerLength(path, owners);
  const start = path.length - own.length;
  const isSuffix = start >= 0 && own.every((step, i) => path[start + i] === step);
  const depth = source.kind === "chart" ? depthOf(source.chart) : 0;
  if (isSuffix && start === depth && start <= length)
    return source.kind === "chart" && depth < length ? "parent" : undefined;
  return path[length] === "global" ? "global" : "import-values";
}

/** How many charts stand above the chart of this path. */
function depthOf(chart: string): number {
  return chart.split("/charts/").length - 1;
}

/** Defaults that are not in the merged tree because a null took them away. */
function deletions(chart: Chart, merged: GoMap, bare: ReadonlyMap<string, Bare>): readonly ValueOrigin[] {
  const found: ValueOrigin[] = [];
  for (const [path, { tag, isNull, at }] of bare) {
    if (!isNull || lookUp(merged, at) || !hasDefault(chart, at)) continue;
    found.push({ path, source: tag.source, isDeleted: true });
  }
  return found;
}

function hasDefault(chart: Chart, path: readonly PathStep[]): boolean {
  const [first, ...rest] = path;
  if (lookUp(chart.values, path, true)) return true;
  return chart.dependencies.some((child) => child.metadata.name === first && hasDefault(child, rest));
}

function lookUp(root: GoMap, path: readonly PathStep[], isValue = false): boolean {
  let value: GoValue = root;
  for (const step of path) {
    if (!(value instanceof GoMap) || !value.entries.has(String(step))) return false;
    value = value.entries.get(String(step));
  }
  return path.length > 0 && (!isValue || (value !== null && value !== undefined));
}
