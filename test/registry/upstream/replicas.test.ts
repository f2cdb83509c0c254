import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { writeJson } from "../../../registry/content/record.ts";
import { openRegistry, packChart, sha256 } from "../../support/registry.ts";
import { answerFiles, answerFrom, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-replicas-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const archive = await packChart({ name: "web", version: "1.0.0" });
const index = `apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web.tgz]\n`;
const slow = async <T>(value: T): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return value;
};

const shapes = [
  ["one process", [true]],
  ["two replicas", [true, true]],
  ["requests that may not wait for each other, as in Workers", [false, false]],
] as const;

describe("a thousand pulls at once of what nobody has yet", () => {
  it.each(shapes)("fetch a chart once: %s", async (name, replicas) => {
    const files = answerFiles({ "/repo/index.yaml": index, "/repo/web.tgz": archive });
    const egress = fakeEgress(async (request) => await slow(await files(request)));
    const pulls = replicas.length * 1000 > 1000 && !replicas[0] ? 100 : 1000;
    const stores = replicas.map(() => createFilesystemStore(join(root, `chart ${name}`)));
    const registries = stores.map((store, i) =>
      openRegistry({
        store,
        egress,
        together: replicas[i] ?? true,
        projects: [{ kind: "proxy", name: "up", upstream: classicUpstream() }],
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: pulls }, async (_, i) => {
        const response = await registries[i % registries.length]?.ask("GET", "/v2/up/web/manifests/1.0.0");
        return `${response?.status} ${response?.headers.get("docker-content-digest") ?? ""}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^200 /);
    expect([...egress.take()].sort()).toEqual(["GET /repo/index.yaml", "GET /repo/web.tgz", "GET /repo/web.tgz.prov"]);
  });

  it.each(shapes)("fetch a large blob once: %s", async (name, replicas) => {
    const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
    const bytes = new Uint8Array(2 * 1024 * 1024).map((_, i) => (i * 13) & 255);
    const digest = await origin.pushBlob("lib/web", bytes);
    const pass = answerFrom(origin);
    const egress = fakeEgress(async (request) => await slow(await pass(request)));
    const upstream = ociUpstream({ prefix: "lib/" });
    const registries = replicas.map((together) =>
      openRegistry({
        store: createFilesystemStore(join(root, `blob ${name}`)),
        egress,
        together,
        projects: [{ kind: "proxy", name: "up", upstream }],
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const response = await registries[i % registries.length]?.ask("GET", `/v2/up/web/blobs/${digest}`);
        return sha256(new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer(0)));
      }),
    );
    expect(new Set(answers)).toEqual(new Set([digest]));
    expect(egress.take()).toEqual([`GET /v2/lib/web/blobs/${digest}`]);
  });

  it("go on when the replica that fetched was killed", async () => {
    const store = createMemoryStore();
    await writeJson(store, "upstream/up/lease/chart/up!web/1.0.0", { until: Date.now() - 1 });
    await writeJson(store, "upstream/up/lease/index", { until: Date.now() + 50 });
    const egress = fakeEgress(answerFiles({ "/repo/index.yaml": index, "/repo/web.tgz": archive }));
    const projects = [{ kind: "proxy", name: "up", upstream: classicUpstream() }] as const;
    const registry = openRegistry({ store, egress, projects });
    expect((await registry.ask("GET", "/v2/up/web/manifests/1.0.0")).status).toBe(200);
    expect((await store.list("upstream/up/lease/")).items).toEqual([]);
  });
});
