import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { render } from "../../engine/render/index.ts";
import { median, report } from "./figure.ts";
import { startHelmBench } from "./helmbench.ts";
import type { HelmBench } from "./helmbench.ts";
import { benchHeap } from "./render-heap.ts";
import { benchLookup, benchObjects } from "./render-made.ts";
import { chartCases, readInput, repeat, sample } from "./render-case.ts";
import type { RenderCase } from "./render-case.ts";
import { benchProcesses } from "./render-process.ts";

const PEER = "helm-sdk";
/** Milliseconds of renders before a chart counts as warm, and of each of the blocks in which the two sides take turns. */
const WARM_MS = 400;
const BLOCK_MS = 60;
const BLOCKS = 5;
const MAX_RENDERS = 200;
const PROCESS_SAMPLE = 15;
const HEAP_SAMPLE = 5;

interface Ratios {
  readonly cold: number[];
  readonly warm: { readonly name: string; readonly ratio: number }[];
}

/** The corpus in this process beside Helm's SDK in its own, chart by chart in turn; then whole processes, made charts and memory. */
export async function benchRender(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: {
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      filter: { type: "string" },
      only: { type: "string" },
    },
  });
  const directory = resolve(positionals[0] ?? "../shared/corpus");
  const all = chartCases(directory).filter(({ name }) => name.includes(values.filter ?? ""));
  const cases = values.sample === undefined ? all : sample(all, Number(values.sample), Number(values.seed));
  const peer = startHelmBench();
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    const parts: Readonly<Record<string, () => Promise<void>>> = {
      charts: () => benchCharts(cases, peer),
      process: () => benchProcesses(sample(cases, PROCESS_SAMPLE, Number(values.seed)), peer),
      objects: () => benchObjects(peer, folder),
      lookup: () => benchLookup(folder),
      heap: () => benchHeap(cases, HEAP_SAMPLE),
    };
    for (const [name, part] of Object.entries(parts)) if ((values.only ?? name) === name) await part();
  } finally {
    peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchCharts(cases: readonly RenderCase[], peer: HelmBench): Promise<void> {
  const ratios: Ratios = { cold: [], warm: [] };
  for (const one of cases) await benchChart(one, peer, ratios);
  reportTotals(ratios);
}

async function benchChart(one: RenderCase, peer: HelmBench, ratios: Ratios): Promise<void> {
  const theirCold = await peer.ask({ chart: one.chart, values: one.values, kubeVersion: one.kubeVersion });
  if (theirCold.error !== undefined) throw new Error(`helm-sdk ${one.name}: ${theirCold.error}`);
  const start = performance.now();
  const input = await readInput(one);
  await render(input);
  const cold = { ours: performance.now() - start, theirs: median(theirCold.ms ?? []) };
  report({ name: `render/${one.name}/cold`, peer: PEER, unit: "ms", ...cold });
  ratios.cold.push(cold.theirs / cold.ours);
  const warm = await takeTurns(one, peer, () => repeat(input, 1).then(({ ms }) => ms[0] ?? 0));
  const { bytes } = await repeat(input, 1);
  if (bytes !== theirCold.bytes) console.error(`bench: ${one.name}: ${bytes} bytes, helm-sdk ${theirCold.bytes}`);
  report({ name: `render/${one.name}/warm`, peer: PEER, unit: "ms", ...warm });
  ratios.warm.push({ name: one.name, ratio: warm.theirs / warm.ours });
}

/** Warms both up, then medians over blocks of renders that alternate. */
async function takeTurns(
  one: RenderCase,
  peer: HelmBench,
  renderOnce: () => Promise<number>,
): Promise<{ readonly ours: number; readonly theirs: number }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  await renderFor(WARM_MS, renderOnce);
  const first = (await peer.ask({ renders: 3 })).ms ?? [];
  const count = Math.max(2, Math.min(MAX_RENDERS, Math.ceil(BLOCK_MS / Math.max(0.05, median(first)))));
  for (let block = 0; block < BLOCKS; block++) {
    const answer = await peer.ask({ renders: count });
    if (answer.error !== undefined) throw new Error(`helm-sdk ${one.name}: ${answer.error}`);
    theirs.push(...(answer.ms ?? []));
    ours.push(...(await renderFor(BLOCK_MS, renderOnce)));
  }
  return { ours: median(ours), theirs: median(theirs) };
}

async function renderFor(milliseconds: number, renderOnce: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  let total = 0;
  while (times.length < 2 || (total < milliseconds && times.length < MAX_RENDERS)) {
    const time = await renderOnce();
    times.push(time);
    total += time;
  }
  return times;
}

/** Medians of ratios, and how many charts are slower than the peer; each as a ratio against 1. */
function reportTotals({ cold, warm }: Ratios): void {
  const ratios = warm.map(({ ratio }) => ratio);
  const worst = Math.min(...ratios);
  const total = (name: string, ratio: number): void =>
    report({ name, ours: 1, peer: PEER, theirs: ratio, unit: "times as fast" });
  total("render/total/cold-median", median(cold));
  total("render/total/warm-median", median(ratios));
  total("render/total/warm-worst", worst);
  const slower = warm.filter(({ ratio }) => ratio < 1).toSorted((a, b) => a.ratio - b.ratio);
  console.error(`bench: ${warm.length} charts, slower than ${PEER}: ${slower.map(nameRatio).join(", ") || "none"}`);
}

function nameRatio({ name, ratio }: { readonly name: string; readonly ratio: number }): string {
  return `${name} ${ratio.toFixed(2)}`;
}
