import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { createKeeper } from "../../../registry/content/condemned.ts";
import { collectionKey, condemnedKey } from "../../../registry/content/keys.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { writeJson } from "../../../registry/content/record.ts";
import { imageOf, openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";

const HOUR = 3_600_000;

/** A store that tells what it was asked. */
function watched(): { readonly store: ObjectStore; readonly asked: string[] } {
  const asked: string[] = [];
  const inner = createMemoryStore();
  const { get, head, list, keys } = inner;
  const told = <T>(word: string, key: string, work: () => Promise<T>): Promise<T> => {
    asked.push(`${word} ${key}`);
    return work();
  };
  return {
    asked,
    store: {
      ...inner,
      get: async (key, range) => await told("get", key, async () => await get(key, range)),
      head: async (key) => await told("head", key, async () => await head(key)),
      list: async (prefix, options) => await told("list", prefix, async () => await list(prefix, options)),
      ...(keys === undefined
        ? {}
        : { keys: async (prefix, options) => await told("list", prefix, async () => await keys(prefix, options)) }),
    },
  };
}

describe("keeping what a reference is about to be written for", () => {
  const open = async (marks: number) => {
    const { store, asked } = watched();
    const clock = { now: 1_000_000 };
    await writeJson(store, collectionKey("real", "state"), {});
    for (let i = 0; i < marks; i++) await writeJson(store, condemnedKey(`blobs/${i}`), { epoch: 1, since: 1 });
    const keeper = createKeeper({ store, now: () => clock.now });
    const keep = async (...names: readonly string[]): Promise<readonly string[]> => {
      for (const name of names) await keeper.keep(`blobs/${name}`);
      return asked.splice(0);
    };
    return { store, clock, keep };
  };
  const LOOK = ["head collection/real/state", "list condemned/"];

  it("takes one look at the marks for many keys, and another one after five seconds", async () => {
    const { clock, keep } = await open(0);
    expect(await keep("a", "b", "c")).toEqual(LOOK);
    clock.now += 4_999;
    expect(await keep("d")).toEqual([]);
    clock.now += 1;
    expect(await keep("d", "e")).toEqual(["list condemned/"]);
  });

  it("takes away the mark of a key that has one", async () => {
    const { store, keep } = await open(3);
    expect(await keep("a", "1")).toEqual([...LOOK, "get condemned/blobs/1"]);
    expect((await store.list("condemned/")).items.map(({ key }) => key)).toEqual([
      "condemned/blobs/0",
      "condemned/blobs/2",
    ]);
  });

  it("looks for each key where more than two hundred are marked, and counts again a minute later", async () => {
    const { clock, keep } = await open(201);
    expect(await keep("a", "b")).toEqual([...LOOK, "get condemned/blobs/a", "get condemned/blobs/b"]);
    expect(await keep("7")).toEqual(["get condemned/blobs/7"]);
    clock.now += 59_999;
    expect(await keep("c")).toEqual(["get condemned/blobs/c"]);
    clock.now += 1;
    expect(await keep("c")).toEqual(["list condemned/"]);
  });
});

describe("a mark made while another process believes that there is none", () => {
  it("takes nothing that is referred to in these seconds", async () => {
    const store = createMemoryStore();
    const clock = { now: Date.now() };
    const open = (): TestRegistry => openRegistry({ store, now: () => clock.now });
    const [collecting, pushing] = [open(), open()];
    const collect = async (): Promise<void> => {
      while ((await collecting.collector.advance({ calls: 5000, dryRun: false })).state !== "done");
    };
    await collect();
    const [config, layer] = [utf8("{}"), utf8("layer")];
    for (const blob of [config, layer]) await collecting.pushBlob("charts/web", blob);
    clock.now += 3 * HOUR;
    await pushing.pushBlob("charts/other", utf8("a look at the marks"));
    await collect();
    const marks = (await store.list("condemned/links/")).items.map(({ key }) => key);
    expect(marks.filter((key) => key.includes(sha256(layer).slice(7)))).toHaveLength(1);
    clock.now += 4_000;
    expect((await pushing.pushManifest("charts/web", "1.0.0", imageOf(config, layer))).status).toBe(201);
    for (let i = 0; i < 3; i++) {
      clock.now += 3 * HOUR;
      await collect();
    }
    expect((await collecting.ask("GET", `/v2/charts/web/blobs/${sha256(layer)}`)).status).toBe(200);
    expect((await collecting.ask("GET", "/v2/charts/web/manifests/1.0.0")).status).toBe(200);
  });
});
