import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { chooseVersion, sortVersions } from "../../../registry/projects/choose-version.ts";
import { matchesPattern } from "../../../registry/projects/pattern.ts";
import { chartToOci } from "../../../registry/projects/chart-to-oci.ts";
import { openRegistry, packChart, sha256 } from "../../support/registry.ts";
import { answerFiles, answerFrom, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const of = (...versions: string[]) => versions.map((version) => ({ version }));

describe("the version that Helm would take", () => {
  it.each([
    ["", ["1.0.0", "2.0.0", "10.0.0", "11.0.0-rc.1"], "10.0.0"],
    ["1.x", ["1.0.0", "1.10.0", "1.9.0", "2.0.0"], "1.10.0"],
    ["^1.2", ["1.1.0", "1.2.0", "1.3.0-beta"], "1.2.0"],
    [">=1.0.0 <2", ["1.0.0", "1.5.0", "2.0.0"], "1.5.0"],
    ["1.2.3", ["1.2.3", "1.2.4"], "1.2.3"],
    ["1.2", ["1.2.3", "1.2.4", "1.3.0"], "1.2.4"],
    ["v1.2.3", ["1.2.3", "v1.2.3"], "v1.2.3"],
    ["1.2.3", ["v1.2.3"], "v1.2.3"],
    ["", ["v9.0.0", "1.0.0"], "1.0.0"],
    [">0.0.0-0", ["1.0.0", "2.0.0-rc.1"], "2.0.0-rc.1"],
    ["9.x", ["1.0.0"], undefined],
    ["nonsense!", ["1.0.0"], undefined],
    ["nightly", ["nightly", "1.0.0"], "nightly"],
    ["", [], undefined],
  ])("for %j of %j is %s", (wanted, versions, chosen) => {
    expect(chooseVersion(of(...versions), wanted, false)?.version).toBe(chosen);
  });

  it("may be a pre-release for those who develop", () => {
    expect(chooseVersion(of("1.0.0", "2.0.0-rc.1"), "", true)?.version).toBe("2.0.0-rc.1");
  });

  it("lists go from new to old, what is no version last", () => {
    expect(sortVersions(of("1.0.0", "x", "1.10.0", "1.9.0", "1.10.0-rc.1")).map((item) => item.version)).toEqual([
      "1.10.0",
      "1.10.0-rc.1",
      "1.9.0",
      "1.0.0",
      "x",
    ]);
  });
});

describe("pushed charts", () => {
  it("are resolved by version, constraint, nothing and digest", async () => {
    const registry = openRegistry();
    const { charts } = registry;
    const old = await registry.pushChart("charts", { name: "web", version: "1.0.0" });
    const current = await registry.pushChart("charts", { name: "web", version: "1.1.0+b.1" });
    const at = { project: "charts", name: "web" };
    expect(await charts.resolveChart({ ...at, version: "1.0.0" })).toEqual({
      reference: "oci://registry.test/charts/web:1.0.0",
      project: "charts",
      name: "web",
      version: "1.0.0",
      digest: old,
      archive: sha256(await packChart({ name: "web", version: "1.0.0" })),
    });
    expect(await charts.resolveChart(at)).toMatchObject({
      version: "1.1.0+b.1",
      digest: current,
      reference: "oci://registry.test/charts/web:1.1.0_b.1",
    });
    expect((await charts.resolveChart({ ...at, version: "~1.0" })).digest).toBe(old);
    expect(await charts.resolveChart({ ...at, digest: old })).toMatchObject({
      reference: `oci://registry.test/charts/web@${old}`,
      version: "1.0.0",
    });
    expect((await charts.listVersions("charts", "web")).map((item) => [item.version, item.digest])).toEqual([
      ["1.1.0+b.1", current],
      ["1.0.0", old],
    ]);
  });

  it("are opened by digest, and only in their repository", async () => {
    const registry = openRegistry();
    const digest = await registry.pushChart("charts", { name: "web", version: "1.0.0" });
    await registry.pushChart("charts", { name: "other", version: "1.0.0" });
    const archive = await packChart({ name: "web", version: "1.0.0" });
    expect(await registry.charts.openChartArchive({ project: "charts", name: "web", digest })).toEqual(archive);
    expect(await registry.charts.openChartArchive({ project: "charts", name: "other", digest })).toBeUndefined();
    expect(await registry.charts.openChartArchive({ project: "charts", name: "web", digest: "x" })).toBeUndefined();
    expect(await registry.charts.openChartProvenance({ project: "charts", name: "web", digest })).toBeUndefined();
  });

  it("are refused with a code that says why", async () => {
    const registry = openRegistry();
    await registry.pushChart("charts", { name: "web", version: "1.0.0" });
    await registry.pushImage("charts/image", "1.0.0", "x");
    const code = async (query: Parameters<typeof registry.charts.resolveChart>[0]) =>
      await registry.charts.resolveChart(query).then(
        () => "found",
        (error: { code: string }) => error.code,
      );
    const project = "charts";
    expect(await code({ project, name: "none" })).toBe("chart-not-found");
    expect(await code({ project: "none", name: "web" })).toBe("chart-not-found");
    expect(await code({ project, name: "web", version: "9" })).toBe("version-not-found");
    expect(await code({ project, name: "web", digest: `sha256:${"0".repeat(64)}` })).toBe("version-not-found");
    expect(await code({ project, name: "image", version: "1.0.0" })).toBe("not-a-chart");
    expect(await code({ project, name: "../web" })).toBe("invalid-reference");
  });

  it("are listed page by page, and a list follows pushes and deletes", async () => {
    const registry = openRegistry();
    for (const name of ["c", "a", "b"]) await registry.pushChart("charts", { name, version: "1.0.0" });
    await registry.pushChart("charts", { name: "web", version: "1.0.0", repository: "team/web" });
    const first = await registry.charts.listCharts("charts", { limit: 2 });
    expect(first.names).toEqual(["a", "b"]);
    const rest = await registry.charts.listCharts("charts", { limit: 10, after: first.next ?? "" });
    expect([rest.names, rest.next]).toEqual([["c", "team/web"], undefined]);
    expect((await registry.charts.listCharts("none", { limit: 10 })).names).toEqual([]);
  });
});

describe("the index of pushed charts", () => {
  it("changes at once with a push or delete, has an ETag and comes packed", async () => {
    const store = createMemoryStore();
    const registry = openRegistry({ store });
    const another = openRegistry({ store });
    const index = async (from = registry) =>
      (await (await from.ask("GET", "/helm/charts/index.yaml")).json()) as {
        entries: Record<string, { version: string }[]>;
      };
    expect((await index()).entries).toEqual({});
    const digest = await registry.pushChart("charts", { name: "web", version: "1.0.0" });
    const archive = await packChart({ name: "web", version: "1.0.0" });
    expect((await index()).entries).toEqual({
      web: [
        {
          apiVersion: "v2",
          name: "web",
          version: "1.0.0",
          urls: ["web-1.0.0.tgz"],
          digest: sha256(archive).slice(7),
          created: "2024-01-02T03:04:05Z",
        },
      ],
    });
    await another.pushChart("charts", { name: "web", version: "1.1.0" });
    expect((await index()).entries["web"]?.map((entry) => entry.version)).toEqual(["1.1.0", "1.0.0"]);
    await registry.ask("DELETE", `/v2/charts/web/manifests/${digest}`);
    for (const from of [registry, another]) {
      expect((await index(from)).entries["web"]?.map((entry) => entry.version)).toEqual(["1.1.0"]);
    }
    const plain = await registry.ask("GET", "/helm/charts/index.yaml");
    const etag = plain.headers.get("etag") ?? "";
    expect((await registry.ask("GET", "/helm/charts/index.yaml", { headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
    const packed = await registry.ask("GET", "/helm/charts/index.yaml", { headers: { "accept-encoding": "gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const { gunzipSync } = await import("node:zlib");
    expect(gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString()).toBe(await plain.text());
    expect((await registry.ask("HEAD", "/helm/charts/index.yaml")).headers.get("content-length")).toBe(
      plain.headers.get("content-length"),
    );
  });

  it("leaves out what is no chart", async () => {
    const registry = openRegistry();
    await registry.pushImage("charts/image", "1.0.0", "x");
    await registry.pushChart("charts", { name: "web", version: "1.0.0" });
    await registry.pushImage("charts/web", "latest", "x");
    const { entries } = (await (await registry.ask("GET", "/helm/charts/index.json")).json()) as { entries: object };
    expect(Object.keys(entries)).toEqual(["web"]);
  });

  it("names archives that can be fetched, whatever dashes and digits their names have", async () => {
    const registry = openRegistry();
    for (const [name, version] of [
      ["a-1", "2.0.0"],
      ["a", "1-2.0.0"],
      ["k8s-app", "1.0.0-rc-1.2"],
      ["x-2-y", "0.1.0+b"],
    ] as const) {
      await registry.pushChart("charts", { name, version });
      const response = await registry.ask("GET", `/helm/charts/${name}-${version}.tgz`);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
    await registry.pushChart("charts", { name: "web", version: "1.0.0", repository: "team/web" });
    expect((await registry.ask("GET", "/helm/charts/team/web-1.0.0.tgz")).status).toBe(200);
    for (const path of ["index.txt", "a.tgz", "a-x.tgz", "-1.tgz", "%E0%A4%A.tgz", "..-1.0.0.tgz"]) {
      expect((await registry.ask("GET", `/helm/charts/${path}`)).status).toBe(404);
    }
    expect((await registry.ask("GET", "/helm/none/index.yaml")).status).toBe(404);
    expect((await registry.ask("PUT", "/helm/charts/index.yaml")).status).toBe(405);
  });
});

describe("charts of upstreams", () => {
  it("are resolved without a pull of every version, and to the digest of the artifact", async () => {
    const one = await packChart({ name: "web", version: "1.0.0" });
    const two = await packChart({ name: "web", version: "2.0.0" });
    const egress = fakeEgress(
      answerFiles({
        "/repo/index.yaml": `apiVersion: v1\nentries:\n  web:\n${["1.0.0", "2.0.0"]
          .map((version) => `  - name: web\n    version: ${version}\n    urls: [web-${version}.tgz]\n`)
          .join("")}`,
        "/repo/web-1.0.0.tgz": one,
        "/repo/web-2.0.0.tgz": two,
      }),
    );
    const registry = openRegistry({ projects: [{ kind: "proxy", name: "up", upstream: classicUpstream() }], egress });
    const resolved = await registry.charts.resolveChart({ project: "up", name: "web" });
    expect(resolved).toMatchObject({ version: "2.0.0", digest: (await chartToOci(two, undefined)).digest });
    expect(egress.take()).not.toContain("GET /repo/web-1.0.0.tgz");
    expect(await registry.charts.openChartArchive(resolved)).toEqual(two);
    expect((await registry.charts.listVersions("up", "web")).map((item) => [item.version, item.digest])).toEqual([
      ["2.0.0", resolved.digest],
      ["1.0.0", undefined],
    ]);
    expect((await registry.charts.listCharts("up", { limit: 10 })).names).toEqual(["web"]);
  });

  it("of another registry are resolved by its tags", async () => {
    const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
    await origin.pushChart("lib", { name: "web", version: "1.0.0" });
    const digest = await origin.pushChart("lib", { name: "web", version: "1.2.0" });
    const upstream = ociUpstream({ prefix: "lib/" });
    const registry = openRegistry({
      projects: [{ kind: "proxy", name: "up", upstream }],
      egress: fakeEgress(answerFrom(origin)),
    });
    const resolved = await registry.charts.resolveChart({ project: "up", name: "web", version: "1.x" });
    expect(resolved).toMatchObject({ version: "1.2.0", digest });
    expect(await registry.charts.openChartArchive(resolved)).toEqual(
      await packChart({ name: "web", version: "1.2.0" }),
    );
  });
});

describe("a group", () => {
  const projects = (more = {}) =>
    [
      { kind: "hosted", name: "own" },
      { kind: "hosted", name: "other" },
      {
        kind: "group",
        name: "all",
        members: [{ project: "own", own: ["secure-*"] }, { project: "missing" }, { project: "other" }],
        ...more,
      },
    ] as const;
  const open = (store: ObjectStore, more = {}) => openRegistry({ store, projects: projects(more) });
  const tags = async (registry: ReturnType<typeof open>, name: string) => {
    const response = await registry.ask("GET", `/v2/all/${name}/tags/list`);
    return response.status === 200 ? ((await response.json()) as { tags: string[] }).tags : response.status;
  };

  it("shows the first member that holds a name, with all its versions and no others", async () => {
    const registry = open(createMemoryStore());
    await registry.pushChart("other", { name: "web", version: "1.0.0" });
    await registry.pushChart("other", { name: "db", version: "3.0.0" });
    expect(await tags(registry, "web")).toEqual(["1.0.0"]);
    await registry.pushChart("own", { name: "web", version: "2.0.0" });
    expect(await tags(registry, "web")).toEqual(["2.0.0"]);
    expect((await registry.ask("GET", "/v2/all/web/manifests/1.0.0")).status).toBe(404);
    expect((await registry.ask("GET", "/v2/all/web/manifests/2.0.0")).status).toBe(200);
    expect(await tags(registry, "db")).toEqual(["3.0.0"]);
    expect((await registry.charts.listCharts("all", { limit: 10 })).names).toEqual(["db", "web"]);
    expect((await registry.charts.resolveChart({ project: "all", name: "web" })).version).toBe("2.0.0");
    expect((await registry.ask("GET", "/helm/all/web-2.0.0.tgz")).status).toBe(200);
  });

  it("keeps a reserved name for its owner, though nothing is there yet", async () => {
    const registry = open(createMemoryStore());
    await registry.pushChart("other", { name: "secure-login", version: "6.6.6" });
    expect((await registry.ask("GET", "/v2/all/secure-login/manifests/6.6.6")).status).toBe(404);
    expect(await tags(registry, "secure-login")).toBe(404);
  });

  it("unites what it is told to", async () => {
    const registry = open(createMemoryStore(), { merge: ["web"] });
    await registry.pushChart("other", { name: "web", version: "1.0.0" });
    await registry.pushChart("own", { name: "web", version: "2.0.0" });
    expect(await tags(registry, "web")).toEqual(["1.0.0", "2.0.0"]);
    expect((await registry.ask("GET", "/v2/all/web/manifests/1.0.0")).status).toBe(200);
    expect((await registry.charts.resolveChart({ project: "all", name: "web", version: "1.x" })).version).toBe("1.0.0");
  });

  it("never takes a member in error for one that has nothing", async () => {
    const egress = fakeEgress(() => undefined);
    const registry = openRegistry({
      egress,
      projects: [
        { kind: "proxy", name: "first", upstream: ociUpstream() },
        { kind: "hosted", name: "second" },
        { kind: "group", name: "all", members: [{ project: "first" }, { project: "second" }] },
      ],
    });
    await registry.pushChart("second", { name: "web", version: "1.0.0" });
    expect((await registry.ask("GET", "/v2/all/web/manifests/1.0.0")).status).toBe(503);
  });

  it("takes no pushes, and ends a circle", async () => {
    const registry = openRegistry({
      projects: [
        { kind: "group", name: "a", members: [{ project: "b" }] },
        { kind: "group", name: "b", members: [{ project: "a" }] },
      ],
    });
    expect((await registry.ask("POST", "/v2/a/x/blobs/uploads/")).status).toBe(403);
    expect((await registry.ask("GET", "/v2/a/x/manifests/1")).status).toBe(404);
    expect((await registry.charts.listCharts("a", { limit: 10 })).names).toEqual([]);
  });

  it.each([
    ["web", "web", true],
    ["web", "web2", false],
    ["*", "anything/at/all", true],
    ["secure-*", "secure-login", true],
    ["*-login", "secure-login", true],
    ["a*b*c", "aXbYc", true],
    ["a*b*c", "acb", false],
    ["ab*ba", "aba", false],
    ["", "", true],
  ])("pattern %j takes %j: %s", (pattern, text, taken) => {
    expect(matchesPattern(pattern, text)).toBe(taken);
  });
});
