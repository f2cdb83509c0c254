import { describe, expect, it } from "vitest";
import type { LoadedCode, WorkerLoader } from "../../../infra/cloudflare/worker-loader.ts";
import { createPluginHost } from "../../../infra/cloudflare/plugin-host.ts";
import { admitted, grantOf } from "../../support/plugin.ts";
import { i32 } from "../../support/wasm.ts";

interface Loaded {
  readonly id: string;
  readonly code: LoadedCode;
}

/** What a call makes a Worker load, by a binding that only writes it down. */
async function loadedBy(limits: Parameters<typeof grantOf>[0]): Promise<Loaded> {
  const loaded: Promise<Loaded>[] = [];
  const loader: WorkerLoader = {
    get: (id, code) => {
      loaded.push(code().then((made) => ({ id, code: made })));
      return { getEntrypoint: () => ({ run: () => Promise.reject(new Error("Worker exceeded CPU time limit.")) }) };
    },
  };
  const egress = { send: () => Promise.reject(new Error("nothing is asked for")) };
  const host = createPluginHost({ bundled: new Map(), loader, egress });
  const plugin = admitted({ code: () => i32(0) }, grantOf(limits));
  await expect(host.call({ plugin, input: "" })).rejects.toMatchObject({ code: "timeout" });
  const [first] = await Promise.all(loaded);
  if (first === undefined) throw new Error("nothing was loaded");
  return first;
}

describe("a stored plugin in a Worker", () => {
  it("is loaded with the CPU time that it is granted, and without a network", async () => {
    const { code } = await loadedBy({ milliseconds: 1234 });
    expect(code).toMatchObject({ limits: { cpuMs: 1234 }, globalOutbound: null, env: {} });
  });

  it("has an isolate for each module, memory limit and time limit: the first call's would stay", async () => {
    const ids = await Promise.all([{ milliseconds: 1000 }, { milliseconds: 500 }, { pages: 7 }].map(loadedBy));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
    expect((await loadedBy({ milliseconds: 1000 })).id).toBe(ids[0]?.id);
  });
});
