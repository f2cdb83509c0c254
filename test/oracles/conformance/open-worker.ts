import { createR2Store, type R2Bucket } from "../../../infra/cloudflare/r2-store.ts";
import { OPEN_ACCESS } from "../../../registry/http/access.ts";
import { createRegistry } from "../../../registry/registry.ts";
import { PROJECT } from "./project.ts";

interface Context {
  readonly waitUntil: (work: Promise<void>) => void;
}

/** The registry alone, over R2, open to everybody: the product's Worker has no mode without tokens. */
export default {
  async fetch(request: Request, env: { readonly CONTENT: R2Bucket }, context: Context): Promise<Response> {
    const defects: unknown[] = [];
    const registry = createRegistry({
      store: createR2Store(env.CONTENT),
      projects: [{ kind: "hosted", name: PROJECT, sparseImages: true }],
      access: OPEN_ACCESS,
      egress: { send: async () => await Promise.reject(new Error("there is no upstream")) },
      clock: { now: () => Date.now(), sleep: async (ms) => await new Promise((done) => setTimeout(done, ms)) },
      random: (size) => crypto.getRandomValues(new Uint8Array(size)),
      together: false,
      compress: false,
      defer: (work) => context.waitUntil(work),
      report: (error) => void defects.push(error),
      unavailable: (error) => void defects.push(error),
    });
    const response = await registry.fetch(request);
    for (const defect of defects) console.error("defect", defect);
    return response;
  },
};
