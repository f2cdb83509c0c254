import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { expiredTags } from "../../../registry/collection/retention.ts";
import type { Project, RetentionRule } from "../../../registry/projects/project.ts";
import { collectOnce, collectTimes, HOUR, testClock } from "../../support/collection.ts";
import {
  descriptor,
  errorCodes,
  imageOf,
  MANIFEST,
  openRegistry,
  packChart,
  sha256,
  type TestRegistry,
  utf8,
} from "../../support/registry.ts";
import { answerFiles, classicUpstream, fakeEgress } from "../../support/upstream.ts";

const repo = "charts/web";

async function statusOf(registry: TestRegistry, path: string): Promise<number> {
  const response = await registry.ask("GET", path);
  await response.arrayBuffer();
  return response.status;
}

function open(project: Partial<Extract<Project, { kind: "hosted" }>>, pins: readonly string[] = []) {
  const clock = testClock();
  const registry = openRegistry({
    store: createMemoryStore(clock.now),
    now: clock.now,
    projects: [{ kind: "hosted", name: "charts", ...project }],
    pins: { page: async () => ({ digests: pins }) },
  });
  return { clock, registry };
}

const DAY = 24 * HOUR;
const now = 100 * DAY;
const tagged = (...tags: readonly (readonly [string, number])[]) =>
  tags.map(([tag, days]) => ({ tag, modified: now - days * DAY }));

describe("retention rules", () => {
  const tags = tagged(["1.0.0", 50], ["1.10.0", 40], ["1.9.0", 5], ["2.0.0-rc.1", 30], ["latest", 60], ["v1.2.0", 10]);
  const cases: readonly (readonly [string, readonly RetentionRule[], readonly string[]])[] = [
    ["no rule keeps all", [], []],
    ["the newest two, by precedence", [{ keepLast: 2 }], ["1.0.0", "1.9.0", "v1.2.0"]],
    ["what is no version is not counted", [{ keepLast: 1 }], ["1.0.0", "1.10.0", "1.9.0", "v1.2.0"]],
    ["what is newer than so many days", [{ keepNewer: 20 * DAY }], ["1.0.0", "1.10.0", "2.0.0-rc.1", "latest"]],
    ["either of one rule", [{ keepLast: 1, keepNewer: 7 * DAY }], ["1.0.0", "1.10.0", "latest", "v1.2.0"]],
    ["either of two rules", [{ keepLast: 1 }, { tags: "1.*", keepLast: 1 }], ["1.0.0", "1.9.0", "v1.2.0"]],
    ["only tags that a pattern matches", [{ tags: "*-rc*", keepNewer: DAY }], ["2.0.0-rc.1"]],
    ["only repositories that a pattern matches", [{ repositories: "other/*", keepLast: 1 }], []],
  ];
  for (const [name, rules, expected] of cases) {
    it(`keep ${name}`, () => {
      expect(expiredTags({ rules, path: "web", tags, now })).toEqual(expected);
    });
  }
});

describe("retention", () => {
  it("takes expired tags, their manifests and what these alone named", async () => {
    const { clock, registry } = open({ retention: [{ keepLast: 2 }] });
    const digests: string[] = [];
    for (const version of ["1.0.0", "1.1.0", "1.2.0", "1.10.0"]) {
      digests.push(await registry.pushImage(repo, version, version));
    }
    await collectTimes(registry, clock, 4);
    const manifests = await Promise.all(digests.map((digest) => statusOf(registry, `/v2/${repo}/manifests/${digest}`)));
    expect(manifests).toEqual([404, 404, 200, 200]);
    const tags = (await (await registry.ask("GET", `/v2/${repo}/tags/list`)).json()) as { tags: string[] };
    expect(tags.tags).toEqual(["1.10.0", "1.2.0"]);
    const left = (await registry.store.list("blobs/")).items;
    expect(left).toHaveLength(5);
    expect(await statusOf(registry, `/v2/${repo}/blobs/${sha256(utf8("1.2.0"))}`)).toBe(200);
  });

  it("leaves a pinned manifest, another tag's manifest, and what an index names", async () => {
    const pinned = sha256(utf8(JSON.stringify(imageOf(utf8("{}"), utf8("1.0.0")))));
    const { clock, registry } = open({ retention: [{ keepLast: 1 }] }, [pinned]);
    for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await registry.pushImage(repo, version, version);
    const shared = await registry.pushImage(repo, "stable", "1.1.0");
    await collectTimes(registry, clock, 4);
    expect(await statusOf(registry, `/v2/${repo}/manifests/1.0.0`)).toBe(200);
    expect(await statusOf(registry, `/v2/${repo}/manifests/1.1.0`)).toBe(404);
    expect(await statusOf(registry, `/v2/${repo}/manifests/${shared}`)).toBe(200);
    expect(await statusOf(registry, `/v2/${repo}/blobs/${sha256(utf8("1.1.0"))}`)).toBe(200);
  });

  it("leaves a manifest that is tagged again before it is taken", async () => {
    const { clock, registry } = open({ retention: [{ keepLast: 1 }] });
    await registry.pushImage(repo, "1.0.0", "old");
    await registry.pushImage(repo, "2.0.0", "new");
    clock.pass(3 * HOUR);
    expect((await collectOnce(registry)).counts.tagsExpired).toBe(1);
    const again = await registry.pushImage(repo, "kept", "old");
    await collectTimes(registry, clock, 3);
    expect(await statusOf(registry, `/v2/${repo}/manifests/${again}`)).toBe(200);
  });

  it("takes what referred to a manifest that it took", async () => {
    const { clock, registry } = open({ retention: [{ keepLast: 1 }] });
    await registry.pushImage(repo, "1.0.0", "old");
    const subject = utf8(JSON.stringify(imageOf(utf8("{}"), utf8("old"))));
    const signature = { ...imageOf(utf8("{}"), utf8("{}")), subject: descriptor(MANIFEST, subject) };
    const referrer = sha256(utf8(JSON.stringify(signature)));
    expect((await registry.pushManifest(repo, referrer, signature)).status).toBe(201);
    await registry.pushImage(repo, "2.0.0", "new");
    await collectTimes(registry, clock, 2);
    expect(await statusOf(registry, `/v2/${repo}/manifests/${referrer}`)).toBe(200);
    await collectTimes(registry, clock, 1);
    expect(await statusOf(registry, `/v2/${repo}/manifests/${referrer}`)).toBe(404);
    expect(await statusOf(registry, `/v2/${repo}/manifests/2.0.0`)).toBe(200);
  });

  it("stops where the pins cannot be told, and takes nothing", async () => {
    const clock = testClock();
    const registry = openRegistry({
      store: createMemoryStore(clock.now),
      now: clock.now,
      projects: [{ kind: "hosted", name: "charts", retention: [{ keepLast: 1 }] }],
      pins: {
        page: async () => {
          throw new Error("the records do not answer");
        },
      },
    });
    for (const version of ["1.0.0", "2.0.0"]) await registry.pushImage(repo, version, version);
    clock.pass(3 * HOUR);
    await expect(collectOnce(registry)).rejects.toThrow("the records do not answer");
    expect(await statusOf(registry, `/v2/${repo}/manifests/1.0.0`)).toBe(200);
  });
});

describe("immutable tags", () => {
  it("take the same digest again and refuse another one as DENIED", async () => {
    const { registry } = open({ immutableTags: true });
    await registry.pushImage(repo, "1.0.0", "one");
    await registry.pushImage(repo, "1.0.0", "one");
    await registry.pushBlob(repo, utf8("two"));
    const other = await registry.pushManifest(repo, "1.0.0", imageOf(utf8("{}"), utf8("two")));
    const body = (await other.json()) as { errors: readonly { code: string; message: string }[] };
    expect([other.status, body.errors[0]?.code]).toEqual([403, "DENIED"]);
    expect(body.errors[0]?.message).toContain("tag 1.0.0 is immutable");
    expect(await statusOf(registry, `/v2/${repo}/blobs/${sha256(utf8("one"))}`)).toBe(200);
  });
});

describe("a quota", () => {
  const image = imageOf(utf8("{}"), utf8("12345678"));
  const manifestSize = JSON.stringify(image).length;
  const push = async (registry: TestRegistry, name: string, text: string): Promise<number> => {
    const blob = utf8(text);
    const headers = { "content-length": String(blob.length) };
    return (await registry.ask("POST", `/v2/${name}/blobs/uploads/?digest=${sha256(blob)}`, { body: blob, headers }))
      .status;
  };

  it("refuses what does not fit by its own code, and no read suffers", async () => {
    const { registry } = open({ quota: 10 + manifestSize });
    await registry.pushImage(repo, "1.0.0", "12345678");
    expect(await push(registry, repo, "{}")).toBe(201);
    const refused = await registry.ask("POST", `/v2/${repo}/blobs/uploads/?digest=${sha256(utf8("x"))}`, {
      body: utf8("x"),
      headers: { "content-length": "1" },
    });
    const body = (await refused.json()) as { errors: readonly { code: string; message: string }[] };
    expect([refused.status, body.errors[0]?.code]).toEqual([403, "QUOTA_EXCEEDED"]);
    expect(body.errors[0]?.message).toContain("project charts is full");
    for (const path of ["manifests/1.0.0", `blobs/${sha256(utf8("12345678"))}`, "tags/list"]) {
      expect(await statusOf(registry, `/v2/${repo}/${path}`)).toBe(200);
    }
    expect(await registry.usage("charts")).toEqual({ bytes: 10 + manifestSize });
  });

  it("refuses a manifest and an upload in chunks, and leaves nothing visible", async () => {
    const { registry } = open({ quota: 10 });
    await registry.pushBlob(repo, utf8("{}"));
    await registry.pushBlob(repo, utf8("12345678"));
    const refused = await registry.pushManifest(repo, "1.0.0", image);
    expect([refused.status, await errorCodes(refused)]).toEqual([403, ["QUOTA_EXCEEDED"]]);
    expect(await statusOf(registry, `/v2/${repo}/manifests/1.0.0`)).toBe(404);
    const location = (await registry.ask("POST", `/v2/${repo}/blobs/uploads/`)).headers.get("location") ?? "";
    await registry.ask("PATCH", location, { body: utf8("more") });
    expect((await registry.ask("PUT", `${location}?digest=${sha256(utf8("more"))}`)).status).toBe(403);
    expect(await statusOf(registry, `/v2/${repo}/blobs/${sha256(utf8("more"))}`)).toBe(404);
  });

  it("is never overrun by pushes at once", async () => {
    const { registry } = open({ quota: 50 });
    const texts = Array.from({ length: 20 }, (_, i) => `blob-${String(i).padStart(5, "0")}`);
    const statuses = await Promise.all(texts.map(async (text) => await push(registry, repo, text)));
    expect(statuses.filter((status) => status === 201)).toHaveLength(5);
    expect((await registry.usage("charts")).bytes).toBe(50);
  });

  it("has room again after a collection, which counts anew", async () => {
    const { clock, registry } = open({ quota: 20 });
    await registry.pushBlob(repo, utf8("0123456789"));
    await registry.pushBlob(repo, utf8("abcdefghij"));
    expect(await push(registry, repo, "x")).toBe(403);
    await collectTimes(registry, clock, 3);
    expect(await registry.usage("charts")).toMatchObject({ bytes: 0 });
    expect(await push(registry, repo, "x")).toBe(201);
    expect((await registry.usage("charts")).bytes).toBe(1);
  });

  it("counts what every project holds, with a quota or without one", async () => {
    const { clock, registry } = open({});
    await registry.pushImage(repo, "1.0.0", "12345678");
    await registry.pushImage("charts/other", "1.0.0", "12345678");
    clock.pass(3 * HOUR);
    await collectOnce(registry);
    expect((await registry.usage("charts")).bytes).toBe(2 * (10 + manifestSize));
  });
});

describe("a proxy with a cap", () => {
  const versions = ["1.0.0", "1.1.0", "1.2.0"];
  const openProxy = async (cap: number, pins: string[] = []) => {
    const archives = await Promise.all(versions.map((version) => packChart({ name: "web", version })));
    const entries = versions.map(
      (version, i) =>
        `  - name: web\n    version: ${version}\n    urls: [web-${version}.tgz]\n    digest: ${sha256(archives[i] ?? utf8("")).slice(7)}\n`,
    );
    const files = Object.fromEntries(versions.map((version, i) => [`/repo/web-${version}.tgz`, archives[i] ?? ""]));
    const index = `apiVersion: v1\nentries:\n  web:\n${entries.join("")}`;
    const clock = testClock();
    const registry = openRegistry({
      store: createMemoryStore(clock.now),
      now: clock.now,
      egress: fakeEgress(answerFiles({ "/repo/index.yaml": index, ...files })),
      projects: [{ kind: "proxy", name: "up", upstream: classicUpstream(), cap }],
      pins: { page: async () => ({ digests: pins }) },
    });
    const pull = async (version: string) => {
      const response = await registry.ask("GET", `/v2/up/web/manifests/${version}`);
      await response.arrayBuffer();
      return response.headers.get("docker-content-digest") ?? String(response.status);
    };
    const stored = async () => (await registry.store.list("manifests/")).items.map((item) => item.key.slice(-64));
    return { clock, registry, pull, stored };
  };

  it("loses what was not asked for longest, and fetches it again", async () => {
    const { clock, registry, pull, stored } = await openProxy(1200);
    const [first, second, third] = [await pull("1.0.0"), await pull("1.1.0"), await pull("1.2.0")];
    clock.pass(5 * HOUR);
    await pull("1.0.0");
    await collectOnce(registry);
    clock.pass(3 * HOUR);
    await collectOnce(registry);
    expect(await stored()).toEqual([first.slice(7)]);
    expect([await pull("1.1.0"), await pull("1.2.0")]).toEqual([second, third]);
  });

  it("keeps what is pinned under the tightest cap, and all without one", async () => {
    const pins: string[] = [];
    const { clock, registry, pull, stored } = await openProxy(0, pins);
    for (const version of versions) pins.push(await pull(version));
    pins.splice(1);
    await collectTimes(registry, clock, 4);
    expect(await stored()).toEqual(pins.map((digest) => digest.slice(7)));
    const parts = (await (await registry.ask("GET", "/v2/up/web/manifests/1.0.0")).json()) as {
      layers: readonly { digest: string }[];
    };
    for (const { digest } of parts.layers) expect(await statusOf(registry, `/v2/up/web/blobs/${digest}`)).toBe(200);
  });
});

describe("a check of the store", () => {
  it("finds wrong bytes, and what leads nowhere", async () => {
    const registry = openRegistry();
    const digest = await registry.pushImage(repo, "1.0.0", "layer");
    await registry.pushImage(repo, "2.0.0", "other");
    expect(await registry.check({ calls: 1000, bytes: 1e9 })).toMatchObject({ checked: 12, faults: [] });
    const place = (text: string) => `sha256/${sha256(utf8(text)).slice(7, 9)}/${sha256(utf8(text)).slice(7)}`;
    await registry.store.put(`blobs/${place("layer")}`, { kind: "bytes", bytes: utf8("LAYER") });
    await registry.store.delete(`blobs/${place("other")}`);
    await registry.store.delete(`links/${place("{}")}@charts!web`);
    await registry.store.delete(`manifests/charts!web/${digest.replace(":", "-")}`);
    const faults: string[] = [];
    let after: string | undefined;
    do {
      const found = await registry.check({ calls: 6, bytes: 1e9, ...(after === undefined ? {} : { after }) });
      faults.push(...found.faults.map((fault) => fault.kind));
      after = found.next;
    } while (after !== undefined);
    expect(faults).toEqual(["wrong-bytes", "link-without-content", "manifest-without-blob", "tag-without-manifest"]);
  });
});
