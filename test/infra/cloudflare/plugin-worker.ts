import { decodeBase64 } from "../../../engine/release/base64.ts";
import { type AdmittedPlugin, PluginError } from "../../../engine/plugin/index.ts";
import { createPluginHost } from "../../../infra/cloudflare/plugin-host.ts";
import type { WorkerLoader } from "../../../infra/cloudflare/worker-loader.ts";
import { answering } from "../../support/plugin-egress.ts";

/** A call as the test sends it. `loader: false` leaves the binding out. */
export interface PluginCallMessage {
  readonly plugin: Omit<AdmittedPlugin, "bytes">;
  readonly bytes: string;
  readonly input: string;
  readonly loader: boolean;
}

/** A Worker that lends its plugin host to a test. */
export function createWorker(bundled: ReadonlyMap<string, WebAssembly.Module>) {
  return {
    async fetch(request: Request, env: { readonly LOADER: WorkerLoader }): Promise<Response> {
      const { plugin, bytes, input, loader } = (await request.json()) as PluginCallMessage;
      const host = createPluginHost({ bundled, egress: answering, ...(loader ? { loader: env.LOADER } : {}) });
      const admitted = { ...plugin, bytes: decodeBase64(bytes) ?? new Uint8Array(0) };
      try {
        return Response.json(await host.call({ plugin: admitted, input }));
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        const { code, message, detail, logs } = error;
        return Response.json({ code, message, detail, logs }, { status: 422 });
      }
    },
  };
}
