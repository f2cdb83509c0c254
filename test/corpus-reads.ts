import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chartReads, unreadValues } from "../engine/analysis/index.ts";
import { decodeValues, defaultCapabilities, loadPackage, parseKubeVersion } from "../engine/chart/index.ts";
import { GoMap } from "../engine/go/value.ts";
import { isPredicted, outputOf, recordReads, withOther } from "./support/recorded-reads.ts";

/** A line of cases.jsonl, the fields that count here. */
interface Case {
  readonly id: string;
  readonly chart: string;
  readonly values: string | null;
  readonly kube_version: string;
  readonly exit: number;
}

const [folder, filter = ""] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node test/corpus-reads.ts DIR [TEXT]");
  process.exit(2);
}
const directory = resolve(folder);
const cases = readFileSync(join(directory, "cases.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Case)
  .filter(({ id, exit, chart }) => exit === 0 && chart.endsWith(".tgz") && id.includes(filter));
const charts = new Map<
  string,
  { readonly isOpaque: boolean; readonly isComplete: boolean; readonly isWhole: boolean }
>();
const count = { reads: 0, missed: 0, unread: 0, wrong: 0, slowest: 0, slowestId: "" };

for (const one of cases) {
  const path = join(directory, one.chart);
  const chart = await loadPackage(path, readFileSync(path), {});
  const values = one.values === null ? new GoMap() : decodeValues(readFileSync(join(directory, one.values)));
  const capabilities = defaultCapabilities({ kubeVersion: parseKubeVersion(one.kube_version) });
  const started = performance.now();
  const analysed = chartReads(chart, values);
  const took = performance.now() - started;
  if (took > count.slowest) Object.assign(count, { slowest: took, slowestId: one.id });
  const { opaque, isComplete } = analysed;
  charts.set(one.chart, { isOpaque: opaque.length > 0, isComplete, isWhole: analysed.values.whole });
  for (const read of recordReads(chart, values, capabilities)) {
    count.reads++;
    if (isPredicted(analysed.values, read)) continue;
    count.missed++;
    console.log(`MISSED ${one.id}: ${read.path.join(".")}`);
  }
  const unread = unreadValues(chart, values).map((value) => value.path);
  if (unread.length === 0) continue;
  count.unread += unread.length;
  console.log(`UNREAD ${one.id}: ${unread.join(" ")}`);
  if (outputOf(chart, values, capabilities) === outputOf(chart, withOther(values, unread), capabilities)) continue;
  count.wrong++;
  console.log(`WRONG ${one.id}: the output depends on an unread value`);
}

const all = [...charts.values()];
console.log(
  `${cases.length} cases: ${count.reads} reads, ${count.missed} missed; ${count.unread} unread values, ${count.wrong} wrong`,
);
console.log(
  `${all.length} charts: ${all.filter(({ isOpaque }) => isOpaque).length} with an opaque tpl, ` +
    `${all.filter(({ isWhole }) => isWhole).length} that read everything, ${all.filter((chart) => !chart.isComplete).length} not analysed`,
);
console.log(`slowest: ${count.slowest.toFixed(0)} ms ${count.slowestId}`);
process.exitCode = count.missed + count.wrong === 0 ? 0 : 1;
