import { getHeapStatistics } from "node:v8";
import { parentPort } from "node:worker_threads";
import type { PluginLog } from "../../engine/plugin/index.ts";
import type { GuestHttp, GuestResponse } from "../guest/call.ts";
import { runGuest } from "../guest/run-guest.ts";
import type { FromPluginWorker, Held, ToPluginWorker } from "./plugin-message.ts";

const port = parentPort;
if (port === null) throw new Error("plugin-worker runs as a worker thread");
const tell = (message: FromPluginWorker): void => port.postMessage(message);

function held(): Held {
  const { used_heap_size, malloced_memory, external_memory } = getHeapStatistics();
  return { heap: used_heap_size, external: malloced_memory + external_memory };
}
const told = (line: PluginLog): void => tell({ kind: "log", line });

/** A guest waits for one answer at a time. */
let answered: ((response: GuestResponse) => void) | undefined;
const askHost: GuestHttp = (request) =>
  new Promise((resolve) => {
    answered = resolve;
    tell({ kind: "request", request });
  });

port.on("message", (message: ToPluginWorker) => {
  if (message.kind === "response") return answered?.(message.response);
  runGuest(message.module, message.call, message.http ? askHost : undefined, told).then(
    (result) => tell({ kind: "result", result, held: held() }),
    (error: unknown) => tell({ kind: "defect", message: error instanceof Error ? (error.stack ?? error.message) : "" }),
  );
});
tell({ kind: "ready", held: held() });
