import { join } from "node:path";
import type { HeapInfo } from "node:v8";
import { Worker } from "node:worker_threads";
import type { PluginLog } from "../../engine/plugin/index.ts";
import type { GuestCall, GuestHttp, GuestResult } from "../guest/call.ts";
import type { FromPluginWorker, Held, ToPluginWorker } from "./plugin-message.ts";

/** What V8 may hold in a thread besides the guest's own memory. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
const MIB: number = 1024 * 1024;
/** Bytes on the heap and beside it that guests may leave in a thread: V8 frees them when it likes, and the next guest may need them before. */
const LEFT = { heap: 64 * MIB, external: 128 * MIB };
/** Bytes that one guest may leave: as much as a rendering of thousands of objects takes. */
const LEFT_BY_ONE: number = 32 * MIB;
/** A thread that is not up by then never will be. */
const START_MS = 30_000;

/** What one call needs. */
export interface ThreadCall {
  readonly module: WebAssembly.Module;
  readonly call: GuestCall;
  readonly http: GuestHttp | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A thread that runs one guest after the other. */
export interface PluginThread {
  /** False once a guest had to be ended with its thread, or left much behind. */
  readonly fit: () => boolean;
  /** What it holds now. */
  readonly held: () => Promise<Held>;
  readonly run: (call: ThreadCall) => Promise<GuestResult>;
  readonly close: () => Promise<void>;
}

/** Starts a thread; it keeps no process alive while it waits. */
export async function startThread(): Promise<PluginThread> {
  const script = import.meta.filename.endsWith(".ts") ? "plugin-worker.ts" : "plugin-worker.js";
  const worker = new Worker(join(import.meta.dirname, script), {
    resourceLimits: LIMITS,
    env: {},
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdout: true,
    stderr: true,
  });
  let fit = true;
  worker.on("exit", () => (fit = false));
  const { heap, external } = await ready(worker);
  let before = heap + external;
  worker.unref();
  const left = (held: Held): void => {
    const now = held.heap + held.external;
    fit &&= held.heap < LEFT.heap && held.external < LEFT.external && now - before < LEFT_BY_ONE;
    before = now;
  };
  return {
    fit: () => fit,
    held: async () => heldIn(await worker.getHeapStatistics()),
    run: (call) => runOn(worker, call, left),
    close: async () => void (await worker.terminate()),
  };
}

function heldIn({ used_heap_size, malloced_memory, external_memory }: HeapInfo): Held {
  return { heap: used_heap_size, external: malloced_memory + external_memory };
}

function ready(worker: Worker): Promise<Held> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the plugin thread does not start")), START_MS);
    worker.once("message", (message: FromPluginWorker) => {
      clearTimeout(timer);
      if (message.kind === "ready") resolve(message.held);
      else reject(new Error("the plugin thread does not begin as it should"));
    });
    worker.once("error", (error) => (clearTimeout(timer), reject(error)));
  });
}

/** One call, to its result or to the end of the thread. Rejects with the signal's reason, and for defects of ours. */
function runOn(
  worker: Worker,
  { module, call, http, signal }: ThreadCall,
  left: (held: Held) => void,
): Promise<GuestResult> {
  signal?.throwIfAborted();
  const { milliseconds } = call.limits;
  const logs: PluginLog[] = [];
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      worker.removeAllListeners("message").removeAllListeners("error");
      worker.unref();
      settle();
    };
    const kill = (settle: () => void): void => {
      end(() => undefined);
      worker.terminate().then(settle, reject);
    };
    const abort = (): void => kill(() => reject(signal?.reason));
    const timer = setTimeout(
      () => kill(() => resolve(failed("timeout", `it did not end within ${milliseconds} ms`, logs))),
      milliseconds,
    );
    signal?.addEventListener("abort", abort, { once: true });
    worker.ref();
    worker.on("message", (message: FromPluginWorker) => {
      if (message.kind === "result") {
        left(message.held);
        end(() => resolve(message.result));
      } else if (message.kind === "log") logs.push(message.line);
      else if (message.kind === "defect") kill(() => reject(new Error(message.message)));
      else if (message.kind === "request" && http !== undefined) {
        http(message.request).then(
          (response) => worker.postMessage({ kind: "response", response } satisfies ToPluginWorker, []),
          (error: unknown) => kill(() => reject(error)),
        );
      }
    });
    worker.on("error", (error) => {
      const full = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      end(() => (full ? resolve(failed("out-of-memory", "its thread ran out of memory", logs)) : reject(error)));
    });
    worker.postMessage({ kind: "call", module, call, http: http !== undefined } satisfies ToPluginWorker, []);
  });
}

function failed(code: "timeout" | "out-of-memory", problem: string, logs: readonly PluginLog[]): GuestResult {
  return { kind: "failed", code, problem, logs };
}
