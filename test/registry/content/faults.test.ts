import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { faultyStore } from "../../support/faulty-store.ts";
import {
  descriptor,
  imageOf,
  MANIFEST,
  openRegistry,
  packChart,
  sha256,
  type TestRegistry,
  utf8,
} from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress } from "../../support/upstream.ts";

const MIB = 1024 * 1024;
const repo = "charts/web";
const layer = utf8("layer");
const manifest = { ...imageOf(utf8("{}"), layer), subject: descriptor(MANIFEST, utf8("subject")) };

/** Everything that anybody can see is whole: each tag leads to its manifest, each manifest to its blobs, each blob to its bytes. */
async function expectWhole(registry: TestRegistry): Promise<void> {
  for (const item of (await registry.store.list("tags/")).items) {
    const [, name = "", tag = ""] = item.key.split("/");
    const repository = name.replaceAll("!", "/");
    const response = await registry.ask("GET", `/v2/${repository}/manifests/${tag}`);
    expect(response.status).toBe(200);
    const digest = response.headers.get("docker-content-digest") ?? "";
    expect((await registry.ask("HEAD", `/v2/${repository}/manifests/${digest}`)).status).toBe(200);
  }
  for (const item of (await registry.store.list("manifests/")).items) {
    const [, name = "", digest = ""] = item.key.split("/");
    const repository = name.replaceAll("!", "/");
    const response = await registry.ask("GET", `/v2/${repository}/manifests/${digest.replace("-", ":")}`);
    const stored = new Uint8Array(await response.arrayBuffer());
    expect([response.status, sha256(stored)]).toEqual([200, digest.replace("-", ":")]);
    const { config, layers } = JSON.parse(new TextDecoder().decode(stored)) as { config: Blob; layers: Blob[] };
    for (const blob of [config, ...layers]) {
      expect((await registry.ask("HEAD", `/v2/${repository}/blobs/${blob.digest}`)).status).toBe(200);
    }
  }
  for (const item of (await registry.store.list("links/")).items) {
    const [, algorithm, , link = ""] = item.key.split("/");
    const [hex, name = ""] = link.split("@");
    const response = await registry.ask("GET", `/v2/${name.replaceAll("!", "/")}/blobs/${algorithm}:${hex}`);
    const stored = new Uint8Array(await response.arrayBuffer());
    expect([response.status, sha256(stored)]).toEqual([200, `${algorithm}:${hex}`]);
  }
}

interface Blob {
  readonly digest: string;
}

/** A lease that a failed request left behind is over by then. */
const AFTER_LEASES = 40_000;

/** Runs `work` with a fault at each of its store calls; `check` sees the store without faults. */
async function atEveryCall(
  projects: readonly Project[],
  work: (registry: TestRegistry) => Promise<readonly number[]>,
  check: (registry: TestRegistry, statuses: readonly number[]) => Promise<void>,
): Promise<number> {
  const egress = fakeEgress(answerFiles(await upstreamFiles()));
  for (const when of ["before", "after"] as const) {
    for (let call = 0; ; call++) {
      const inner = createMemoryStore();
      const faulty = faultyStore(inner);
      const broken = openRegistry({ store: faulty.store, projects, egress });
      faulty.failAt(call, when);
      const statuses = await work(broken);
      const done = faulty.calls() <= call;
      const sound = openRegistry({ store: inner, projects, egress, now: () => Date.now() + AFTER_LEASES });
      await check(sound, statuses);
      expect(broken.defects).toEqual([]);
      if (done) {
        if (when === "after") return call;
        break;
      }
    }
  }
  return 0;
}

const archive = await packChart({ name: "web", version: "1.0.0" });
const upstreamFiles = async () => ({
  "/repo/index.yaml": `apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web.tgz]\n    digest: ${sha256(archive).slice(7)}\n`,
  "/repo/web.tgz": archive,
});

async function push(registry: TestRegistry): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const blob of [utf8("{}"), layer]) {
    const started = await registry.ask("POST", `/v2/${repo}/blobs/uploads/`);
    statuses.push(started.status);
    const location = started.headers.get("location") ?? "/v2/charts/web/blobs/uploads/none";
    const headers = { "content-length": String(blob.length) };
    const done = await registry.ask("PUT", `${location}?digest=${sha256(blob)}`, { body: blob, headers });
    statuses.push(done.status);
  }
  statuses.push((await registry.pushManifest(repo, "1.0.0", manifest)).status);
  return statuses;
}

const bytes = new Uint8Array(8 * MIB + 1).fill(7);
const whole = sha256(bytes);

async function pushInChunks(registry: TestRegistry): Promise<readonly number[]> {
  const started = await registry.ask("POST", `/v2/${repo}/blobs/uploads/`);
  const location = started.headers.get("location") ?? "/v2/charts/web/blobs/uploads/none";
  const first = await registry.ask("PATCH", location, { body: bytes.subarray(0, 5 * MIB) });
  const status = await registry.ask("GET", location);
  const offset = status.status === 204 ? Number((status.headers.get("range") ?? "0-0").slice(2)) + 1 : 0;
  const second = await registry.ask("PATCH", location, { body: bytes.subarray(offset <= 1 ? 0 : offset) });
  const done = await registry.ask("PUT", `${location}?digest=${whole}`);
  return [started.status, first.status, second.status, done.status];
}

describe("a store that fails at any call", () => {
  it("leaves a push invisible or whole, and the same push succeeds afterwards", async () => {
    const faults = await atEveryCall([{ kind: "hosted", name: "charts" }], push, async (sound, statuses) => {
      for (const status of statuses) expect([201, 202, 404, 503]).toContain(status);
      await expectWhole(sound);
      const visible = (await sound.ask("GET", `/v2/${repo}/manifests/1.0.0`)).status;
      if (statuses.every((status) => status < 300)) expect(visible).toBe(200);
      expect((await push(sound)).every((status) => status < 300)).toBe(true);
      await expectWhole(sound);
    });
    expect(faults).toBeGreaterThan(15);
  });

  it("never lets a chunked upload end in other bytes", async () => {
    await atEveryCall([{ kind: "hosted", name: "charts" }], pushInChunks, async (sound) => {
      await expectWhole(sound);
    });
  });

  it("leaves a proxied chart invisible or whole, and the next pull fetches it", async () => {
    const projects: readonly Project[] = [{ kind: "proxy", name: "up", upstream: classicUpstream() }];
    const pull = async (registry: TestRegistry) => [(await registry.ask("GET", "/v2/up/web/manifests/1.0.0")).status];
    const faults = await atEveryCall(projects, pull, async (sound, [status]) => {
      expect([200, 503]).toContain(status);
      await expectWhole(sound);
      expect((await sound.ask("GET", "/v2/up/web/manifests/1.0.0")).status).toBe(200);
      await expectWhole(sound);
    });
    expect(faults).toBeGreaterThan(20);
  });

  it("leaves a deletion done or not, never a tag without a manifest", async () => {
    const work = async (registry: TestRegistry) => {
      const statuses = [...(await push(registry))];
      const head = await registry.ask("HEAD", `/v2/${repo}/manifests/1.0.0`);
      const digest = head.headers.get("docker-content-digest") ?? sha256(utf8(""));
      statuses.push((await registry.ask("DELETE", `/v2/${repo}/manifests/${digest}`)).status);
      return statuses;
    };
    await atEveryCall([{ kind: "hosted", name: "charts" }], work, async (sound) => {
      await expectWhole(sound);
    });
  });
});
