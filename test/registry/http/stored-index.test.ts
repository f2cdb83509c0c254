import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { StoreError } from "../../../registry/content/store-error.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { collectTimes, testClock } from "../../support/collection.ts";
import { answerFrom, classicUpstream, fakeEgress } from "../../support/upstream.ts";
import { HOSTED, openRegistry, sha256, type TestRegistry } from "../../support/registry.ts";

const INDEX = "/helm/charts/index.yaml";
const CHARTS = 10;
/** Ten of these are more than is kept in memory. */
const description = "a word or two ".repeat(70_000);

async function fill(store: ObjectStore): Promise<void> {
  const registry = openRegistry({ store });
  for (let i = 0; i < CHARTS; i++) {
    await registry.pushChart("charts", { name: `chart-${i}`, version: "1.0.0", fields: { description } });
  }
}

/** A copy of a filled store: filling takes longer than a test. */
let filled: readonly (readonly [string, Uint8Array])[] = [];
beforeAll(async () => {
  const store = createMemoryStore();
  await fill(store);
  const { items } = await store.list("");
  filled = await Promise.all(
    items.map(async ({ key }) => [key, await new Response((await store.get(key))?.body).bytes()] as const),
  );
});

async function openStore(now?: () => number): Promise<ObjectStore> {
  const store = now === undefined ? createMemoryStore() : createMemoryStore(now);
  for (const [key, bytes] of filled) await store.put(key, { kind: "bytes", bytes });
  return store;
}

async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  return (await store.list("indexes/")).items.map(({ key }) => key);
}

const entriesOf = (bytes: Uint8Array): string[] => Object.keys(JSON.parse(new TextDecoder().decode(bytes)).entries);

const contentOf = async (registry: TestRegistry): Promise<string> =>
  sha256(await (await registry.ask("GET", INDEX)).bytes());

/** Counts the repositories whose tags are read. */
function watched(store: ObjectStore): { readonly store: ObjectStore; readonly reads: () => number } {
  let reads = 0;
  return {
    reads: () => reads,
    store: {
      ...store,
      list: async (prefix, options) => {
        if (prefix.startsWith("tags/")) reads++;
        return await store.list(prefix, options);
      },
    },
  };
}

describe("an index that is too large for memory", () => {
  it("has an ETag, a length, and a packed form, as a small one has", async () => {
    const registry = openRegistry({ store: await openStore() });
    const plain = await registry.ask("GET", INDEX);
    const bytes = await plain.bytes();
    const etag = `"${sha256(bytes).slice(7)}"`;
    expect(bytes.length).toBeGreaterThan(8 * 1024 * 1024);
    expect(entriesOf(bytes)).toHaveLength(CHARTS);
    expect([plain.headers.get("etag"), plain.headers.get("content-length")]).toEqual([etag, String(bytes.length)]);
    const packed = await registry.ask("GET", INDEX, { headers: { "accept-encoding": "gzip" } });
    const gzip = await packed.bytes();
    expect([packed.headers.get("content-encoding"), packed.headers.get("etag")]).toEqual(["gzip", etag]);
    expect(packed.headers.get("content-length")).toBe(String(gzip.length));
    expect(sha256(gunzipSync(gzip))).toBe(sha256(bytes));
    const head = await registry.ask("HEAD", INDEX);
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
    expect((await registry.ask("GET", INDEX, { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("is written once for all replicas, and replaced after a change", async () => {
    const { store, reads } = watched(await openStore());
    const [one, two] = [openRegistry({ store }), openRegistry({ store })];
    const first = await contentOf(one);
    expect(await contentOf(two)).toBe(first);
    expect(await contentOf(one)).toBe(first);
    expect(reads()).toBe(CHARTS);
    const before = await keysOf(store);
    expect(before).toHaveLength(3);
    await two.pushChart("charts", { name: "new", version: "1.0.0" });
    for (const registry of [one, two]) {
      expect(entriesOf(await (await registry.ask("GET", INDEX)).bytes())).toHaveLength(CHARTS + 1);
    }
    const after = await keysOf(store);
    expect(after.filter((key) => before.includes(key))).toEqual(["indexes/charts/current"]);
    expect(after).toHaveLength(3);
  });

  it("is written anew where its bytes are gone", async () => {
    const store = await openStore();
    const registry = openRegistry({ store });
    const first = await contentOf(registry);
    for (const key of await keysOf(store)) await store.delete(key);
    expect(await contentOf(registry)).toBe(first);
  });

  it.each(["putPart", "completeMultipart", "put"] as const)("leaves nothing behind where %s fails", async (call) => {
    const inner = await openStore();
    const open: string[] = [];
    let broken = true;
    const failing = (key: string): void => {
      if (broken && key.startsWith("indexes/")) throw new StoreError("unavailable", "no");
    };
    const completed: ObjectStore["completeMultipart"] = async (key, id, parts) => {
      const head = await inner.completeMultipart(key, id, parts);
      open.splice(open.indexOf(id), 1);
      return head;
    };
    const store: ObjectStore = {
      ...inner,
      beginMultipart: async (key, size) => {
        const id = await inner.beginMultipart(key, size);
        open.push(id);
        return id;
      },
      abortMultipart: async (key, id) => {
        open.splice(open.indexOf(id), 1);
        await inner.abortMultipart(key, id);
      },
      completeMultipart: completed,
      [call]: async (...args: Parameters<ObjectStore[typeof call]>) => {
        failing(args[0]);
        return await Reflect.apply(call === "completeMultipart" ? completed : inner[call], undefined, args);
      },
    };
    const registry = openRegistry({ store });
    expect((await registry.ask("GET", INDEX)).status).toBe(503);
    expect([await keysOf(inner), open]).toEqual([[], []]);
    broken = false;
    expect((await (await registry.ask("GET", INDEX)).bytes()).length).toBeGreaterThan(8 * 1024 * 1024);
  });

  it.each<{ readonly kind: string; readonly project: Project }>([
    { kind: "a group", project: { kind: "group", name: "all", members: [{ project: "charts" }] } },
    {
      kind: "a chart repository with a cooldown",
      project: {
        kind: "proxy",
        name: "all",
        upstream: classicUpstream({ url: "https://up.test/helm/charts" }),
        policy: { cooldown: 1000 },
      },
    },
  ])("of $kind is written once for all replicas, too", async ({ project }) => {
    const origin = openRegistry({ store: await openStore() });
    const egress = fakeEgress(answerFrom(origin));
    const { store, reads } = watched(project.kind === "group" ? await openStore() : createMemoryStore());
    const [one, two] = [0, 1].map(() => openRegistry({ store, egress, projects: [HOSTED, project] }));
    if (one === undefined || two === undefined) throw new Error("two registries were opened");
    const contentAt = async (registry: TestRegistry): Promise<string> =>
      sha256(await (await registry.ask("GET", "/helm/all/index.yaml")).bytes());
    const first = await contentAt(one);
    const written = (await keysOf(store)).toSorted();
    expect(written).toHaveLength(3);
    const before = reads();
    expect(await contentAt(one)).toBe(first);
    expect(reads()).toBe(before);
    expect(await contentAt(two)).toBe(first);
    expect((await keysOf(store)).toSorted()).toEqual(written);
    const packed = await two.ask("GET", "/helm/all/index.yaml", { headers: { "accept-encoding": "gzip" } });
    expect(sha256(gunzipSync(await packed.bytes()))).toBe(first);
  });
});

describe("collection", () => {
  const world = async (projects: readonly Project[] = [HOSTED]) => {
    const clock = testClock();
    const store = await openStore(clock.now);
    const registry: TestRegistry = openRegistry({ store, projects, now: clock.now });
    await openRegistry({ store, now: clock.now }).ask("GET", INDEX);
    return { clock, store, registry };
  };

  it("takes what a broken write of an index left, and leaves the index", async () => {
    const { clock, store, registry } = await world();
    const keys = await keysOf(store);
    await store.put("indexes/charts/0000000000000000.plain", { kind: "bytes", bytes: new Uint8Array(1) });
    const [report] = await collectTimes(registry, clock, 1, { calls: 40 });
    expect(report?.counts.indexesTaken).toBe(1);
    expect(await keysOf(store)).toEqual(keys);
  });

  it("takes the index of a project that is not there any more", async () => {
    const { clock, store, registry } = await world([{ kind: "hosted", name: "other" }]);
    await collectTimes(registry, clock, 1);
    expect(await keysOf(store)).toEqual([]);
  });
});
