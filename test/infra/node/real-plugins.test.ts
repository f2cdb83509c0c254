import { createPlugin } from "@extism/extism";
import { afterAll, describe, expect, it } from "vitest";
import { admitPlugin, NO_GRANT, postRenderInput, readPostRenderOutput } from "../../../engine/plugin/index.ts";
import { buildPlugin, pluginNames } from "../../../infra/build-plugins.ts";
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

describe("the plugins of this project", () => {
  it.each(pluginNames())("%s runs without a grant, and refuses in its own words what is no message", async (name) => {
    const bytes = await buildPlugin(name);
    const plugin = admitPlugin({ name, digest: digestOf(bytes), bytes }, NO_GRANT);
    const refused = await host.call({ plugin, input: "no message" }).then(
      ({ output }) => JSON.parse(output) as unknown,
      (error: unknown) => error,
    );
    expect(refused).toSatisfy(
      (one: { code?: unknown; error?: unknown }) => one.code === "guest-error" || typeof one.error === "string",
    );
  });

  it("labels gives under this host what it gives under Extism's own", async () => {
    const bytes = await buildPlugin("labels");
    const config = { labels: "team: blue" };
    const plugin = admitPlugin({ name: "labels", digest: digestOf(bytes), bytes }, grantOf({}, { config }));
    const input = postRenderInput(MANIFESTS, []);
    const { output } = await host.call({ plugin, input });
    const theirs = await createPlugin(new Uint8Array(bytes).buffer, { config });
    expect(output).toBe((await theirs.call("helm_plugin_main", input))?.text());
    expect(readPostRenderOutput(plugin, output, MANIFESTS)).toContain('team: "blue"');
    await theirs.close();
  });
});
