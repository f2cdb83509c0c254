import type { Egress } from "../../engine/oci/egress.ts";
import { type AdmittedPlugin, type PluginHost, pluginError } from "../../engine/plugin/index.ts";
import { egressHttp } from "../guest/egress-http.ts";
import { guestCall, replyOf } from "../guest/result.ts";
import type { Held } from "./plugin-message.ts";
import { type PluginThread, startThread } from "./plugin-thread.ts";
import { createTurns, type Turn, type TurnLimits } from "./plugin-turns.ts";

/** Threads that run guests at the same time; further calls wait, longer than any guest may run by default. */
const TURNS: TurnLimits = { places: 2, longestWait: 60_000 };
/** Bytes of modules whose compiled form is kept. */
const WARM_BYTES: number = 64 * 1024 * 1024;

/** A host with what ends its threads. */
export interface OpenPluginHost {
  readonly host: PluginHost;
  /** What the threads hold that wait for a call. */
  readonly held: () => Promise<readonly Held[]>;
  readonly close: () => Promise<void>;
}

/**
 * Plugins in worker threads: ended by the clock together with their thread, memory capped, a new instance for each call. Compiled modules
 * and idle threads are kept for the next call, threads full of what a guest left are not; places go round among the plugins' owners. The thread has no environment and no files of its own.
 */
export function openPluginHost(egress: Egress, limits: TurnLimits = TURNS): OpenPluginHost {
  const compile = createCompiler();
  const pool = createPool(limits);
  return {
    host: {
      call: async ({ plugin, input, signal }) => {
        signal?.throwIfAborted();
        const module = await compile(plugin);
        const http = plugin.hosts.length === 0 ? undefined : egressHttp(egress, plugin, signal);
        const run = (thread: PluginThread) => thread.run({ module, call: guestCall(plugin, input), http, signal });
        const late = (): Error => pluginError("busy", plugin, `no thread came free for it in ${limits.longestWait} ms`);
        return replyOf(plugin, await pool.use({ owner: plugin.owner, signal, late }, run));
      },
    },
    held: pool.held,
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
  readonly held: () => Promise<readonly Held[]>;
  readonly use: <T>(turn: Turn, work: (thread: PluginThread) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

function createPool(limits: TurnLimits): Pool {
  const idle: PluginThread[] = [];
  const turns = createTurns(limits);
  const run = async <T>(work: (thread: PluginThread) => Promise<T>): Promise<T> => {
    const thread = idle.pop() ?? (await startThread());
    try {
      return await work(thread);
    } finally {
      if (thread.fit()) idle.push(thread);
      else await thread.close();
    }
  };
  return {
    use: async (turn, work) => {
      const giveBack = await turns.take(turn);
      try {
        return await run(work);
      } finally {
        giveBack();
      }
    },
    held: async () => await Promise.all(idle.map((thread) => thread.held())),
    close: async () => void (await Promise.all(idle.splice(0).map((thread) => thread.close()))),
  };
}
