import { parentPort, workerData } from "node:worker_threads";
import { readInput, repeat } from "./render-case.ts";
import type { RenderCase } from "./render-case.ts";

const RENDERS = 5;

parentPort?.on("message", () => {
  void readInput(workerData as RenderCase)
    .then((input) => repeat(input, RENDERS))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    .then(() => parentPort?.postMessage("done"));
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage("idle");
