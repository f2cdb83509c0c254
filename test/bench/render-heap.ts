import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { report } from "./figure.ts";
import type { RenderCase } from "./render-case.ts";

const LIMIT_MB = 128;
const SAMPLE_MS = 2;
const MB = 1_000_000;

/** The highest heap and external memory above idle while the biggest charts load and render, in a heap of 128 MB. */
export async function benchHeap(cases: readonly RenderCase[], count: number): Promise<void> {
  const biggest = cases
    .map((one) => ({ one, size: statSync(one.chart).size }))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, count);
  for (const { one } of biggest) {
    const peak = await peakOf(one);
    report({ name: `heap/${one.name}`, ours: peak / MB, peer: "limit", theirs: LIMIT_MB, unit: "MB" });
  }
}

/** Runs a case in a thread with a heap of its own and reads that heap's figures while it runs. */
async function peakOf(one: RenderCase): Promise<number> {
  const worker = new Worker(new URL("render-heap-worker.ts", import.meta.url), {
    workerData: one,
    resourceLimits: { maxOldGenerationSizeMb: LIMIT_MB },
  });
  const used = async (): Promise<number> => {
    const { used_heap_size, external_memory } = await worker.getHeapStatistics();
    return used_heap_size + external_memory;
  };
  let idle = 0;
  let peak = 0;
  await new Promise<void>((done, fail) => {
    let timer: NodeJS.Timeout | undefined;
    worker.on("error", fail);
    worker.on("message", (message: "idle" | "done") => {
      if (message === "done") {
        clearInterval(timer);
        return done();
      }
      void used().then((bytes) => {
        idle = bytes;
        timer = setInterval(
          () =>
            void used()
              .then((now) => (peak = Math.max(peak, now)))
              .catch(() => {}),
          SAMPLE_MS,
        );
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage("go");
      }, fail);
    });
  });
  peak = Math.max(peak, await used());
  await worker.terminate();
  return peak - idle;
}
