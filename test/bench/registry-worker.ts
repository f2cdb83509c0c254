import { createR2Store, type R2Bucket } from "../../infra/cloudflare/r2-store.ts";
import { OPEN_ACCESS } from "../../registry/http/access.ts";
import { createRegistry, type Registry } from "../../registry/registry.ts";

interface Env {
  readonly CONTENT: R2Bucket;
}

/** Bindings are the same for all requests of an isolate. */
const registries = new WeakMap<Env, Registry>();

function registryOf(env: Env): Registry {
  const known = registries.get(env);
  if (known !== undefined) return known;
  const registry = createRegistry({
    store: createR2Store(env.CONTENT),
    projects: [{ kind: "hosted", name: "charts" }],
    access: OPEN_ACCESS,
    egress: { send: async () => await Promise.reject(new Error("there is no upstream")) },
    clock: { now: () => Date.now(), sleep: async (ms) => await new Promise((done) => setTimeout(done, ms)) },
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    together: false,
    compress: false,
  });
  registries.set(env, registry);
  return registry;
}

/** The registry alone in workerd, over R2, open to everybody, as the other peers are. */
export default {
  fetch: async (request: Request, env: Env): Promise<Response> => await registryOf(env).fetch(request),
};
