import { parentPort, workerData } from "node:worker_threads";
import { runCase } from "./corpus-case.ts";
import type { CorpusCase } from "./corpus-case.ts";

const { directory } = workerData as { readonly directory: string };

parentPort?.on("message", (batch: readonly CorpusCase[]) => {
  void answer(batch);
});

async function answer(batch: readonly CorpusCase[]): Promise<void> {
  for (const one of batch) parentPort?.postMessage(await runCase(directory, one));
  parentPort?.postMessage("next");
}
