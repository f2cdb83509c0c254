import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { describeCollection } from "../../contracts/collection.ts";
import { collectOnce, collectTimes, HOUR, testClock } from "../../support/collection.ts";
import { faultyStore } from "../../support/faulty-store.ts";
import { imageOf, INDEX, MANIFEST, openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";

const folder = mkdtempSync(join(tmpdir(), "collect-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const stores: readonly (readonly [string, (now: () => number) => ObjectStore])[] = [
  ["memory", (now) => createMemoryStore(now)],
  ["filesystem", () => createFilesystemStore(join(folder, String(++count)))],
];
const repo = "charts/web";

async function status(registry: TestRegistry, path: string): Promise<number> {
  const response = await registry.ask("GET", path);
  await response.arrayBuffer();
  return response.status;
}

async function remove(registry: TestRegistry, repository: string, digest: string): Promise<void> {
  expect((await registry.ask("DELETE", `/v2/${repository}/manifests/${digest}`)).status).toBe(202);
}

async function keysOf(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  return (await store.list(prefix)).items.map((item) => item.key);
}

for (const [name, openStore] of stores) {
  describeCollection(`${name} store`, async () => openStore(Date.now));
  describe(`a collection over the ${name} store`, () => {
    const open = () => {
      const clock = testClock();
      const store = openStore(clock.now);
      return { clock, store, registry: openRegistry({ store, now: clock.now }) };
    };

    it.each([1_000_000, 40])("gives up the names of repositories without manifests, by %d calls", async (calls) => {
      const { clock, store, registry } = open();
      const gone = await registry.pushImage("charts/gone", "1.0.0", "a");
      const back = await registry.pushImage("charts/back", "1.0.0", "b");
      const untagged = await registry.pushImage("charts/untagged", "1.0.0", "c");
      await registry.ask("GET", "/helm/charts/index.yaml");
      for (const [repository, digest] of [
        ["charts/gone", gone],
        ["charts/back", back],
      ] as const) {
        await remove(registry, repository, digest);
      }
      expect((await registry.ask("DELETE", "/v2/charts/untagged/manifests/1.0.0")).status).toBe(202);
      const [first] = await collectTimes(registry, clock, 1, { calls });
      expect(first?.counts.namesTaken).toBe(0);
      await registry.pushImage("charts/back", "2.0.0", "d");
      const [second, third] = await collectTimes(registry, clock, 2, { calls });
      expect([second?.counts.namesTaken, third?.counts.namesTaken]).toEqual([1, 0]);
      const catalog = (await (await registry.ask("GET", "/v2/_catalog")).json()) as { repositories: string[] };
      expect(catalog.repositories).toEqual(["charts/back", "charts/untagged"]);
      expect(await status(registry, `/v2/charts/untagged/manifests/${untagged}`)).toBe(200);
      expect((await keysOf(store, "")).filter((key) => key.includes("gone"))).toEqual([]);
      await registry.pushImage("charts/gone", "1.0.0", "a");
      expect(await status(registry, "/v2/charts/gone/manifests/1.0.0")).toBe(200);
    });

    it("leaves a name to whoever pushes to it, wherever the collection is", async () => {
      const { clock, store, registry } = open();
      await remove(registry, repo, await registry.pushImage(repo, "1.0.0", "a"));
      await collectTimes(registry, clock, 1);
      let between = 0;
      const late: ObjectStore = {
        ...store,
        put: async (key, body, options) => {
          if (key.startsWith("manifests/") && between++ === 0) await collectOnce(registry);
          return await store.put(key, body, options);
        },
      };
      clock.pass(3 * HOUR);
      await openRegistry({ store: late, now: clock.now }).pushImage(repo, "2.0.0", "b");
      expect(between).toBe(1);
      expect(await (await registry.ask("GET", "/v2/_catalog")).json()).toEqual({ repositories: [repo] });
    });

    it("lets a group look at its next member for a name that was given up", async () => {
      const clock = testClock();
      const projects: readonly Project[] = [
        { kind: "hosted", name: "first" },
        { kind: "hosted", name: "second" },
        { kind: "group", name: "all", members: [{ project: "first" }, { project: "second" }] },
      ];
      const registry = openRegistry({ store: openStore(clock.now), now: clock.now, projects });
      await remove(registry, "first/tool", await registry.pushImage("first/tool", "1.0.0", "a"));
      await registry.pushImage("second/tool", "1.0.0", "b");
      await collectTimes(registry, clock, 2);
      expect(await status(registry, "/v2/all/tool/manifests/1.0.0")).toBe(200);
      expect(await status(registry, "/v2/first/tool/tags/list")).toBe(404);
    });

    it("takes what a deleted manifest alone named, and nothing else", async () => {
      const { clock, store, registry } = open();
      const gone = await registry.pushImage(repo, "1.0.0", "only here");
      await registry.pushImage(repo, "2.0.0", "another");
      await registry.pushImage("charts/other", "1.0.0", "only here too");
      await remove(registry, repo, gone);
      const reports = await collectTimes(registry, clock, 3);
      expect(reports.map(({ counts }) => [counts.blobsTaken, counts.linksTaken])).toEqual([
        [0, 0],
        [2, 1],
        [0, 0],
      ]);
      const left = await keysOf(store, "blobs/");
      const texts = ["{}", "another", "only here too"].map((text) => sha256(utf8(text)));
      for (const digest of texts) expect(left.some((key) => key.endsWith(digest.slice(7)))).toBe(true);
      expect(left).toHaveLength(5);
      expect(await status(registry, `/v2/${repo}/manifests/2.0.0`)).toBe(200);
      expect(await status(registry, `/v2/${repo}/blobs/${sha256(utf8("another"))}`)).toBe(200);
      expect(await status(registry, `/v2/${repo}/blobs/${sha256(utf8("only here"))}`)).toBe(404);
      expect(await keysOf(store, "condemned/")).toEqual([]);
    });

    it("takes the same in slices of 40 calls", async () => {
      const { clock, store, registry } = open();
      for (let i = 0; i < 30; i++) {
        const digest = await registry.pushImage(`charts/r${i % 7}`, `1.0.${i}`, `layer ${i % 23}`);
        if (i % 3 === 0) await remove(registry, `charts/r${i % 7}`, digest);
      }
      const twin = openRegistry({ store: createMemoryStore(clock.now), now: clock.now });
      for (const item of (await store.list("")).items) {
        const object = await store.get(item.key);
        const bytes = new Uint8Array(await new Response(object?.bytes?.slice() ?? object?.body).arrayBuffer());
        await twin.store.put(item.key, { kind: "bytes", bytes });
      }
      const slices = await collectTimes(registry, clock, 4, { calls: 40 });
      const whole = await collectTimes(twin, clock, 4);
      const content = async (from: ObjectStore) => [
        ...(await keysOf(from, "blobs/")),
        ...(await keysOf(from, "links/")),
      ];
      expect(await content(store)).toEqual(await content(twin.store));
      expect(slices.at(-1)?.counts).toEqual(whole.at(-1)?.counts);
      expect(slices.some(({ counts }) => counts.blobsTaken > 0)).toBe(true);
    });

    it("takes uploads that nobody can go on with", async () => {
      const { clock, store, registry } = open();
      const begin = async (bytes: number) => {
        const location = (await registry.ask("POST", `/v2/${repo}/blobs/uploads/`)).headers.get("location") ?? "";
        expect((await registry.ask("PATCH", location, { body: new Uint8Array(bytes) })).status).toBe(202);
      };
      await begin(9 * 1024 * 1024);
      await begin(10);
      clock.pass(20 * HOUR);
      await begin(10);
      await collectOnce(registry);
      expect(await keysOf(store, "uploads/states/")).toHaveLength(3);
      clock.pass(11 * HOUR);
      expect((await collectOnce(registry)).counts.uploadsTaken).toBe(4);
      expect(await keysOf(store, "uploads/states/")).toHaveLength(1);
      expect(await keysOf(store, "uploads/pieces/")).toHaveLength(1);
    });
  });
}

describe("a collection", () => {
  const open = () => {
    const clock = testClock();
    return { clock, registry: openRegistry({ store: createMemoryStore(clock.now), now: clock.now }) };
  };

  it("changes nothing in a dry run, and says what it would take", async () => {
    const { clock, registry } = open();
    await remove(registry, repo, await registry.pushImage(repo, "1.0.0", "gone"));
    const before = await keysOf(registry.store, "");
    clock.pass(3 * HOUR);
    const report = await collectOnce(registry, { dryRun: true });
    expect([report.counts.blobsCondemned, report.counts.linksCondemned]).toEqual([3, 2]);
    expect(report.counts.bytesCondemned).toBeGreaterThan(6);
    const after = (await keysOf(registry.store, "")).filter((key) => !key.startsWith("collection/dry/"));
    expect(after).toEqual(before);
  });

  it("leaves what is young, and what was pushed again since it was condemned", async () => {
    const { clock, registry } = open();
    await registry.pushBlob(repo, utf8("a"));
    clock.pass(3 * HOUR);
    await registry.pushBlob(repo, utf8("b"));
    expect((await collectOnce(registry)).counts.linksCondemned).toBe(1);
    clock.pass(10_000);
    await registry.pushBlob(repo, utf8("a"));
    clock.pass(3 * HOUR);
    const { counts } = await collectOnce(registry);
    expect([counts.linksCondemned, counts.linksTaken]).toEqual([2, 0]);
  });

  it("does not take what was condemned less than the grace time ago, and forgets what two collections did not agree on", async () => {
    const { clock, registry } = open();
    await registry.pushBlob(repo, utf8("a"));
    await registry.pushBlob(repo, utf8("{}"));
    clock.pass(3 * HOUR);
    expect((await collectOnce(registry)).counts.linksCondemned).toBe(2);
    clock.pass(HOUR);
    expect((await collectOnce(registry)).counts.linksCondemned).toBe(2);
    const image = imageOf(utf8("{}"), utf8("a"));
    expect((await registry.pushManifest(repo, "1", image)).status).toBe(201);
    await collectOnce(registry);
    await remove(registry, repo, sha256(utf8(JSON.stringify(image))));
    clock.pass(3 * HOUR);
    expect((await collectOnce(registry)).counts.linksTaken).toBe(0);
  });

  it("keeps the links of a repository of which a manifest cannot be read", async () => {
    const { clock, registry } = open();
    const digest = await registry.pushImage(repo, "1", "layer");
    await registry.store.delete(`blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}`);
    const reports = await collectTimes(registry, clock, 3);
    expect(reports.map(({ counts }) => [counts.unreadable, counts.linksTaken])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it("keeps what an index names", async () => {
    const { clock, registry } = open();
    const child = await registry.pushImage(repo, "child", "layer");
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: [{ mediaType: MANIFEST, digest: child, size: 1 }] };
    expect((await registry.pushManifest(repo, "index", index, INDEX)).status).toBe(201);
    expect((await registry.ask("DELETE", `/v2/${repo}/manifests/child`)).status).toBe(202);
    await collectTimes(registry, clock, 3);
    expect(await status(registry, `/v2/${repo}/manifests/${child}`)).toBe(200);
    expect(await status(registry, `/v2/${repo}/blobs/${sha256(utf8("layer"))}`)).toBe(200);
  });

  it("is one process's at a time, and goes on after one that was killed", async () => {
    const { clock, registry } = open();
    await registry.pushImage(repo, "1", "layer");
    await registry.collector.advance({ calls: 40, dryRun: false });
    const state = JSON.parse(
      new TextDecoder().decode((await registry.store.get("collection/real/state"))?.bytes ?? utf8("")),
    ) as object;
    const busy = utf8(JSON.stringify({ ...state, phase: "sweep", busy: clock.now() + 1000 }));
    await registry.store.put("collection/real/state", { kind: "bytes", bytes: busy });
    expect((await registry.collector.advance({ calls: 40, dryRun: false })).state).toBe("busy");
    clock.pass(2000);
    expect((await collectOnce(registry)).state).toBe("done");
  });

  it("makes no more calls in a slice than it was given", async () => {
    const clock = testClock();
    const counted = faultyStore(createMemoryStore(clock.now));
    const registry = openRegistry({ store: counted.store, now: clock.now });
    for (let i = 0; i < 25; i++) await registry.pushImage(`charts/r${i % 3}`, `1.0.${i}`, `layer ${i}`);
    for (let i = 0; i < 40; i++) await registry.pushBlob(`charts/r${i}`, utf8("shared"));
    let most = 0;
    for (let epoch = 0; epoch < 3; epoch++) {
      clock.pass(3 * HOUR);
      for (let state = "running"; state !== "done";) {
        counted.failAt(undefined);
        ({ state } = await registry.collector.advance({ calls: 40, dryRun: false }));
        most = Math.max(most, counted.calls());
      }
    }
    expect(most).toBeGreaterThan(30);
    expect(most).toBeLessThanOrEqual(40);
  });

  it("refuses a manifest that comes too late after its blobs were kept", async () => {
    const clock = testClock();
    const inner = createMemoryStore(clock.now);
    const slow: ObjectStore = {
      ...inner,
      head: async (key) => {
        if (key.startsWith("catalog/")) clock.pass(6 * 60_000);
        return await inner.head(key);
      },
    };
    const registry = openRegistry({ store: slow, now: clock.now });
    await registry.pushBlob(repo, utf8("{}"));
    await registry.pushBlob(repo, utf8("a"));
    const pushed = await registry.pushManifest(repo, "1", imageOf(utf8("{}"), utf8("a")));
    expect([pushed.status, pushed.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await keysOf(inner, "manifests/")).toEqual([]);
  });

  it("refuses a link to content that was taken since it was sent", async () => {
    const clock = testClock();
    const inner = createMemoryStore(clock.now);
    const losing: ObjectStore = {
      ...inner,
      put: async (key, body, options) => {
        const result = await inner.put(key, body, options);
        if (key.startsWith("blobs/")) await inner.delete(key);
        return result;
      },
    };
    const registry = openRegistry({ store: losing, now: clock.now });
    await collectOnce(registry);
    const blob = utf8("a");
    const answer = await registry.ask("POST", `/v2/${repo}/blobs/uploads/?digest=${sha256(blob)}`, {
      body: blob,
      headers: { "content-length": "1" },
    });
    expect(answer.status).toBe(503);
    expect(await keysOf(inner, "links/")).toEqual([]);
  });

  it("takes a blob that is linked by more repositories than a slice looks at", async () => {
    const { clock, registry } = open();
    for (let i = 0; i < 60; i++) await registry.pushBlob(`charts/r${i}`, utf8("shared"));
    await registry.pushImage(repo, "1", "kept");
    await collectTimes(registry, clock, 4, { calls: 40 });
    expect(await keysOf(registry.store, "links/")).toHaveLength(2);
    expect(await keysOf(registry.store, "blobs/")).toHaveLength(3);
  });
});
