import { createPlugin } from "@extism/extism";
import { afterAll, describe, expect, it } from "vitest";
import { admitPlugin, postRenderInput, readPostRenderOutput } from "../../../engine/plugin/index.ts";
import { openPluginHost } from "../../../infra/node/plugin-host.ts";
import { buildAssemblyScript } from "../../support/assemblyscript.ts";
import { digestOf, grantOf } from "../../support/plugin.ts";

const { host, close } = openPluginHost({ send: () => Promise.reject(new Error("no network")) });
afterAll(close);

const MANIFESTS = "kind: A\nmetadata:\n  name: ünï\n  annotations:\n    a: b\n";

describe("a module made with Extism's kit for AssemblyScript", () => {
  it("runs as it does under Extism's own host", async () => {
    const bytes = await buildAssemblyScript("label");
    const plugin = admitPlugin(
      { name: "label", digest: digestOf(bytes), bytes },
      grantOf({}, { config: { team: "blue" } }),
    );
    const input = postRenderInput(MANIFESTS, ["x"]);
    const { output, logs } = await host.call({ plugin, input });
    const theirs = await createPlugin(new Uint8Array(bytes).buffer, { config: { team: "blue" }, useWasi: false });
    expect(output).toBe((await theirs.call("helm_plugin_main", input))?.text());
    await theirs.close();
    expect(readPostRenderOutput(plugin, output, MANIFESTS)).toBe(
      "kind: A\nmetadata:\n  name: ünï\n  annotations:\n    team: blue\n    a: b\n",
    );
    expect(logs).toEqual([{ level: "info", text: "labelling" }]);
  });
});
