import type { Egress } from "../../engine/oci/egress.ts";
import { type AdmittedPlugin, type PluginHost, pluginError } from "../../engine/plugin/index.ts";
import { egressHttp } from "../guest/egress-http.ts";
import { guestCall, replyOf } from "../guest/result.ts";
import { type PluginThread, startThread } from "./plugin-thread.ts";

/** Threads that run guests at the same time; further calls wait. */
const THREADS = 2;
/** Bytes of modules whose compiled form is kept. */
const WARM_BYTES: number = 64 * 1024 * 1024;

/** A host with what ends its threads. */
export interface OpenPluginHost {
  readonly host: PluginHost;
  readonly close: () => Promise<void>;
}

/**
 * Plugins in worker threads: ended by the clock together with their thread, memory capped, a new instance for each call. Compiled modules
 * and idle threads are kept for the next call. The thread has no environment and no files of its own.
 */
export function openPluginHost(egress: Egress): OpenPluginHost {
  const compile = createCompiler();
  const pool = createPool();
  return {
    host: {
      call: async ({ plugin, input, signal }) => {
        signal?.throwIfAborted();
        const module = await compile(plugin);
        const http = plugin.hosts.length === 0 ? undefined : egressHttp(egress, plugin, signal);
        const run = (thread: PluginThread) => thread.run({ module, call: guestCall(plugin, input), http, signal });
        return replyOf(plugin, await pool.use(run));
      },
    },
    close: pool.close,
  };
}

type Compile = (plugin: AdmittedPlugin) => Promise<WebAssembly.Module>;

/** Compiles each module once, as long as there is room: the one not used for longest goes first. */
function createCompiler(): Compile {
  const warm = new Map<string, { readonly module: WebAssembly.Module; readonly size: number }>();
  let held = 0;
  return async (plugin) => {
    const key = `${plugin.digest}/${plugin.limits.pages}`;
    const compiled = warm.get(key) ?? { module: await compileModule(plugin), size: plugin.bytes.length };
    // Another call may have compiled the same module meanwhile.
    const one = warm.get(key) ?? compiled;
    held += warm.delete(key) ? 0 : one.size;
    warm.set(key, one);
    for (const [oldest, { size }] of warm) {
      if (held <= WARM_BYTES || oldest === key) break;
      warm.delete(oldest);
      held -= size;
    }
    return one.module;
  };
}

async function compileModule(plugin: AdmittedPlugin): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(new Uint8Array(plugin.bytes));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw pluginError("invalid-module", plugin, error.message.replace("WebAssembly.compile(): ", ""));
  }
}

interface Pool {
  readonly use: <T>(work: (thread: PluginThread) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

function createPool(): Pool {
  const idle: PluginThread[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    use: async (work) => {
      // Who leaves hands its place on.
      if (busy >= THREADS) await new Promise<void>((resolve) => waiting.push(resolve));
      else busy += 1;
      try {
        const thread = idle.pop() ?? (await startThread());
        try {
          return await work(thread);
        } finally {
          if (thread.alive()) idle.push(thread);
        }
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
    close: async () => void (await Promise.all(idle.splice(0).map((thread) => thread.close()))),
  };
}
