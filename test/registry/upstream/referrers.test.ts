import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import type { PullPolicy } from "../../../registry/projects/pull-policy.ts";
import type { UpstreamEvent } from "../../../registry/upstream/count.ts";
import {
  descriptor,
  errorCodes,
  imageOf,
  INDEX,
  MANIFEST,
  openRegistry,
  sha256,
  type TestRegistry,
  utf8,
} from "../../support/registry.ts";
import { type Answer, answerFrom, fakeEgress, type FakeEgress, ociUpstream } from "../../support/upstream.ts";

const HOUR = 3_600_000;
const SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json";

interface World {
  readonly origin: TestRegistry;
  readonly registry: TestRegistry;
  readonly egress: FakeEgress;
  readonly clock: { now: number };
  readonly events: UpstreamEvent[];
  intercept: Answer | undefined;
}

function openWorld(policy?: PullPolicy): World {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  const clock = { now: Date.parse("2024-06-01T00:00:00Z") };
  const events: UpstreamEvent[] = [];
  const pass = answerFrom(origin);
  const egress = fakeEgress(async (request) => (await world.intercept?.(request)) ?? (await pass(request)));
  const upstream = ociUpstream({ prefix: "lib/" });
  const projects: readonly Project[] = [
    { kind: "proxy", name: "up", upstream, ...(policy === undefined ? {} : { policy }) },
    { kind: "hosted", name: "own" },
    { kind: "group", name: "all", members: [{ project: "up" }, { project: "own" }] },
    { kind: "group", name: "both", members: [{ project: "up" }, { project: "own" }], merge: ["*"] },
  ];
  const registry = openRegistry({
    projects,
    store: createMemoryStore(),
    egress,
    now: () => clock.now,
    count: (event) => void events.push(event),
  });
  const world: World = { origin, registry, egress, clock, events, intercept: undefined };
  return world;
}

interface Note {
  readonly text: string;
  readonly artifactType?: string;
}

/** Pushes an artifact that refers to `subject`; gives its digest. */
async function attach(
  { pushBlob, pushManifest }: TestRegistry,
  repository: string,
  subject: string,
  { text, artifactType = SIGNATURE }: Note,
): Promise<string> {
  await pushBlob(repository, utf8("{}"));
  await pushBlob(repository, utf8(text));
  const manifest = {
    ...imageOf(utf8("{}"), utf8(text)),
    artifactType,
    layers: [descriptor(artifactType, utf8(text))],
    subject: { mediaType: MANIFEST, digest: subject, size: 1 },
    annotations: { text },
  };
  const digest = sha256(utf8(JSON.stringify(manifest)));
  const response = await pushManifest(repository, digest, manifest);
  if (response.status !== 201) throw new Error(`attach: ${response.status} ${await response.text()}`);
  return digest;
}

interface Listed {
  readonly status: number;
  readonly digests: readonly string[];
  readonly filters: string | null;
}

async function list({ registry }: World, subject: string, query = "", project = "up"): Promise<Listed> {
  const response = await registry.ask("GET", `/v2/${project}/web/referrers/${subject}${query}`);
  if (response.status !== 200)
    return { status: response.status, digests: await errorCodes(response), filters: response.headers.get("x") };
  expect(response.headers.get("content-type")).toBe(INDEX);
  const { manifests } = (await response.json()) as { manifests: readonly { digest: string }[] };
  const digests = manifests.map(({ digest }) => digest);
  return { status: 200, digests, filters: response.headers.get("oci-filters-applied") };
}

const sorted = (...digests: readonly string[]): readonly string[] => [...digests].sort();

describe("what refers to a manifest of another registry", () => {
  it("is listed without being pulled, once within its ttl, and can be pulled then", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const first = await attach(world.origin, "lib/web", subject, { text: "one" });
    expect((await list(world, subject)).digests).toEqual([first]);
    expect((await list(world, subject)).digests).toEqual([first]);
    expect(world.egress.take()).toEqual([`GET /v2/lib/web/referrers/${subject}`]);
    const second = await attach(world.origin, "lib/web", subject, { text: "two" });
    expect((await list(world, subject)).digests).toEqual([first]);
    world.clock.now += 61_000;
    expect((await list(world, subject)).digests).toEqual(sorted(first, second));
    expect((await world.registry.ask("GET", `/v2/up/web/manifests/${second}`)).status).toBe(200);
    expect(world.events.map(({ subject: what, outcome }) => `${what} ${outcome}`)).toEqual([
      "referrers miss",
      "referrers hit",
      "referrers hit",
      "referrers miss",
      "manifest miss",
    ]);
  });

  it("is filtered here, whatever the upstream can", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    await attach(world.origin, "lib/web", subject, { text: "one" });
    const sbom = await attach(world.origin, "lib/web", subject, { text: "two", artifactType: "x/sbom" });
    expect(await list(world, subject, "?artifactType=x%2Fsbom")).toEqual({
      status: 200,
      digests: [sbom],
      filters: "artifactType",
    });
    expect((await list(world, subject)).filters).toBe(null);
    expect((await list(world, subject, "?artifactType=x%2Fother")).digests).toEqual([]);
    expect(world.egress.take()).toEqual([`GET /v2/lib/web/referrers/${subject}`]);
  });

  it("is read from all of the upstream's pages, and given in pages", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const made: string[] = [];
    for (let i = 0; i < 205; i++)
      made.push(await attach(world.origin, "lib/web", subject, { text: `${i}`, artifactType: `x/${i % 2}` }));
    const read = async (query: string): Promise<readonly (readonly string[])[]> => {
      const pages: string[][] = [];
      let path: string | undefined = `/v2/up/web/referrers/${subject}${query}`;
      while (path !== undefined) {
        const response: Response = await world.registry.ask("GET", path);
        const { manifests } = (await response.json()) as { manifests: readonly { digest: string }[] };
        pages.push(manifests.map(({ digest }) => digest));
        path = /<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1];
      }
      return pages;
    };
    const pages = await read("");
    expect(pages.map((page) => page.length)).toEqual([200, 5]);
    expect(pages.flat()).toEqual(sorted(...made));
    expect((await read("?artifactType=x%2F1")).flat()).toEqual(sorted(...made.filter((_, i) => i % 2 === 1)));
    expect(world.egress.take()).toHaveLength(2);
  });

  it.each([404, 400, 406])("is read from the stand-in tag of a registry that answers %d for lists", async (status) => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    world.intercept = ({ url }) => (url.includes("/referrers/") ? new Response("", { status }) : undefined);
    expect((await list(world, subject)).digests).toEqual([]);
    const kept = { mediaType: MANIFEST, digest: sha256(utf8("sig")), size: 3, artifactType: SIGNATURE };
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: [kept] };
    await world.origin.pushManifest("lib/web", subject.replace(":", "-"), index, INDEX);
    world.clock.now += 61_000;
    world.egress.take();
    expect((await list(world, subject)).digests).toEqual([kept.digest]);
    expect(world.egress.take()).toEqual([
      `GET /v2/lib/web/referrers/${subject}`,
      `GET /v2/lib/web/manifests/${subject.replace(":", "-")}`,
    ]);
    const tagged = await world.registry.ask("GET", `/v2/up/web/manifests/${subject.replace(":", "-")}`);
    expect(await tagged.json()).toEqual(index);
  });

  it("is no list where the upstream answers a page", async () => {
    const world = openWorld();
    world.intercept = () => new Response("<html>", { headers: { "content-type": "text/html" } });
    expect(await list(world, sha256(utf8("x")))).toMatchObject({ status: 502, digests: ["UNAVAILABLE"] });
  });

  it("is refused where the upstream's list has no end", async () => {
    const world = openWorld();
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] });
    world.intercept = ({ url }) =>
      new Response(body, { headers: { "content-type": INDEX, link: `<${new URL(url).pathname}>; rel="next"` } });
    expect(await list(world, sha256(utf8("x")))).toMatchObject({ status: 502, digests: ["UNAVAILABLE"] });
    expect(world.egress.take()).toHaveLength(50);
  });

  it("is what was known while the upstream fails, and an error where nothing was", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const note = await attach(world.origin, "lib/web", subject, { text: "one" });
    await list(world, subject);
    world.egress.down = true;
    world.clock.now += 61_000;
    expect((await list(world, subject)).digests).toEqual([note]);
    expect((await list(world, sha256(utf8("other")))).status).toBe(503);
    world.clock.now += 2_000_000;
    expect((await list(world, subject)).status).toBe(503);
  });

  it("is what was pulled where the upstream has it no more, or fails", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const note = await attach(world.origin, "lib/web", subject, { text: "one" });
    await world.registry.ask("GET", `/v2/up/web/manifests/${note}`);
    await world.origin.ask("DELETE", `/v2/lib/web/manifests/${note}`);
    expect((await list(world, subject)).digests).toEqual([note]);
    world.egress.down = true;
    world.clock.now += 2_000_000;
    expect((await list(world, subject)).digests).toEqual([note]);
  });

  it("is shown beside a chart, and what is here of it while the upstream is silent", async () => {
    const world = openWorld();
    const digest = await world.origin.pushChart("lib", { name: "web", version: "1.0.0" });
    const note = await attach(world.origin, "lib/web", digest, { text: "one" });
    const listed = async (): Promise<readonly string[]> =>
      (await world.registry.attachments.list({ project: "up", name: "web", digest })).map((one) => one.digest);
    expect((await world.registry.ask("GET", "/v2/up/web/manifests/1.0.0")).status).toBe(200);
    world.egress.down = true;
    expect(await listed()).toEqual([]);
    world.egress.down = false;
    world.clock.now += 10_000;
    expect(await listed()).toEqual([note]);
  });

  it("fills no store for manifests that nobody pulled, and remembers that there is nothing", async () => {
    const world = openWorld();
    const subject = sha256(utf8("nobody"));
    expect(await list(world, subject)).toMatchObject({ status: 200, digests: [] });
    world.egress.take();
    await list(world, subject);
    expect(world.egress.take()).toEqual([]);
    expect((await world.registry.store.list("upstream/")).items).toEqual([]);
    const pulled = await world.origin.pushImage("lib/web", "1.0.0", "x");
    await world.registry.ask("GET", "/v2/up/web/manifests/1.0.0");
    await list(world, pulled);
    world.clock.now += 61_000;
    world.egress.down = true;
    expect(await list(world, pulled)).toMatchObject({ status: 200, digests: [] });
  });

  it("is asked for once by many at the same time", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const note = await attach(world.origin, "lib/web", subject, { text: "one" });
    const answers = await Promise.all(Array.from({ length: 50 }, async () => (await list(world, subject)).digests));
    expect(new Set(answers.flat())).toEqual(new Set([note]));
    expect(world.egress.take()).toEqual([`GET /v2/lib/web/referrers/${subject}`]);
  });

  it("shows through a group, and with what its other members hold where it merges", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const theirs = await attach(world.origin, "lib/web", subject, { text: "one" });
    const ours = await attach(world.registry, "own/web", subject, { text: "two" });
    expect((await list(world, subject, "", "all")).digests).toEqual([theirs]);
    expect((await list(world, subject, "", "both")).digests).toEqual(sorted(theirs, ours));
  });

  it("comes in pages through a group that merges, each referrer once", async () => {
    const world = openWorld();
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const made: string[] = [];
    for (let i = 0; i < 210; i++) made.push(await attach(world.origin, "lib/web", subject, { text: `${i}` }));
    for (let i = 100; i < 310; i++) made.push(await attach(world.registry, "own/web", subject, { text: `${i}` }));
    const found: string[] = [];
    let path: string | undefined = `/v2/both/web/referrers/${subject}`;
    while (path !== undefined) {
      const response: Response = await world.registry.ask("GET", path);
      const { manifests } = (await response.json()) as { manifests: readonly { digest: string }[] };
      expect(manifests.length).toBeLessThanOrEqual(200);
      found.push(...manifests.map(({ digest }) => digest));
      path = /<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(found).toEqual([...new Set(made)].sort());
  });
});

describe("a project with a cooldown", () => {
  const policy: PullPolicy = { allow: [{ charts: "web" }], cooldown: 24 * HOUR };

  it("lists what refers to charts that may be pulled, and of no others", async () => {
    const world = openWorld(policy);
    const subject = await world.origin.pushImage("lib/web", "1.0.0", "x");
    const note = await attach(world.origin, "lib/web", subject, { text: "one" });
    expect((await list(world, subject)).digests).toEqual([note]);
    world.egress.take();
    const other = await world.registry.ask("GET", `/v2/up/other/referrers/${subject}`);
    expect([other.status, world.egress.take()]).toEqual([403, []]);
  });

  it("gives the documents about an admitted chart by their tags, however new, and no chart under such a tag", async () => {
    const world = openWorld(policy);
    const { origin, registry, clock } = world;
    const subject = await origin.pushImage("lib/web", "1.0.0", "x");
    const tag = subject.replace(":", "-");
    const simple = utf8("{}signing");
    await origin.pushBlob("lib/web", simple);
    const signature = {
      ...imageOf(utf8("{}"), simple),
      layers: [descriptor("application/vnd.dev.cosign.simplesigning.v1+json", simple)],
    };
    await origin.pushManifest("lib/web", `${tag}.sig`, signature);
    await origin.pushImage("lib/web", `${tag}.att`, "anything else");
    await origin.pushManifest("lib/web", tag, { schemaVersion: 2, mediaType: INDEX, manifests: [] }, INDEX);
    const status = async (path: string): Promise<number> => (await registry.ask("GET", `/v2/up/web/${path}`)).status;
    const statuses = async (): Promise<readonly number[]> => [
      await status("manifests/1.0.0"),
      await status(`manifests/${tag}.sig`),
      await status(`blobs/${sha256(simple)}`),
      await status(`manifests/${tag}`),
      await status(`manifests/${tag}.att`),
    ];
    expect(await statuses()).toEqual([403, 403, 404, 403, 403]);
    clock.now += 24 * HOUR;
    expect(await statuses()).toEqual([200, 200, 200, 200, 200]);
    await origin.pushManifest("lib/web", `${tag}.sig`, { ...signature, annotations: { again: "yes" } });
    await origin.pushImage("lib/web", `${tag}.sbom`, "new content");
    clock.now += HOUR;
    expect(await status(`manifests/${tag}.sig`)).toBe(200);
    expect(await status(`manifests/${tag}.sbom`)).toBe(403);
  });
});
