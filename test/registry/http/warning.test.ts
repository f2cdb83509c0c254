import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { openRegistry, packChart, type TestRegistry } from "../../support/registry.ts";
import { answerFrom, classicUpstream, fakeEgress, type FakeEgress, ociUpstream } from "../../support/upstream.ts";

const STALE = '299 - "the upstream fails: this is the copy that is kept here, which may be out of date"';
const DEPRECATED = "this chart version is deprecated by its publisher";

const PROJECTS: readonly Project[] = [
  { kind: "hosted", name: "own" },
  { kind: "proxy", name: "oci", upstream: ociUpstream({ prefix: "lib/" }) },
  { kind: "proxy", name: "classic", upstream: classicUpstream({ url: "https://up.test/helm/lib" }) },
  { kind: "proxy", name: "guarded", upstream: ociUpstream({ prefix: "lib/" }), policy: { cooldown: 1000 } },
  { kind: "group", name: "group", members: [{ project: "own" }, { project: "oci" }] },
  { kind: "group", name: "old", members: [{ project: "own" }, { project: "classic" }] },
  { kind: "group", name: "merged", members: [{ project: "classic" }, { project: "oci" }], merge: ["web"] },
];
const NAMES = ["oci", "classic", "guarded", "group", "old", "merged"];

interface World {
  readonly registry: TestRegistry;
  readonly egress: FakeEgress;
  readonly origin: TestRegistry;
  readonly clock: { now: number };
}

async function openWorld(): Promise<World> {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  await origin.pushChart("lib", { name: "web", version: "1.0.0" });
  const egress = fakeEgress(answerFrom(origin));
  const clock = { now: Date.now() };
  const store = createMemoryStore();
  return { origin, egress, clock, registry: openRegistry({ projects: PROJECTS, store, egress, now: () => clock.now }) };
}

const PATHS = [
  (name: string) => `/v2/${name}/web/manifests/1.0.0`,
  (name: string) => `/v2/${name}/web/tags/list`,
  (name: string) => `/helm/${name}/index.yaml`,
  (name: string) => `/helm/${name}/web-1.0.0.tgz`,
] as const;

const warningsOf = async ({ registry }: World, name: string, method = "GET"): Promise<readonly (string | null)[]> => {
  const found: (string | null)[] = [];
  for (const path of PATHS) {
    const answer = await registry.ask(method, path(name));
    await answer.bytes();
    expect(answer.status, path(name)).toBe(200);
    found.push(answer.headers.get("warning"));
  }
  return found;
};

const NONE = [null, null, null, null];
const ALL = [STALE, STALE, STALE, STALE];

describe("an answer that stands in for an upstream which fails", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });

  it.each(NAMES)("of %s says so by GET and HEAD, once, and no longer when the upstream is back", async (name) => {
    expect(await warningsOf(world, name)).toEqual(NONE);
    world.clock.now += 61_000;
    world.egress.down = true;
    expect(await warningsOf(world, name)).toEqual(ALL);
    expect(await warningsOf(world, name, "HEAD")).toEqual(ALL);
    world.egress.down = false;
    world.clock.now += 61_000;
    expect(await warningsOf(world, name)).toEqual(NONE);
  });

  it("says so with 304 too", async () => {
    const path = "/v2/oci/web/manifests/1.0.0";
    const etag = (await world.registry.ask("GET", path)).headers.get("etag") ?? "";
    world.clock.now += 61_000;
    world.egress.down = true;
    const answer = await world.registry.ask("GET", path, { headers: { "if-none-match": etag } });
    expect([answer.status, answer.headers.get("warning")]).toEqual([304, STALE]);
  });

  it("says nothing of what a digest names", async () => {
    const digest = (await world.registry.ask("GET", "/v2/oci/web/manifests/1.0.0")).headers.get(
      "docker-content-digest",
    );
    world.clock.now += 61_000;
    world.egress.down = true;
    expect((await world.registry.ask("GET", `/v2/oci/web/manifests/${digest}`)).headers.get("warning")).toBeNull();
  });
});

describe("a chart version that its publisher gave up", () => {
  it("says so where the upstream's index does, beside what else there is to say", async () => {
    const world = await openWorld();
    const archive = await packChart({ name: "web", version: "1.0.0" });
    const entry = { name: "web", version: "1.0.0", deprecated: true, urls: ["web-1.0.0.tgz"] };
    const files: Record<string, BodyInit> = {
      "/helm/lib/index.yaml": JSON.stringify({ apiVersion: "v1", entries: { web: [entry] } }),
      "/helm/lib/web-1.0.0.tgz": new Uint8Array(archive),
    };
    const egress = fakeEgress(({ url }) => new Response(files[new URL(url).pathname] ?? null, { status: 200 }));
    const registry = openRegistry({ projects: PROJECTS, egress, now: () => world.clock.now });
    const told = { ...world, registry };
    const only = `299 - "${DEPRECATED}"`;
    expect(await warningsOf(told, "classic")).toEqual([only, null, null, only]);
    world.clock.now += 61_000;
    egress.down = true;
    const both = `${STALE.slice(0, -1)}; ${DEPRECATED}"`;
    expect(await warningsOf(told, "old")).toEqual([both, STALE, STALE, both]);
  });
});

describe("a push into a project that is nearly full", () => {
  const projects: readonly Project[] = [
    { kind: "hosted", name: "charts", quota: 10_000 },
    { kind: "hosted", name: "free" },
  ];
  const push = async (registry: TestRegistry, project: string, size: number): Promise<string | null> => {
    const layer = new Uint8Array(size).fill(size % 251);
    const digest = await registry.pushBlob(`${project}/web`, layer);
    const manifest = {
      schemaVersion: 2,
      layers: [{ mediaType: "a/b", digest, size }],
      config: { mediaType: "a/b", digest, size },
    };
    const answer = await registry.pushManifest(`${project}/web`, `s${size}`, manifest);
    expect(answer.status).toBe(201);
    return answer.headers.get("warning");
  };

  it("succeeds, and says how full it is", async () => {
    const registry = openRegistry({ projects });
    expect(await push(registry, "charts", 5000)).toBeNull();
    expect(await push(registry, "charts", 3800)).toMatch(
      /^299 - "project charts is nearly full: it holds 9[0-9]{3} of 10000 bytes; delete something and collect, or ask for a larger quota"$/,
    );
    expect(await push(registry, "free", 12_000)).toBeNull();
  });

  it("by ChartMuseum's upload says it too", async () => {
    const registry = openRegistry({ projects });
    await push(registry, "charts", 8400);
    const archive = await packChart({ name: "web", version: "1.0.0" });
    const answer = await registry.ask("POST", "/helm/charts/api/charts", { body: new Uint8Array(archive) });
    expect([answer.status, answer.headers.get("warning")]).toEqual([
      201,
      expect.stringMatching(/^299 - "project charts is nearly full: /),
    ]);
  });
});
