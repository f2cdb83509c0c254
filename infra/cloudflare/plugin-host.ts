import type { Egress } from "../../engine/oci/egress.ts";
import { sha256Hex } from "../../functions/http/digest.ts";
import { type AdmittedPlugin, type PluginHost, pluginError } from "../../engine/plugin/index.ts";
import type { GuestCall, GuestHttp, GuestResult } from "../guest/call.ts";
import { egressHttp } from "../guest/egress-http.ts";
import { guestCall, replyOf } from "../guest/result.ts";
import { runGuest } from "../guest/run-guest.ts";
import { GUEST_SOURCE } from "./guest-source.ts";
import type { WorkerLoader } from "./worker-loader.ts";

const COMPATIBILITY_DATE = "2026-08-15";

/** What a Worker has for plugins. */
export interface WorkerPlugins {
  /** Modules that were bundled at deploy time, by digest: they run in the Worker's own isolate. */
  readonly bundled: ReadonlyMap<string, WebAssembly.Module>;
  /** The Worker Loader binding: other plugins run in isolates of their own, without a network. */
  readonly loader?: WorkerLoader | undefined;
  readonly egress: Egress;
}

/**
 * Plugins in workerd. A stored plugin's isolate is kept as long as workerd keeps it, its instance for one call. Time is CPU time there, as
 * the platform limits it; a Worker cannot end a guest by the clock.
 */
export function createPluginHost({ bundled, loader, egress }: WorkerPlugins): PluginHost {
  const runner = sha256Hex(GUEST_SOURCE);
  return {
    call: async ({ plugin, input, signal }) => {
      signal?.throwIfAborted();
      const http = plugin.hosts.length === 0 ? undefined : egressHttp(egress, plugin, signal);
      const call = guestCall(plugin, input);
      const module = bundled.get(plugin.digest);
      if (module !== undefined) return replyOf(plugin, await runGuest(module, call, http));
      if (loader === undefined) {
        const problem =
          "this Worker has no Worker Loader binding (LOADER), so that only plugins run that were bundled when it was deployed";
        throw pluginError("missing-capability", plugin, problem, { capability: "worker-loader" });
      }
      return replyOf(plugin, await runStored(loader, plugin, { call, http, runner: await runner }));
    },
  };
}

interface Run {
  /** A digest of {@link GUEST_SOURCE}. */
  readonly runner: string;
  readonly call: GuestCall;
  readonly http: GuestHttp | undefined;
}

/** An isolate is kept by its name: whatever it was begun with is part of that. */
async function runStored(loader: WorkerLoader, plugin: AdmittedPlugin, run: Run): Promise<GuestResult> {
  const { call, http, runner } = run;
  const { pages, milliseconds } = plugin.limits;
  const stub = loader.get(`${plugin.digest}/${pages}/${milliseconds}/${runner}`, async () => ({
    compatibilityDate: COMPATIBILITY_DATE,
    mainModule: "guest.js",
    modules: { "guest.js": GUEST_SOURCE, "plugin.wasm": { wasm: new Uint8Array(plugin.bytes).buffer } },
    globalOutbound: null,
    env: {},
    limits: { cpuMs: milliseconds },
  }));
  try {
    return await stub.getEntrypoint("Guest").run(call, http ?? null);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw isolateFailure(plugin, error);
  }
}

/** What workerd says where an isolate does not start, or is ended by the platform. */
function isolateFailure(plugin: AdmittedPlugin, error: Error): Error {
  const { message } = error;
  if (/CompileError|Failed to start Worker/i.test(message)) {
    return pluginError("invalid-module", plugin, message.split("\n")[0] ?? "");
  }
  if (/exceeded CPU/i.test(message)) return pluginError("timeout", plugin, message);
  if (/exceeded.*memory|out of memory/i.test(message)) return pluginError("out-of-memory", plugin, message);
  return error;
}
