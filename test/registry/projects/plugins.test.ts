import { describe, expect, it } from "vitest";
import { wasm } from "../../support/wasm.ts";
import { HOSTED, MANIFEST, openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { pushPlugin } from "../../support/push-plugin.ts";

const bytes = wasm({ code: () => [0x41, 0] });
const YAML = "apiVersion: v1\nname: labels\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n";

function setUp() {
  const registry = openRegistry({
    projects: [HOSTED, { kind: "group", name: "all", members: [{ project: "charts" }] }],
  });
  const push = (repository: string, plugin: Parameters<typeof pushPlugin>[3]) =>
    pushPlugin(
      (path, { method = "GET", body, headers }) =>
        registry.ask(method, path, { body: body as BodyInit, headers: headers as Record<string, string> }),
      repository,
      "v1",
      plugin,
    );
  return { registry, push };
}

const open = (registry: TestRegistry, name: string, project = "charts") =>
  registry.plugins.open({ project, name, tag: "v1" });

describe("plugins in the registry", () => {
  it.each(["charts", "all"])("are helm's archives, with their plugin.yaml, through the project %s", async (project) => {
    const { registry, push } = setUp();
    const digest = await push("charts/labels", { kind: "archive", yaml: YAML, bytes });
    expect(await registry.plugins.resolve({ project, name: "labels", tag: "v1" })).toBe(digest);
    const plugin = await registry.plugins.open({ project, name: "labels", digest });
    expect(plugin).toMatchObject({ name: "labels", artifact: digest, digest: sha256(bytes), bytes });
    expect(plugin.metadata).toMatchObject({ name: "labels", config: { type: "postrenderer/v1" } });
  });

  it("are bare modules, as oras pushes a file", async () => {
    const { registry, push } = setUp();
    const artifact = await push("charts/deep/labels", { kind: "module", bytes });
    expect(await open(registry, "deep/labels")).toEqual({
      name: "labels",
      owner: "charts",
      artifact,
      digest: sha256(bytes),
      bytes,
    });
  });

  it("are found as plugin.yaml says they are programs, without a module", async () => {
    const { registry, push } = setUp();
    const yaml = YAML.replace("extism/v1", "subprocess");
    await push("charts/labels", { kind: "archive", yaml, bytes });
    expect((await open(registry, "labels")).metadata?.runtime).toEqual({ kind: "subprocess" });
  });

  it.each([
    ["of a project that is not there", "labels", "none"],
    ["that nobody pushed", "labels", "charts"],
    ["whose name is none", "La Bels", "charts"],
  ])("are not found %s", async (_name, name, project) => {
    await expect(open(setUp().registry, name, project)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are no images, and say which layer was looked for", async () => {
    const { registry } = setUp();
    await registry.pushImage("charts/labels", "v1", "text");
    await expect(open(registry, "labels")).rejects.toMatchObject({
      code: "invalid-module",
      message: expect.stringContaining("required layer matching pattern labels-VERSION.tgz not found in manifest"),
    });
  });

  it("are refused by the size that their manifest tells, before they are read", async () => {
    const { registry } = setUp();
    const config = await registry.pushBlob("charts/labels", utf8("{}"));
    const layer = utf8("small");
    const digest = await registry.pushBlob("charts/labels", layer);
    const titled = { annotations: { "org.opencontainers.image.title": "labels.wasm" } };
    const made = await registry.pushManifest("charts/labels", "v1", {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: config, size: 2 },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: 50_000_000, ...titled }],
    });
    expect(made.status).toBe(201);
    await expect(open(registry, "labels")).rejects.toMatchObject({ code: "invalid-module" });
  });
});
