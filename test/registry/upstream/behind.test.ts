import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { StoreError } from "../../../registry/content/store-error.ts";
import type { Unstored } from "../../../registry/upstream/behind.ts";
import type { PullPolicy } from "../../../registry/projects/pull-policy.ts";
import { openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { answerFrom, fakeEgress, type FakeEgress, ociUpstream } from "../../support/upstream.ts";

interface World {
  readonly origin: TestRegistry;
  readonly registry: TestRegistry;
  readonly egress: FakeEgress;
  /** What could not be stored behind an answer. */
  readonly unstored: Unstored[];
  /** What becomes of the proxy's writes of content. */
  writes: Promise<void>;
  /** Settles when it writes some. */
  readonly tried: PromiseWithResolvers<void>;
}

function openWorld(more: { readonly together?: boolean; readonly policy?: PullPolicy } = {}): World {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  const egress = fakeEgress(answerFrom(origin));
  const inner = createMemoryStore();
  const store: ObjectStore = {
    ...inner,
    put: async (key, body, options) => {
      if (key.startsWith("blobs/")) {
        world.tried.resolve();
        await world.writes;
      }
      return await inner.put(key, body, options);
    },
  };
  const upstream = ociUpstream({ prefix: "lib/" });
  const unstored: Unstored[] = [];
  const policy = more.policy === undefined ? {} : { policy: more.policy };
  const registry = openRegistry({
    projects: [{ kind: "proxy", name: "up", upstream, ...policy }],
    store,
    egress,
    together: more.together ?? true,
    unstored: (one) => void unstored.push(one),
  });
  const world: World = {
    origin,
    registry,
    egress,
    unstored,
    writes: Promise.resolve(),
    tried: Promise.withResolvers(),
  };
  return world;
}

const ask = async (world: World, path: string): Promise<Response> =>
  await world.registry.ask("GET", `/v2/up/web/${path}`);

/** A gate that the test opens. */
function heldUp(world: World): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.writes = promise;
  return resolve;
}

describe("a manifest that is pulled for the first time", () => {
  for (const by of ["tag", "digest"] as const) {
    it(`is answered by ${by} while the store is slow, and asked for once`, async () => {
      const world = openWorld();
      const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
      const open = heldUp(world);
      const first = await ask(world, `manifests/${by === "tag" ? "1.0.0" : digest}`);
      expect(sha256(new Uint8Array(await first.arrayBuffer()))).toBe(digest);
      const others = Promise.all(
        ["manifests/1.0.0", `manifests/${digest}`].map(async (path) => await ask(world, path)),
      );
      open();
      expect((await others).map((response) => response.status)).toEqual([200, 200]);
      const asked = world.egress.take().filter((line) => line.startsWith("GET") && line.includes("/manifests/"));
      expect(asked).toHaveLength(by === "tag" ? 1 : 2);
    });
  }

  it("is in every list that is asked for after it", async () => {
    const world = openWorld();
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
    const note = await world.origin.pushManifest("lib/web", sha256(utf8(noteOn(digest))), JSON.parse(noteOn(digest)));
    expect(note.status).toBe(201);
    const open = heldUp(world);
    await ask(world, `manifests/${sha256(utf8(noteOn(digest)))}`);
    world.egress.down = true;
    const listed = ask(world, `referrers/${digest}`).then(async (response) => await response.json());
    open();
    expect(await listed).toMatchObject({ manifests: [{ digest: sha256(utf8(noteOn(digest))) }] });
  });

  it("is in the index that is asked for after it", async () => {
    const world = openWorld();
    await world.origin.pushImage("lib/web", "1.0.0", "layer");
    const open = heldUp(world);
    await ask(world, "manifests/1.0.0");
    const index = world.registry.ask("GET", "/helm/up/index.yaml").then(async (response) => await response.text());
    open();
    expect(await index).toContain(`"version":"1.0.0"`);
  });

  it("is fetched again where the store failed behind the answer", async () => {
    const world = openWorld();
    await world.origin.pushImage("lib/web", "1.0.0", "layer");
    world.writes = Promise.reject(new StoreError("unavailable", "the disk is full"));
    world.writes.catch(() => undefined);
    expect((await ask(world, "manifests/1.0.0")).status).toBe(200);
    world.egress.take();
    await world.tried.promise;
    world.writes = Promise.resolve();
    expect((await ask(world, "manifests/1.0.0")).status).toBe(200);
    expect(world.egress.take()).toEqual(["GET /v2/lib/web/manifests/1.0.0"]);
    expect((await ask(world, "manifests/1.0.0")).status).toBe(200);
    expect(world.egress.take()).toEqual([]);
    expect(world.registry.defects).toEqual([]);
  });

  for (const by of ["tag", "digest"] as const) {
    it(`is told of, once, where the store failed behind the answer by ${by}`, async () => {
      const world = openWorld();
      const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
      const path = `manifests/${by === "tag" ? "1.0.0" : digest}`;
      const held = Promise.withResolvers<void>();
      world.writes = held.promise;
      expect((await ask(world, path)).status).toBe(200);
      await world.tried.promise;
      expect(world.unstored).toEqual([]);
      world.writes = Promise.resolve();
      const error = new StoreError("unavailable", "the disk is full");
      held.reject(error);
      expect((await ask(world, path)).status).toBe(200);
      expect(world.unstored).toEqual([{ project: "up", repository: "up/web", digest, error }]);
      expect(world.registry.defects).toEqual([]);
    });
  }

  it("is not told of where it could be stored, nor where the answer tells it", async () => {
    const world = openWorld();
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
    for (const reference of ["1.0.0", digest]) expect((await ask(world, `manifests/${reference}`)).status).toBe(200);
    const before = openWorld({ together: false });
    await before.origin.pushImage("lib/web", "1.0.0", "layer");
    before.writes = Promise.reject(new StoreError("unavailable", "the disk is full"));
    before.writes.catch(() => undefined);
    expect((await ask(before, "manifests/1.0.0")).status).toBe(503);
    expect([...world.unstored, ...before.unstored]).toEqual([]);
  });

  const stored = {
    "a policy decides by what is stored": { policy: { allow: [{ charts: "web" }] } },
    "work ends with the answer": { together: false },
  } as const;
  for (const [where, more] of Object.entries(stored)) {
    it(`is stored before it is answered where ${where}`, async () => {
      const world = openWorld(more);
      await world.origin.pushImage("lib/web", "1.0.0", "layer");
      world.writes = Promise.reject(new StoreError("unavailable", "the disk is full"));
      world.writes.catch(() => undefined);
      expect((await ask(world, "manifests/1.0.0")).status).toBe(503);
    });
  }
});

function noteOn(subject: string): string {
  const empty = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(utf8("{}")), size: 2 };
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "text/note",
    config: empty,
    layers: [empty],
    subject: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: subject, size: 10 },
  });
}
