import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { StoreError } from "../../../registry/content/store-error.ts";
import { collectOnce, HOUR, testClock } from "../../support/collection.ts";
import { faultyStore } from "../../support/faulty-store.ts";
import { openRegistry, packChart, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress } from "../../support/upstream.ts";
import type { Project } from "../../../registry/projects/project.ts";

const repo = "charts/web";
const projects: readonly Project[] = [
  { kind: "hosted", name: "charts", retention: [{ repositories: "short", keepLast: 1 }], quota: 1_000_000 },
  { kind: "proxy", name: "up", upstream: classicUpstream() },
];
const archive = await packChart({ name: "web", version: "1.0.0" });
const egress = fakeEgress(
  answerFiles({
    "/repo/index.yaml": "apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web.tgz]\n",
    "/repo/web.tgz": archive,
  }),
);

interface Content {
  readonly repository: string;
  readonly digest: string;
}

async function fill(registry: TestRegistry): Promise<{ readonly kept: Content[] }> {
  const gone = await registry.pushImage(repo, "gone", "only in what goes");
  const kept = [
    { repository: repo, digest: await registry.pushImage(repo, "1", "a") },
    { repository: "charts/other", digest: await registry.pushImage("charts/other", "1", "only in what goes") },
  ];
  await registry.pushImage("charts/short", "1.0.0", "short one");
  kept.push({ repository: "charts/short", digest: await registry.pushImage("charts/short", "2.0.0", "short two") });
  const pulled = await registry.ask("GET", "/v2/up/web/manifests/1.0.0");
  await pulled.arrayBuffer();
  kept.push({ repository: "up/web", digest: pulled.headers.get("docker-content-digest") ?? "" });
  expect((await registry.ask("DELETE", `/v2/${repo}/manifests/${gone}`)).status).toBe(202);
  return { kept };
}

/** Everything that is kept is there, byte for byte. */
async function expectKept(registry: TestRegistry, kept: readonly Content[]): Promise<void> {
  for (const { repository, digest } of kept) {
    const response = await registry.ask("GET", `/v2/${repository}/manifests/${digest}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([response.status, sha256(bytes)]).toEqual([200, digest]);
    const { config, layers } = JSON.parse(new TextDecoder().decode(bytes)) as {
      config: { digest: string };
      layers: readonly { digest: string }[];
    };
    for (const blob of [config, ...layers]) {
      const found = await registry.ask("GET", `/v2/${repository}/blobs/${blob.digest}`);
      expect([found.status, sha256(new Uint8Array(await found.arrayBuffer()))]).toEqual([200, blob.digest]);
    }
  }
}

/** Three collections, the second with a fault at the given call. Says whether the fault came. */
async function collectWithFault(
  call: number,
  when: "before" | "after",
): Promise<{ readonly reached: boolean; readonly left: number }> {
  const clock = testClock();
  const inner = createMemoryStore(clock.now);
  const options = { now: clock.now, projects, egress };
  const { kept } = await fill(openRegistry({ ...options, store: inner }));
  const faulty = faultyStore(inner);
  const broken = openRegistry({ ...options, store: faulty.store });
  const sound = openRegistry({ ...options, store: inner });
  clock.pass(3 * HOUR);
  await collectOnce(sound);
  clock.pass(3 * HOUR);
  faulty.failAt(call, when);
  const failed = await collectOnce(broken, { calls: 60 }).then(
    () => false,
    (error: unknown) => error instanceof StoreError,
  );
  const reached = faulty.calls() > call;
  faulty.failAt(undefined);
  await expectKept(sound, kept);
  if (failed) clock.pass(11 * 60_000);
  for (let i = 0; i < 4; i++) {
    await collectOnce(sound);
    clock.pass(3 * HOUR);
  }
  await expectKept(sound, kept);
  expect((await sound.ask("GET", "/v2/charts/short/manifests/1.0.0")).status).toBe(404);
  await sound.pushImage(repo, "again", "only in what goes");
  expect(broken.defects).toEqual([]);
  return { reached, left: (await inner.list("blobs/")).items.length };
}

describe("a collection over a store that fails at any call", () => {
  for (const when of ["before", "after"] as const) {
    it(`loses nothing that is named, and ends as without the fault (${when === "before" ? "not done" : "done, and reported as failed"})`, async () => {
      const { left } = await collectWithFault(Number.MAX_SAFE_INTEGER, when);
      let calls = 0;
      for (; ; calls++) {
        const outcome = await collectWithFault(calls, when);
        expect(outcome.left).toBe(left);
        if (!outcome.reached) break;
      }
      expect(calls).toBeGreaterThan(40);
    });
  }

  it("lets pushes go on, whichever call of theirs fails while things are condemned", async () => {
    for (const when of ["before", "after"] as const) {
      for (let call = 0; ; call++) {
        const clock = testClock();
        const inner = createMemoryStore(clock.now);
        const options = { now: clock.now, projects, egress };
        const sound = openRegistry({ ...options, store: inner });
        const { kept } = await fill(sound);
        clock.pass(3 * HOUR);
        await collectOnce(sound);
        const faulty = faultyStore(inner);
        const broken = openRegistry({ ...options, store: faulty.store });
        clock.pass(2 * HOUR);
        faulty.failAt(call, when);
        const digest = await broken.pushImage(repo, "back", "only in what goes").catch(() => undefined);
        const reached = faulty.calls() > call;
        if (digest !== undefined) kept.push({ repository: repo, digest });
        for (let i = 0; i < 3; i++) {
          clock.pass(2 * HOUR);
          await collectOnce(sound);
        }
        await expectKept(sound, kept);
        expect(broken.defects).toEqual([]);
        if (!reached) break;
      }
    }
  });

  it("lets pulls and conversions go on, whichever call of theirs fails after a collection", async () => {
    let calls = 0;
    for (const when of ["before", "after"] as const) {
      for (let call = 0; ; call++) {
        const clock = testClock();
        const inner = createMemoryStore(clock.now);
        const options = { now: clock.now, projects, egress };
        const sound = openRegistry({ ...options, store: inner });
        await collectOnce(sound);
        const faulty = faultyStore(inner);
        const broken = openRegistry({ ...options, store: faulty.store });
        faulty.failAt(call, when);
        const pulled = await broken.ask("GET", "/v2/up/web/manifests/1.0.0");
        await pulled.arrayBuffer();
        expect([200, 503]).toContain(pulled.status);
        const reached = faulty.calls() > call;
        clock.pass(HOUR);
        await collectOnce(sound);
        const again = await sound.ask("GET", "/v2/up/web/manifests/1.0.0");
        await again.arrayBuffer();
        await expectKept(sound, [{ repository: "up/web", digest: again.headers.get("docker-content-digest") ?? "" }]);
        expect((await sound.check({ calls: 10_000, bytes: 1e9 })).faults).toEqual([]);
        expect(broken.defects).toEqual([]);
        if (!reached) break;
        calls = call;
      }
    }
    expect(calls).toBeGreaterThan(25);
  });

  it("is not led astray by a store that is slow", async () => {
    const clock = testClock();
    const inner = createMemoryStore(clock.now);
    const options = { now: clock.now, projects, egress };
    const { kept } = await fill(openRegistry({ ...options, store: inner }));
    const slow = slowed(inner, () => clock.pass(50_000));
    const registry = openRegistry({ ...options, store: slow });
    for (let i = 0; i < 8; i++) {
      await collectOnce(registry, { calls: 40 });
      clock.pass(3 * HOUR);
    }
    await expectKept(openRegistry({ ...options, store: inner }), kept);
    expect((await inner.list("condemned/")).items).toEqual([]);
    const gone = sha256(utf8("short one"));
    expect(await inner.head(`blobs/sha256/${gone.slice(7, 9)}/${gone.slice(7)}`)).toBeUndefined();
  });
});

function slowed(inner: ObjectStore, pass: () => void): ObjectStore {
  const wait =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const result = await call(...args);
      pass();
      return result;
    };
  const { head, get, put, list } = inner;
  return { ...inner, head: wait(head), get: wait(get), put: wait(put), delete: wait(inner.delete), list: wait(list) };
}
