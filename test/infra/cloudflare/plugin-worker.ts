import { decodeBase64 } from "../../../engine/release/base64.ts";
import type { Egress } from "../../../engine/oci/egress.ts";
import { type AdmittedPlugin, PluginError } from "../../../engine/plugin/index.ts";
import { createPluginHost } from "../../../infra/cloudflare/plugin-host.ts";
import type { WorkerLoader } from "../../../infra/cloudflare/worker-loader.ts";
import { allowedUrl } from "../../../infra/compose/egress-policy.ts";

/** A call as the test sends it. `loader: false` leaves the binding out. */
export interface PluginCallMessage {
  readonly plugin: Omit<AdmittedPlugin, "bytes">;
  readonly bytes: string;
  readonly input: string;
  readonly loader: boolean;
}

const egress: Egress = {
  send: async (request) => {
    allowedUrl(request);
    return { status: 200, headers: new Headers(), body: new Response("told").body };
  },
};

/** A Worker that lends its plugin host to a test. */
export function createWorker(bundled: ReadonlyMap<string, WebAssembly.Module>) {
  return {
    async fetch(request: Request, env: { readonly LOADER: WorkerLoader }): Promise<Response> {
      const { plugin, bytes, input, loader } = (await request.json()) as PluginCallMessage;
      const host = createPluginHost({ bundled, egress, ...(loader ? { loader: env.LOADER } : {}) });
      const admitted = { ...plugin, bytes: decodeBase64(bytes) ?? new Uint8Array(0) };
      try {
        return Response.json(await host.call({ plugin: admitted, input }));
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        const { code, message, detail } = error;
        return Response.json({ code, message, detail }, { status: 422 });
      }
    },
  };
}
