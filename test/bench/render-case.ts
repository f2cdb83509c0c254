import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { defaultCapabilities, loadPackage, parseKubeVersion } from "../../engine/chart/index.ts";
import type { Chart } from "../../engine/chart/index.ts";
import { decodeYamlMap } from "../../engine/encoding/index.ts";
import { fromUtf8, toUtf8 } from "../../engine/go/utf8.ts";
import { GoMap } from "../../engine/go/value.ts";
import { render } from "../../engine/render/index.ts";
import type { RenderInput } from "../../engine/render/index.ts";
import { answerPending } from "../../infra/compose/pending.ts";
import { readCases } from "../support/corpus-case.ts";

/** A chart of the corpus with the values of its first case that Helm renders. */
export interface RenderCase {
  readonly name: string;
  /** Absolute paths; no values file is the empty text. */
  readonly chart: string;
  readonly values: string;
  readonly kubeVersion: string;
}

/** One case a chart: the first that Helm renders and that has no flags besides a values file. */
export function chartCases(directory: string): readonly RenderCase[] {
  const found = new Map<string, RenderCase>();
  for (const { args, exit } of readCases(directory)) {
    const chart = args[2] ?? "";
    if (exit !== 0 || found.has(chart)) continue;
    const rest = new Map(pairs(args.slice(3)));
    const isPlain = args.length === 3 + 2 * rest.size && [...rest.keys()].every((flag) => PLAIN.has(flag));
    if (!isPlain) continue;
    const values = rest.get("-f");
    found.set(chart, {
      name: basename(chart).replace(/\.tgz$/, ""),
      chart: join(directory, chart),
      values: values === undefined ? "" : join(directory, values),
      kubeVersion: rest.get("--kube-version") ?? "",
    });
  }
  return [...found.values()];
}

const PLAIN: ReadonlySet<string> = new Set(["-n", "-f", "--kube-version"]);

function pairs(args: readonly string[]): readonly (readonly [string, string])[] {
  return args.flatMap((flag, i) => (i % 2 === 0 ? [[flag, args[i + 1] ?? ""] as const] : []));
}

/** A seeded sample without repetition, in the order of the whole. */
export function sample<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const ranked = all.map((_, index) => ({ index, rank: next() })).toSorted((a, b) => a.rank - b.rank);
  const chosen = new Set(ranked.slice(0, count).map(({ index }) => index));
  return all.filter((_, index) => chosen.has(index));
}

/** What one render of a case needs, read from its files. */
export async function readInput(one: RenderCase): Promise<RenderInput> {
  const chart = await loadPackage(one.chart, new Uint8Array(readFileSync(one.chart)));
  const values = one.values === "" ? new GoMap() : decodeYamlMap(fromUtf8(new Uint8Array(readFileSync(one.values))));
  return inputOf(chart, values, one.kubeVersion);
}

/** An install of release `rel` of a chart, nothing asked of a cluster. */
export function inputOf(chart: Chart, values: GoMap, kubeVersion: string): RenderInput {
  return {
    chart,
    values,
    release: { name: "rel", namespace: "default", revision: 1, isUpgrade: false },
    capabilities: defaultCapabilities(kubeVersion === "" ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
    lookup: "off",
    dns: false,
    seed: new Uint8Array(32).fill(7),
    now: Date.UTC(2026, 10, 21),
    resolve: answerPending,
  };
}

/** Renders `count` times: the milliseconds of each, and the bytes of the manifest. */
export async function repeat(
  input: RenderInput,
  count: number,
): Promise<{ readonly ms: readonly number[]; readonly bytes: number }> {
  const ms: number[] = [];
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const { manifest } = await render(input);
    ms.push(performance.now() - start);
    if (i === 0) bytes = toUtf8(manifest).length;
  }
  return { ms, bytes };
}
