import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { EgressError } from "../../../engine/oci/egress-error.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { chartToOci } from "../../../registry/projects/chart-to-oci.ts";
import { errorCodes, openRegistry, packChart, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress, type FakeEgress } from "../../support/upstream.ts";

const SIGNATURE = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nx\n";
type Files = Record<string, string | Uint8Array | (() => Response)>;

interface World {
  readonly registry: TestRegistry;
  /** Another process over the same store. */
  readonly again: () => TestRegistry;
  readonly egress: FakeEgress;
  readonly files: Files;
  readonly clock: { now: number };
  readonly archive: Uint8Array;
}

const indexOf = (entries: readonly { version: string; digest?: string; url?: string }[]) =>
  `apiVersion: v1\nentries:\n  web:\n${entries
    .map(
      ({ version, digest, url = `web-${version}.tgz` }) =>
        `  - apiVersion: v2\n    name: web\n    version: ${version}\n    description: upstream's words\n    urls:\n    - ${url}\n${
          digest === undefined ? "" : `    digest: ${digest}\n`
        }`,
    )
    .join("")}`;

async function openWorld(more = {}): Promise<World> {
  const archive = await packChart({ name: "web", version: "1.0.0" });
  const files: Files = {
    "/repo/index.yaml": indexOf([{ version: "1.0.0", digest: sha256(archive).slice(7) }]),
    "/repo/web-1.0.0.tgz": archive,
  };
  const clock = { now: 1_000_000 };
  const egress = fakeEgress(answerFiles(files));
  const store = createMemoryStore();
  const again = (): TestRegistry =>
    openRegistry({
      projects: [{ kind: "proxy", name: "up", upstream: classicUpstream(more) }],
      store,
      egress,
      now: () => clock.now,
    });
  return { registry: again(), again, egress, files, clock, archive };
}

const manifest = (world: World, reference = "1.0.0", method = "GET") =>
  world.registry.ask(method, `/v2/up/web/manifests/${reference}`);

describe("a classic repository as a project", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });

  it("is pulled as OCI: the artifact is the pure function of its bytes", async () => {
    const chart = await chartToOci(world.archive, undefined);
    const response = await manifest(world);
    expect([response.status, response.headers.get("docker-content-digest")]).toEqual([200, chart.digest]);
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(chart.digest);
    const layer = await world.registry.ask("GET", `/v2/up/web/blobs/${chart.archive.digest}`);
    expect(new Uint8Array(await layer.arrayBuffer())).toEqual(world.archive);
    expect((await world.registry.ask("GET", `/v2/up/web/blobs/${chart.config.digest}`)).status).toBe(200);
    expect(await (await world.registry.ask("GET", "/v2/up/web/tags/list")).json()).toEqual({
      name: "up/web",
      tags: ["1.0.0"],
    });
    expect(world.egress.take()).toEqual([
      "GET /repo/index.yaml",
      "GET /repo/web-1.0.0.tgz",
      "GET /repo/web-1.0.0.tgz.prov",
    ]);
    await manifest(world);
    await manifest(world, chart.digest);
    expect(world.egress.take()).toEqual([]);
  });

  it("is a chart repository too, in upstream's words and with our addresses", async () => {
    const response = await world.registry.ask("GET", "/helm/up/index.yaml");
    expect(await response.json()).toMatchObject({
      apiVersion: "v1",
      entries: {
        web: [
          {
            name: "web",
            version: "1.0.0",
            description: "upstream's words",
            urls: ["web-1.0.0.tgz"],
            digest: sha256(world.archive).slice(7),
          },
        ],
      },
    });
    const archive = await world.registry.ask("GET", "/helm/up/web-1.0.0.tgz");
    expect(new Uint8Array(await archive.arrayBuffer())).toEqual(world.archive);
    expect((await world.registry.ask("GET", "/helm/up/web-1.0.0.tgz.prov")).status).toBe(404);
    expect((await world.registry.ask("GET", "/helm/up/web-9.0.0.tgz")).status).toBe(404);
  });

  it("keeps provenance as a layer", async () => {
    world.files["/repo/web-1.0.0.tgz.prov"] = SIGNATURE;
    const chart = await chartToOci(world.archive, utf8(SIGNATURE));
    expect((await manifest(world)).headers.get("docker-content-digest")).toBe(chart.digest);
    expect(await (await world.registry.ask("GET", "/helm/up/web-1.0.0.tgz.prov")).text()).toBe(SIGNATURE);
  });

  it.each([
    ["403, as S3 says it", () => new Response("", { status: 403 })],
    ["200 with a page for any path", () => new Response("<html>")],
  ])("takes %s for a provenance that is not there", async (_name, answer) => {
    world.files["/repo/web-1.0.0.tgz.prov"] = answer;
    const chart = await chartToOci(world.archive, undefined);
    expect((await manifest(world)).headers.get("docker-content-digest")).toBe(chart.digest);
  });

  it("does not convert while it cannot know whether there is a provenance", async () => {
    world.files["/repo/web-1.0.0.tgz.prov"] = () => new Response("", { status: 500 });
    expect((await manifest(world)).status).toBe(502);
    delete world.files["/repo/web-1.0.0.tgz.prov"];
    expect((await manifest(world)).status).toBe(200);
  });

  it("serves what was pulled when the upstream is gone, and lists it", async () => {
    const { headers } = await manifest(world);
    world.egress.down = true;
    world.clock.now += 10 * 60_000;
    expect((await manifest(world)).headers.get("docker-content-digest")).toBe(headers.get("docker-content-digest"));
    world.clock.now += 10_000_000;
    expect((await manifest(world)).headers.get("docker-content-digest")).toBe(headers.get("docker-content-digest"));
    expect(await (await world.registry.ask("GET", "/v2/up/web/tags/list")).json()).toMatchObject({ tags: ["1.0.0"] });
    expect((await world.registry.ask("GET", "/helm/up/web-1.0.0.tgz")).status).toBe(200);
  });

  it("keeps a version that the upstream removed", async () => {
    const { headers } = await manifest(world);
    world.files["/repo/index.yaml"] = indexOf([{ version: "2.0.0" }]);
    world.clock.now += 120_000;
    expect((await manifest(world)).headers.get("docker-content-digest")).toBe(headers.get("docker-content-digest"));
    const list = await world.registry.ask("GET", "/v2/up/web/tags/list");
    expect(await list.json()).toMatchObject({ tags: ["1.0.0", "2.0.0"] });
  });

  it("follows a version that was published again, and the old digest stays", async () => {
    const before = (await manifest(world)).headers.get("docker-content-digest") ?? "";
    const again = await packChart({ name: "web", version: "1.0.0", values: "a: 2\n" });
    world.files["/repo/web-1.0.0.tgz"] = again;
    world.files["/repo/index.yaml"] = indexOf([{ version: "1.0.0", digest: sha256(again).slice(7) }]);
    world.clock.now += 120_000;
    const after = (await manifest(world)).headers.get("docker-content-digest") ?? "";
    expect(after).toBe((await chartToOci(again, undefined)).digest);
    expect(after).not.toBe(before);
    expect((await manifest(world, before)).status).toBe(200);
  });

  it("asks for the index once per ttl, by ETag, and once for many", async () => {
    let answers = 0;
    const text = String(world.files["/repo/index.yaml"]);
    world.files["/repo/index.yaml"] = () => {
      answers++;
      const etag = world.egress.requests.at(-1)?.headers?.["if-none-match"];
      return etag === '"1"'
        ? new Response(null, { status: 304 })
        : new Response(gzipSync(text), { headers: { etag: '"1"', "content-encoding": "gzip" } });
    };
    await Promise.all(Array.from({ length: 20 }, () => manifest(world)));
    expect([answers, world.egress.take().length]).toEqual([1, 3]);
    world.clock.now += 59_000;
    await manifest(world);
    expect(answers).toBe(1);
    world.clock.now += 2000;
    await manifest(world);
    await manifest(world);
    expect([answers, world.egress.take()]).toEqual([2, ["GET /repo/index.yaml"]]);
  });

  it.each([
    ["is a page", () => new Response("<html>")],
    ["is cut off", () => new Response("apiVersion: v1\nentr")],
    ["breaks off", () => new Response(brokenStream(utf8("apiVersion: v1\nentries:\n  other:\n")))],
    ["is an error", () => new Response("", { status: 500 })],
    ["is damaged gzip", () => new Response(utf8("no gzip"), { headers: { "content-encoding": "gzip" } })],
  ])("keeps the last good index when the new one %s", async (name, answer) => {
    expect((await manifest(world, "1.0.0", "HEAD")).status).toBe(200);
    world.files["/repo/index.yaml"] = answer;
    world.clock.now += 120_000;
    const list = await world.registry.ask("GET", "/helm/up/index.yaml");
    if (name !== "is cut off") expect(await list.text()).toContain("upstream's words");
    expect((await manifest(world)).status).toBe(200);
    const charts = (await world.registry.store.list("upstream/up/charts/")).items;
    expect(charts.length).toBeLessThanOrEqual(2);
  });

  it.each([
    [
      "other bytes than the index says",
      async () => await packChart({ name: "web", version: "1.0.0", values: "evil: 1\n" }),
    ],
    ["a page", () => utf8("<html>")],
    ["half of it", (archive: Uint8Array) => archive.slice(0, archive.length >> 1)],
  ])("stores nothing of an archive that is %s", async (_name, body) => {
    world.files["/repo/web-1.0.0.tgz"] = await body(world.archive);
    const response = await manifest(world);
    expect([response.status, await errorCodes(response)]).toEqual([502, ["UNAVAILABLE"]]);
    expect((await world.registry.store.list("blobs/")).items).toEqual([]);
    expect((await world.registry.store.list("tags/")).items).toEqual([]);
    expect((await world.registry.store.list("manifests/")).items).toEqual([]);
  });

  it("does not shut out other charts for one that is broken", async () => {
    const other = await packChart({ name: "web", version: "2.0.0" });
    world.files["/repo/index.yaml"] = indexOf([{ version: "1.0.0", digest: "b".repeat(64) }, { version: "2.0.0" }]);
    world.files["/repo/web-2.0.0.tgz"] = other;
    expect((await manifest(world)).status).toBe(502);
    expect((await manifest(world, "2.0.0")).status).toBe(200);
  });

  it.each<[string, () => Response]>([
    ["has none", () => new Response("", { status: 404 })],
    ["is in error", () => new Response("", { status: 500 })],
    ["wants to be left alone", () => new Response("", { status: 503, headers: { "retry-after": "600" } })],
    ["limits requests", () => new Response("", { status: 429 })],
    ["does not answer", unreachable],
  ])("asks the next mirror when one %s", async (_name, answer) => {
    world.files["/repo/index.yaml"] = indexOf([{ version: "1.0.0" }]).replace(
      "    - web-1.0.0.tgz",
      "    - https://gone.test/gone.tgz\n    - web-1.0.0.tgz",
    );
    world.files["/gone.tgz"] = answer;
    expect((await manifest(world)).status).toBe(200);
  });

  it("leaves a host that the index names alone for itself, in every replica", async () => {
    const hosts = ["gone", "cdn"].map((host, at) => ({
      version: `${at + 2}.0.0`,
      url: `https://${host}.test/${host}.tgz`,
    }));
    world.files["/repo/index.yaml"] = indexOf([{ version: "1.0.0" }, ...hosts]);
    world.files["/gone.tgz"] = () => new Response("", { status: 503, headers: { "retry-after": "600" } });
    world.files["/cdn.tgz"] = await packChart({ name: "web", version: "3.0.0" });
    const first = await manifest(world, "2.0.0");
    expect([first.status, first.headers.get("retry-after")]).toEqual([503, "600"]);
    const replica = { ...world, registry: world.again() };
    world.egress.take();
    for (const { registry } of [world, replica]) {
      const rests = await registry.ask("GET", "/v2/up/web/manifests/2.0.0");
      expect([rests.status, rests.headers.get("retry-after")]).toEqual([503, "600"]);
    }
    expect(world.egress.take()).toEqual([]);
    expect((await manifest(replica, "3.0.0")).status).toBe(200);
    expect((await manifest(world)).status).toBe(200);
    world.clock.now += 600_000;
    world.files["/gone.tgz"] = await packChart({ name: "web", version: "2.0.0" });
    expect((await manifest(world, "2.0.0")).status).toBe(200);
  });

  it("takes versions with +, and finds them by the tag that OCI allows", async () => {
    const archive = await packChart({ name: "web", version: "1.0.0+b.1" });
    world.files["/repo/index.yaml"] = indexOf([{ version: "1.0.0+b.1", url: "web.tgz" }]);
    world.files["/repo/web.tgz"] = archive;
    expect((await manifest(world, "1.0.0_b.1")).status).toBe(200);
    for (const file of ["web-1.0.0+b.1.tgz", "web-1.0.0%2Bb.1.tgz"]) {
      expect((await world.registry.ask("GET", `/helm/up/${file}`)).status).toBe(200);
    }
  });

  it("takes no pushes", async () => {
    const response = await world.registry.ask("POST", "/v2/up/web/blobs/uploads/");
    expect([response.status, await errorCodes(response)]).toEqual([403, ["DENIED"]]);
  });

  it("says 404 for what the index does not name, and 503 while the upstream never answered", async () => {
    expect((await manifest(world, "9.9.9")).status).toBe(404);
    expect((await world.registry.ask("GET", "/v2/up/none/tags/list")).status).toBe(404);
    const fresh = await openWorld();
    fresh.egress.down = true;
    const response = await manifest(fresh);
    expect([response.status, await errorCodes(response)]).toEqual([503, ["UNAVAILABLE"]]);
    expect(fresh.egress.take()).toHaveLength(1);
    await manifest(fresh);
    expect(fresh.egress.take()).toEqual([]);
  });

  it.each([
    ["is in error", () => new Response("", { status: 500 }), 502],
    ["wants to be left alone", () => new Response("", { status: 503, headers: { "retry-after": "9" } }), 503],
    ["denies access", () => new Response("", { status: 403 }), 403],
    ["does not answer", unreachable, 503],
  ])("never takes an upstream that %s for one that has nothing", async (_name, answer, status) => {
    world.files["/repo/index.yaml"] = answer;
    for (const path of ["/v2/up/web/tags/list", "/v2/up/web/manifests/1.0.0", "/helm/up/index.yaml"]) {
      expect([path, (await world.registry.ask("GET", path)).status]).toEqual([path, status]);
    }
  });
});

describe("credentials of a classic repository", () => {
  const credentials = async () => ({ username: "u", password: "canary-secret" });
  const entry = (url: string) => indexOf([{ version: "1.0.0", url }]);
  const seen = (world: World) =>
    world.egress.requests.map(({ url, headers }) => [new URL(url).host, headers?.["authorization"] !== undefined]);

  it("go to its own origin only", async () => {
    const world = await openWorld({ credentials });
    world.files["/repo/index.yaml"] = entry("https://cdn.test/web-1.0.0.tgz");
    world.files["/web-1.0.0.tgz"] = world.archive;
    expect((await manifest(world)).status).toBe(200);
    expect(seen(world)).toEqual([
      ["up.test", true],
      ["cdn.test", false],
      ["cdn.test", false],
    ]);
    expect(world.egress.requests.map((request) => request.led)).toEqual([false, true, true]);
  });

  it("do not follow a redirect to another host", async () => {
    const world = await openWorld({ credentials });
    world.files["/repo/web-1.0.0.tgz"] = () => Response.redirect("https://cdn.test/moved.tgz", 307);
    world.files["/moved.tgz"] = world.archive;
    expect((await manifest(world)).status).toBe(200);
    expect(seen(world).filter(([host]) => host === "cdn.test")).toEqual([["cdn.test", false]]);
  });

  it("go along when the operator says so", async () => {
    const world = await openWorld({ credentials, passCredentials: true });
    world.files["/repo/index.yaml"] = entry("https://cdn.test/web-1.0.0.tgz");
    world.files["/web-1.0.0.tgz"] = world.archive;
    expect((await manifest(world)).status).toBe(200);
    expect(seen(world)[1]).toEqual(["cdn.test", true]);
  });

  it("are in no store and no answer", async () => {
    const world = await openWorld({ credentials });
    world.files["/repo/index.yaml"] = entry("https://u:canary-secret@cdn.test/web.tgz?token=canary-secret");
    world.files["/web.tgz"] = world.archive;
    const answers = await Promise.all([manifest(world), world.registry.ask("GET", "/helm/up/index.yaml")]);
    for (const answer of answers) expect(await answer.text()).not.toContain("canary-secret");
    for (const { key } of (await world.registry.store.list("upstream/up/origin/")).items) {
      const object = await world.registry.store.get(key);
      expect(new TextDecoder().decode(object?.bytes)).not.toContain("canary-secret");
    }
  });
});

function unreachable(): never {
  throw new EgressError("unreachable", "no answer");
}

function brokenStream(first: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new TypeError("terminated"));
      else controller.enqueue(first);
      sent = true;
    },
  });
}
