import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../../registry/content/object-store.ts";
import { collectTimes, HOUR, testClock } from "../support/collection.ts";
import { openRegistry, sha256, utf8 } from "../support/registry.ts";

/** What collection does over any store, which must be empty. */
export function describeCollection(name: string, openStore: () => Promise<ObjectStore>): void {
  describe(`a collection over ${name}`, () => {
    it("takes what nothing names, by slices, while what is named stays", { timeout: 120_000 }, async () => {
      const clock = testClock();
      const store = await openStore();
      const registry = openRegistry({ store, now: clock.now });
      const kept = await registry.pushImage("charts/web", "1.0.0", "kept");
      const gone = await registry.pushImage("charts/web", "2.0.0", "gone");
      const shared = await registry.pushImage("charts/other", "2.0.0", "gone");
      await registry.pushBlob("charts/web", utf8("orphan"));
      const location = (await registry.ask("POST", "/v2/charts/web/blobs/uploads/")).headers.get("location") ?? "";
      const half = new Uint8Array(9 * 1024 * 1024);
      expect((await registry.ask("PATCH", location, { body: half })).status).toBe(202);
      expect((await registry.ask("DELETE", `/v2/charts/web/manifests/${gone}`)).status).toBe(202);
      clock.pass(40 * HOUR);
      const reports = await collectTimes(registry, clock, 2, { calls: 40 });
      expect(reports.map(({ counts }) => [counts.linksTaken, counts.blobsTaken])).toEqual([
        [0, 0],
        [2, 1],
      ]);
      expect((await store.list("uploads/")).items).toEqual([]);
      expect((await store.list("blobs/")).items).toHaveLength(5);
      for (const [repository, digest, layer] of [
        ["charts/web", kept, "kept"],
        ["charts/other", shared, "gone"],
      ] as const) {
        for (const path of [`manifests/${digest}`, `blobs/${sha256(utf8(layer))}`]) {
          const found = await registry.ask("GET", `/v2/${repository}/${path}`);
          expect([found.status, sha256(new Uint8Array(await found.arrayBuffer()))]).toEqual([200, path.slice(-71)]);
        }
      }
      expect((await registry.ask("GET", `/v2/charts/web/blobs/${sha256(utf8("gone"))}`)).status).toBe(404);
      await registry.pushImage("charts/web", "2.0.0", "gone");
      expect((await registry.check({ calls: 1000, bytes: 1e9 })).faults).toEqual([]);
    });
  });
}
