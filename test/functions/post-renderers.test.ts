import { describe, expect, it } from "vitest";
import {
  NO_GRANT,
  parsePluginYaml,
  type PluginCall,
  PluginError,
  type PluginSource,
} from "../../engine/plugin/index.ts";
import { parseConfig } from "../../functions/config/parse.ts";
import { createKeptPlugins } from "../../functions/releases/kept-plugins.ts";
import type { PluginDeps } from "../../functions/releases/plugin-admission.ts";
import { createPostRenderers } from "../../functions/releases/post-renderers.ts";
import { digestOf } from "../support/plugin.ts";
import { i32, type TestModule, wasm } from "../support/wasm.ts";

const DIGEST = `sha256:${"1".repeat(64)}`;
const PLAIN: TestModule = { imports: ["config_get"], code: () => i32(0) };
const YAML = "apiVersion: v1\nname: labels\nversion: 1.0.0\nruntime: extism/v1\n";

function setUp(options: { readonly module?: TestModule; readonly yaml?: string; readonly config?: string } = {}) {
  const opened: object[] = [];
  const calls: PluginCall[] = [];
  const bytes = wasm(options.module ?? PLAIN);
  const source: PluginSource = {
    name: "labels",
    digest: digestOf(bytes),
    artifact: DIGEST,
    bytes,
    ...(options.yaml === undefined ? {} : { metadata: parsePluginYaml(options.yaml) }),
  };
  const deps: PluginDeps = {
    kept: createKeptPlugins(),
    isOwnHost: (host) => host === "own.example",
    grants: parseConfig(options.config ?? "").plugins,
    plugins: {
      resolve: async ({ name }) => {
        if (name === "labels") return DIGEST as `sha256:${string}` as never;
        throw new PluginError("not-found", "there is none");
      },
      open: async (query) => {
        opened.push(query);
        return source;
      },
    },
    host: {
      call: async (call) => {
        calls.push(call);
        return { output: '{"manifests":"made"}', logs: [] };
      },
    },
  };
  return { deps, opened, calls, renderers: createPostRenderers(deps) };
}

const wanted = { plugin: "tools/labels:1.0.0", args: ["a"], config: { team: "blue" } };

describe("post-renderers of requests", () => {
  it("are pinned by digest, and run by it", async () => {
    const { renderers, opened, calls } = setUp();
    const pinned = await renderers.pin(wanted);
    expect(pinned).toEqual({ ...wanted, plugin: `tools/labels@${DIGEST}`, digest: DIGEST });
    expect(await renderers.run(pinned, "given")).toBe("made");
    expect(opened).toEqual([{ project: "tools", name: "labels", digest: DIGEST }]);
    expect(JSON.parse(calls[0]?.input ?? "")).toEqual({ manifests: "given", extraArgs: ["a"] });
  });

  it.each([
    ["tools/labels", "tools/labels"],
    ["oci://own.example/tools/labels:v1", "tools/labels"],
    [`oci://own.example/tools/deep/labels@${DIGEST}`, "tools/deep/labels"],
    ["oci://other.example/tools/labels:v1", undefined],
    ["https://own.example/labels.wasm", undefined],
    ["./labels.wasm", undefined],
  ])("are named by references to this registry: %s", (plugin, name) => {
    const place = setUp().renderers.placeOf(plugin);
    expect(place === undefined ? undefined : `${place.project}/${place.repository}`).toBe(name);
  });

  it.each<[string, Parameters<typeof setUp>[0], string, RegExp]>([
    ["another registry's", {}, "oci://other.example/tools/labels:v1", /is not a plugin of this registry/],
    ["one that is not there", {}, "tools/none:v1", /there is none/],
    ["one of another type", { yaml: `${YAML}type: policy/v1\n` }, "tools/labels", /is a policy\/v1 plugin/],
    [
      "one that imports more than is granted",
      { module: { ...PLAIN, imports: ["http_request"] } },
      "tools/labels",
      /no hosts are granted/,
    ],
    [
      "a program",
      { yaml: `${YAML.replace("extism/v1", "subprocess")}type: postrenderer/v1\n` },
      "tools/labels",
      /Build it as a WASM plugin/,
    ],
  ])("refuse %s before anything is recorded", async (_name, options, plugin, detail) => {
    const pin = setUp(options).renderers.pin({ ...wanted, plugin });
    await expect(pin).rejects.toMatchObject({ code: "invalid-request", message: expect.stringMatching(detail) });
  });

  it("are opened once for all configurations, and called with each", async () => {
    const { renderers, opened, calls } = setUp();
    for (const team of ["red", "blue", "red"]) {
      await renderers.run(await renderers.pin({ ...wanted, config: { team } }), "given");
    }
    expect(opened).toHaveLength(1);
    expect(calls.map(({ plugin }) => plugin.config)).toEqual([{ team: "red" }, { team: "blue" }, { team: "red" }]);
  });

  it("are refused where the runtime runs none", async () => {
    const { deps } = setUp();
    const { pin } = createPostRenderers({ ...deps, host: undefined });
    await expect(pin(wanted)).rejects.toMatchObject({
      code: "invalid-request",
      message: "this server runs no plugins",
    });
  });

  it("have the operator's configuration over the request's", async () => {
    const config = "plugins: [{plugin: tools/labels, config: {team: red, extra: x}, limits: {milliseconds: 5}}]";
    const { renderers, calls } = setUp({ config });
    await renderers.run(await renderers.pin({ ...wanted, config: { team: "blue", own: "o" } }), "given");
    expect(calls[0]?.plugin.config).toEqual({ team: "red", extra: "x", own: "o" });
    expect(calls[0]?.plugin.limits).toEqual({ ...NO_GRANT.limits, milliseconds: 5 });
  });

  it.each([
    ["tools/labels", ["api.example.com"]],
    ["tools/labels2", []],
    ["other/labels", []],
  ])("have no grant but the one that names their repository: one for %s", async (repository, hosts) => {
    const config = `plugins: [{plugin: ${repository}, hosts: [api.example.com]}]`;
    const { renderers, calls } = setUp({ config });
    await renderers.run(await renderers.pin(wanted), "given");
    expect(calls[0]?.plugin.hosts).toEqual(hosts);
  });

  it.each([
    ["its module", digestOf(wasm(PLAIN))],
    ["its artifact", DIGEST],
  ])("have a grant that names the digest of %s", async (_name, digest) => {
    const { renderers, calls } = setUp({
      config: `plugins: [{plugin: tools/labels, digest: "${digest}", config: {team: red}}]`,
    });
    const pinned = await renderers.pin(wanted);
    for (const given of ["a", "b"]) await renderers.run(pinned, given);
    expect(calls.map(({ plugin }) => plugin.config)).toEqual([{ team: "red" }, { team: "red" }]);
  });

  it("are refused where their grants name other digests", async () => {
    const other = `sha256:${"2".repeat(64)}`;
    const { renderers } = setUp({ config: `plugins: [{plugin: tools/labels, digest: "${other}"}]` });
    await expect(renderers.pin(wanted)).rejects.toMatchObject({
      code: "invalid-request",
      message: expect.stringContaining(
        `it is granted to ${other} alone, and this is ${digestOf(wasm(PLAIN))} of the artifact ${DIGEST}`,
      ),
    });
  });
});
