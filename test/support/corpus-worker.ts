import { parentPort, workerData } from "node:worker_threads";
import { runCase } from "./corpus-case.ts";
import type { CorpusCase } from "./corpus-case.ts";

const { directory } = workerData as { readonly directory: string };

parentPort?.on("message", (batch: readonly CorpusCase[]) => {
  void answer(batch);
});

async function answer(batch: readonly CorpusCase[]): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  for (const one of batch) parentPort?.postMessage(await runCase(directory, one));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage("next");
}
