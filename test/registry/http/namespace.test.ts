import { beforeAll, describe, expect, it } from "vitest";
import type { Project } from "../../../registry/projects/project.ts";
import { openRegistry, type TestRegistry } from "../../support/registry.ts";
import { answerFrom, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const projects: readonly Project[] = [
  { kind: "hosted", name: "charts" },
  { kind: "proxy", name: "all", upstream: ociUpstream() },
  { kind: "proxy", name: "libs", upstream: ociUpstream({ prefix: "lib/" }) },
  { kind: "proxy", name: "hub", upstream: ociUpstream({ url: "https://registry-1.docker.io" }) },
];
const host = new URL(ociUpstream().url).host;

describe("a read in a namespace", () => {
  let registry: TestRegistry;
  let digest = "";
  beforeAll(async () => {
    const origin = openRegistry({
      projects: ["lib", "other"].map((name) => ({ kind: "hosted" as const, name })),
    });
    digest = await origin.pushImage("lib/web", "1.0.0", "layer");
    await origin.pushImage("other/web", "2.0.0", "layer");
    registry = openRegistry({ projects, egress: fakeEgress(answerFrom(origin)) });
    await registry.pushImage("charts/web", "3.0.0", "ours");
  });

  it.each([
    ["of an upstream with the name's prefix", "lib/web/manifests/1.0.0", host, 200, "libs"],
    ["of an upstream without a prefix", "other/web/manifests/2.0.0", host, 200, "all"],
    ["that Docker's clients say", "library/web/manifests/1.0.0", "docker.io", 404, "hub"],
    ["of nobody", "other/web/manifests/2.0.0", "quay.example", 404, undefined],
    ["of an upstream, with a project's own name", "charts/web/manifests/3.0.0", host, 200, undefined],
    ["of nobody, with a project's own name", "charts/web/manifests/3.0.0", "quay.example", 200, undefined],
    ["of an upstream, by its project", "all/other/web/manifests/2.0.0", host, 200, undefined],
    ["of an upstream, for tags", "other/web/tags/list", host, 200, "all"],
    ["that is empty", "other/web/manifests/2.0.0", "", 404, undefined],
  ])("%s is answered", async (_what, path, namespace, status, project) => {
    const response = await registry.ask("GET", `/v2/${path}?ns=${encodeURIComponent(namespace)}`);
    expect([response.status, response.headers.get("oci-namespace")]).toEqual([
      status,
      project === undefined ? null : namespace,
    ]);
    expect(registry.defects).toEqual([]);
  });

  it("gives the manifest and the blobs of the upstream, by HEAD and GET", async () => {
    const manifest = await registry.ask("HEAD", `/v2/lib/web/manifests/1.0.0?ns=${host}`);
    expect(manifest.headers.get("docker-content-digest")).toBe(digest);
    const { layers } = await (await registry.ask("GET", `/v2/lib/web/manifests/${digest}?ns=${host}`)).json();
    const blob = await registry.ask("GET", `/v2/lib/web/blobs/${layers[0].digest}?ns=${host}`);
    expect([blob.status, await blob.text()]).toEqual([200, "layer"]);
  });

  it("is decided on as a read of the project, and pushes take no namespace", async () => {
    const asked: string[] = [];
    const watched = openRegistry({
      projects,
      access: {
        decide: ({ wishes }) => {
          asked.push(...wishes.map(({ repository }) => repository));
          return { kind: "deny" };
        },
      },
    });
    await watched.ask("GET", `/v2/other/web/manifests/1.0.0?ns=${host}`);
    await watched.ask("POST", `/v2/other/web/blobs/uploads/?ns=${host}`);
    expect(asked).toEqual(["all/other/web", "other/web"]);
  });
});
