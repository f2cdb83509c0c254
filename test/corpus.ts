import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { readCases, runCase } from "./support/corpus-case.ts";
import type { CorpusCase, CorpusResult } from "./support/corpus-case.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: "string" }, jobs: { type: "string" }, slow: { type: "boolean" } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error("usage: node test/corpus.ts DIR [--filter TEXT] [--jobs N] [--slow]");
  process.exit(2);
}
const directory = resolve(folder);
const cases = readCases(directory).filter(({ id }) => id.includes(values.filter ?? ""));
const jobs = Math.min(Number(values.jobs ?? availableParallelism()), cases.length);

const results: CorpusResult[] = [];
if (jobs <= 1) for (const one of cases) report(await runCase(directory, one));
else await runInThreads();

const failed = results.filter(({ problem }) => problem !== undefined).length;
if (values.slow === true) {
  const slowest = results.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 20);
  for (const { id, milliseconds } of slowest) console.log(`${milliseconds.toFixed(0)} ms ${id}`);
}
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function report(result: CorpusResult): void {
  results.push(result);
  if (result.problem !== undefined) console.log(`FAIL ${result.id}: ${result.problem}`);
}

/** Cases of one chart stay together, so that a thread parses its templates once. */
async function runInThreads(): Promise<void> {
  const batches = [...Map.groupBy(cases, ({ args }) => args[2] ?? "").values()];
  await Promise.all(Array.from({ length: jobs }, () => runThread(batches)));
}

async function runThread(batches: CorpusCase[][]): Promise<void> {
  const worker = new Worker(new URL("support/corpus-worker.ts", import.meta.url), { workerData: { directory } });
  await new Promise<void>((done, fail) => {
    const next = (): void => {
      const batch = batches.shift();
      if (batch === undefined) done();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      else worker.postMessage(batch);
    };
    worker.on("error", fail);
    worker.on("message", (message: CorpusResult | "next") => {
      if (message === "next") next();
      else report(message);
    });
    next();
  });
  await worker.terminate();
}
