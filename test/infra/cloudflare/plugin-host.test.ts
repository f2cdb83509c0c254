import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guestSource } from "../../../infra/build-guest.mjs";
import { GUEST_SOURCE } from "../../../infra/cloudflare/guest-source.ts";
import { describePluginHost, ECHO } from "../../contracts/plugin-host.ts";
import { admitted } from "../../support/plugin.ts";
import { createPluginWorker } from "../../support/plugin-worker-harness.ts";
import { i32, wasm } from "../../support/wasm.ts";

const bundled = wasm({ ...ECHO, padding: 10 });
const { host: hostOf, listen, close } = createPluginWorker(bundled);
beforeAll(listen, 60_000);
afterAll(close);

describePluginHost("workerd's Worker Loader", async () => hostOf(true));

describe("a Worker", () => {
  it("runs a bundled plugin without a loader", async () => {
    expect((await hostOf(false).call({ plugin: admitted(bundled), input: "in" })).output).toBe("in");
  });

  it("names the missing capability where a stored plugin has no loader", async () => {
    const call = hostOf(false).call({ plugin: admitted({ code: () => i32(0) }), input: "" });
    await expect(call).rejects.toMatchObject({ code: "missing-capability", detail: { capability: "worker-loader" } });
  });

  it("runs stored plugins with the guest of these sources", () => {
    expect(GUEST_SOURCE === guestSource(), "run node infra/build-guest.mjs").toBe(true);
  });
});
