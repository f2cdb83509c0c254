import { describe, expect, it } from "vitest";
import { parseConstraint } from "../../../engine/semver/index.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { PullPolicy } from "../../../registry/projects/pull-policy.ts";
import {
  descriptor,
  errorCodes,
  imageOf,
  MANIFEST,
  openRegistry,
  packChart,
  sha256,
  utf8,
} from "../../support/registry.ts";
import { answerFiles, answerFrom, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const HOUR = 3_600_000;
const START = Date.parse("2024-06-01T00:00:00Z");

function openOci(policy: PullPolicy) {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  const clock = { now: START };
  const egress = fakeEgress(answerFrom(origin));
  const registry = openRegistry({
    projects: [{ kind: "proxy", name: "up", upstream: ociUpstream({ prefix: "lib/" }), policy }],
    store: createMemoryStore(),
    egress,
    now: () => clock.now,
  });
  const get = async (path: string): Promise<string> => {
    const response = await registry.ask("GET", `/v2/up/${path}`);
    if (response.status === 200)
      return `200 ${response.headers.get("docker-content-digest") ?? (await response.text())}`;
    const { errors } = (await response.json()) as { errors: readonly { message: string }[] };
    return `${response.status} ${errors[0]?.message ?? ""}`;
  };
  const tags = async (repository = "web"): Promise<unknown> =>
    ((await (await registry.ask("GET", `/v2/up/${repository}/tags/list`)).json()) as { tags?: unknown }).tags;
  return { origin, registry, egress, clock, get, tags };
}

/** Pushes an artifact with annotations; gives its digest. */
async function pushStated(
  { origin }: ReturnType<typeof openOci>,
  reference: string,
  { annotations, layer, subject }: { annotations?: object; layer: string; subject?: object },
): Promise<string> {
  const manifest = { ...imageOf(utf8("{}"), utf8(layer)), annotations, ...(subject === undefined ? {} : { subject }) };
  await origin.pushBlob("lib/web", utf8("{}"));
  await origin.pushBlob("lib/web", utf8(layer));
  const digest = sha256(utf8(JSON.stringify(manifest)));
  await origin.pushManifest("lib/web", reference === "" ? digest : reference, manifest);
  return digest;
}

const dated = (created: string, version = "1.0.0") => ({
  "org.opencontainers.image.created": created,
  "org.opencontainers.image.version": version,
});

describe("a list of charts and versions that may be pulled", () => {
  const policy: PullPolicy = { allow: [{ charts: "web", versions: parseConstraint(">=1.0 <2") }, { charts: "lib-*" }] };

  it("refuses everything else before the upstream is asked", async () => {
    const world = openOci(policy);
    const digest = await world.origin.pushImage("lib/web", "2.0.0", "x");
    await world.origin.pushImage("lib/other", "1.0.0", "x");
    expect(await world.get("other/manifests/1.0.0")).toBe("403 other:1.0.0 is not in the list of what may be pulled");
    expect(await world.get(`other/manifests/${digest}`)).toBe("403 other is not in the list of what may be pulled");
    expect(await world.get("other/tags/list")).toBe("403 other is not in the list of what may be pulled");
    expect(await world.get("web/manifests/2.0.0")).toBe("403 web:2.0.0 is not in the list of what may be pulled");
    expect(await world.get("web/manifests/latest")).toBe("403 web:latest is not in the list of what may be pulled");
    expect(await world.get(`web/blobs/${sha256(utf8("x"))}`)).toMatch(/^404/);
    expect(world.egress.take()).toEqual([]);
  });

  it("gives and lists what it names, with its blobs", async () => {
    const world = openOci(policy);
    const digest = await world.origin.pushImage("lib/web", "1.5.0", "x");
    for (const tag of ["0.9.0", "2.0.0", "latest"]) await world.origin.pushImage("lib/web", tag, tag);
    expect(await world.tags()).toEqual(["1.5.0"]);
    expect(await world.get("web/manifests/1.5.0")).toBe(`200 ${digest}`);
    expect(await world.get(`web/manifests/${digest}`)).toBe(`200 ${digest}`);
    expect(await world.get(`web/blobs/${sha256(utf8("x"))}`)).toMatch(/^200/);
    const other = await world.origin.pushImage("lib/lib-a", "latest", "y");
    expect(await world.get("lib-a/manifests/latest")).toBe(`200 ${other}`);
  });

  it("fills pages although most tags are left out", async () => {
    const world = openOci(policy);
    for (const tag of ["0.1.0", "0.2.0", "0.3.0", "1.1.0", "1.2.0", "1.3.0"])
      await world.origin.pushImage("lib/web", tag, "x");
    const first = await world.registry.ask("GET", "/v2/up/web/tags/list?n=2");
    expect(await first.json()).toMatchObject({ tags: ["1.1.0", "1.2.0"] });
    const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect(await (await world.registry.ask("GET", next)).json()).toMatchObject({ tags: ["1.3.0"] });
  });

  it("judges a digest by the version that it states", async () => {
    const world = openOci(policy);
    const rows = [
      ["1.9.0", /^200 /],
      ["2.0.0", /^403 web 2\.0\.0 is not in the list/],
      [undefined, /^403 web by this digest is not in the list/],
    ] as const;
    for (const [version, expected] of rows) {
      const annotations = version === undefined ? {} : dated("2024-01-01T00:00:00Z", version);
      const digest = await pushStated(world, "", { annotations, layer: `layer ${version}` });
      expect(await world.get(`web/manifests/${digest}`)).toMatch(expected);
      const blob = await world.get(`web/blobs/${sha256(utf8(`layer ${version}`))}`);
      expect(blob).toMatch(version === "1.9.0" ? /^200/ : /^404/);
    }
  });

  it("gives what refers to an admitted artifact, but no chart that only says so", async () => {
    const world = openOci(policy);
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const subject = { mediaType: MANIFEST, digest, size: 1 };
    const signature = await pushStated(world, "", { layer: "signature", subject });
    expect(await world.get(`web/manifests/${signature}`)).toMatch(/^403/);
    await world.get("web/manifests/1.0.0");
    expect(await world.get(`web/manifests/${signature}`)).toBe(`200 ${signature}`);
    const archive = await packChart({ name: "web", version: "9.0.0" });
    const config = utf8('{"name":"web","version":"9.0.0"}');
    for (const blob of [archive, config]) await world.origin.pushBlob("lib/web", blob);
    const chart = {
      schemaVersion: 2,
      config: descriptor("application/vnd.cncf.helm.config.v1+json", config),
      layers: [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)],
      subject: { mediaType: MANIFEST, digest, size: 1 },
    };
    await world.origin.pushManifest("lib/web", "9.0.0", chart);
    expect(await world.get(`web/manifests/${sha256(utf8(JSON.stringify(chart)))}`)).toMatch(/^403/);
  });
});

describe("a cooldown of 24 hours", () => {
  const policy: PullPolicy = { cooldown: 24 * HOUR };

  it("keeps a new version back until it is old enough by its date", async () => {
    const world = openOci(policy);
    const digest = await pushStated(world, "1.0.0", { annotations: dated("2024-05-31T12:00:00Z"), layer: "x" });
    const refused = "403 web 1.0.0 is too new: it may be pulled from 2024-06-01T12:00:00Z on";
    expect(await world.get("web/manifests/1.0.0")).toBe(refused);
    expect(await world.get(`web/manifests/${digest}`)).toBe(refused);
    expect(await world.get(`web/blobs/${sha256(utf8("x"))}`)).toMatch(/^404/);
    world.clock.now += 12 * HOUR;
    expect(await world.get("web/manifests/1.0.0")).toBe(`200 ${digest}`);
    expect(await world.get(`web/blobs/${sha256(utf8("x"))}`)).toMatch(/^200/);
  });

  it.each([
    ["without a date", policy, undefined],
    ["with a date to come", policy, "2030-01-01T00:00:00Z"],
    ["where dates are not believed", { ...policy, agedFrom: "first-seen" as const }, "2020-01-01T00:00:00Z"],
  ])("counts from the first sight %s", async (_name, chosen, created) => {
    const world = openOci(chosen);
    const annotations = created === undefined ? {} : dated(created);
    const digest = await pushStated(world, "1.0.0", { annotations, layer: "x" });
    expect(await world.get("web/manifests/1.0.0")).toBe(
      "403 web 1.0.0 is too new: it may be pulled from 2024-06-02T00:00:00Z on",
    );
    world.clock.now += 24 * HOUR;
    expect(await world.get("web/manifests/1.0.0")).toBe(`200 ${digest}`);
  });

  it("lets a tag that moved mean what was admitted, whatever date the new digest claims", async () => {
    const world = openOci(policy);
    const old = await pushStated(world, "1.0.0", { annotations: dated("2024-01-01T00:00:00Z"), layer: "old" });
    expect(await world.get("web/manifests/1.0.0")).toBe(`200 ${old}`);
    const moved = await pushStated(world, "1.0.0", { annotations: dated("2020-01-01T00:00:00Z"), layer: "evil" });
    world.clock.now += HOUR;
    expect(await world.get("web/manifests/1.0.0")).toBe(`200 ${old}`);
    expect(await world.get(`web/manifests/${moved}`)).toMatch(/^403 .*2024-06-02T01:00:00Z/);
    expect(await world.get(`web/blobs/${sha256(utf8("evil"))}`)).toMatch(/^404/);
    world.clock.now += 24 * HOUR;
    expect(await world.get("web/manifests/1.0.0")).toBe(`200 ${moved}`);
    expect(await world.get(`web/manifests/${old}`)).toBe(`200 ${old}`);
  });

  it("hides a version that it refused, and chooses the next", async () => {
    const world = openOci({ ...policy, agedFrom: "first-seen" });
    const { registry, clock, origin } = world;
    const resolved = async (version: string): Promise<string> => {
      const chart = { project: "up", name: "web", version };
      return await registry.charts.resolveChart(chart).then(
        (found) => found.version,
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );
    };
    const shown = async () => [
      await world.tags(),
      /web-[0-9.]+tgz/g.exec(await (await registry.ask("GET", "/helm/up/index.yaml")).text())?.[0],
      await resolved("^1"),
      await resolved(""),
    ];
    await origin.pushChart("lib", { name: "web", version: "1.0.0" });
    const tooNew = "web 1.0.0 is too new: it may be pulled from 2024-06-02T00:00:00Z on";
    expect([await resolved("^1"), await resolved("1.0.0")]).toEqual([tooNew, tooNew]);
    expect(await world.tags()).toEqual([]);
    clock.now += 24 * HOUR;
    expect(await shown()).toEqual([["1.0.0"], "web-1.0.0.tgz", "1.0.0", "1.0.0"]);
    for (const version of ["1.1.0", "1.2.0"]) await origin.pushChart("lib", { name: "web", version });
    clock.now += HOUR;
    expect(await resolved("^1")).toBe("1.0.0");
    expect(await resolved("1.2.0")).toMatch(/^web 1\.2\.0 is too new/);
    expect(await shown()).toEqual([["1.0.0"], "web-1.0.0.tgz", "1.0.0", "1.0.0"]);
    expect(await world.get("web/manifests/1.0.0")).toMatch(/^200/);
    clock.now += 24 * HOUR;
    expect(await world.tags()).toEqual(["1.0.0", "1.1.0", "1.2.0"]);
    expect(await resolved("^1")).toBe("1.2.0");
  });

  it("goes on listing a tag that moved to what is too new, for it means what was admitted", async () => {
    const world = openOci(policy);
    await pushStated(world, "1.0.0", { annotations: dated("2024-01-01T00:00:00Z"), layer: "old" });
    await world.get("web/manifests/1.0.0");
    await pushStated(world, "1.0.0", { layer: "new" });
    world.clock.now += HOUR;
    await world.get("web/manifests/1.0.0");
    expect(await world.tags()).toEqual(["1.0.0"]);
  });

  it("goes by the dates of a classic index, and hides what is too new from both faces", async () => {
    const archives = await Promise.all(
      ["1.0.0", "1.1.0"].map(async (version) => await packChart({ name: "web", version })),
    );
    const entry = (version: string, created: string): string =>
      `  - name: web\n    version: ${version}\n    created: "${created}"\n    urls: [web-${version}.tgz]\n`;
    const index = `apiVersion: v1\nentries:\n  web:\n${entry("1.1.0", "2024-05-31T23:00:00Z")}${entry("1.0.0", "2024-01-01T00:00:00Z")}`;
    const clock = { now: START };
    const registry = openRegistry({
      projects: [{ kind: "proxy", name: "up", upstream: classicUpstream(), policy }],
      egress: fakeEgress(
        answerFiles({
          "/repo/index.yaml": index,
          "/repo/web-1.0.0.tgz": archives[0] ?? "",
          "/repo/web-1.1.0.tgz": archives[1] ?? "",
        }),
      ),
      now: () => clock.now,
    });
    const shown = async () => [
      ((await (await registry.ask("GET", "/v2/up/web/tags/list")).json()) as { tags: unknown }).tags,
      (await (await registry.ask("GET", "/helm/up/index.yaml")).text()).includes("web-1.1.0.tgz"),
      (await registry.ask("GET", "/helm/up/web-1.0.0.tgz")).status,
      (await registry.ask("GET", "/helm/up/web-1.1.0.tgz")).status,
      (await registry.charts.resolveChart({ project: "up", name: "web", version: "^1" })).version,
    ];
    expect(await shown()).toEqual([["1.0.0"], false, 200, 403, "1.0.0"]);
    const direct = await registry.ask("GET", "/v2/up/web/manifests/1.1.0");
    expect([direct.status, await errorCodes(direct)]).toEqual([403, ["DENIED"]]);
    clock.now += 24 * HOUR;
    expect(await shown()).toEqual([["1.0.0", "1.1.0"], true, 200, 200, "1.1.0"]);
  });
});
