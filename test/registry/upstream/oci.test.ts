import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import { DEFAULT_FRESHNESS } from "../../../registry/upstream/upstream.ts";
import {
  errorCodes,
  imageOf,
  MANIFEST,
  openRegistry,
  sha256,
  type TestRegistry,
  utf8,
} from "../../support/registry.ts";
import { type Answer, answerFrom, fakeEgress, type FakeEgress, ociUpstream } from "../../support/upstream.ts";

const MIB = 1024 * 1024;

interface World {
  readonly origin: TestRegistry;
  readonly registry: TestRegistry;
  readonly egress: FakeEgress;
  readonly clock: { now: number };
  /** Stands before the origin's answers. */
  intercept: Answer | undefined;
}

function openWorld(more = {}, together = true): World {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  const clock = { now: 1_000_000 };
  const pass = answerFrom(origin);
  const egress = fakeEgress(async (request) => (await world.intercept?.(request)) ?? (await pass(request)));
  const registry = openRegistry({
    projects: [{ kind: "proxy", name: "up", upstream: ociUpstream({ prefix: "lib/", ...more }) }],
    store: createMemoryStore(),
    egress,
    together,
    now: () => clock.now,
  });
  const world: World = { origin, registry, egress, clock, intercept: undefined };
  return world;
}

const get = (world: World, path: string, headers = {}) => world.registry.ask("GET", `/v2/up/web/${path}`, { headers });
const digestOf = (response: Response) => response.headers.get("docker-content-digest");
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const big = new Uint8Array(3 * MIB).map((_, i) => (i * 7) & 255);

describe("another registry as a project", () => {
  let world: World;
  beforeEach(() => {
    world = openWorld();
  });

  it("is pulled by tag and digest with its own bytes, once", async () => {
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
    const response = await get(world, "manifests/1.0.0");
    expect([response.status, digestOf(response), response.headers.get("content-type")]).toEqual([
      200,
      digest,
      MANIFEST,
    ]);
    expect(sha256(await bytesOf(response))).toBe(digest);
    expect(await (await get(world, `blobs/${sha256(utf8("layer"))}`)).text()).toBe("layer");
    expect(world.egress.take()).toEqual([
      "GET /v2/lib/web/manifests/1.0.0",
      `GET /v2/lib/web/blobs/${sha256(utf8("layer"))}`,
    ]);
    await get(world, "manifests/1.0.0");
    await get(world, `manifests/${digest}`);
    await get(world, `blobs/${sha256(utf8("layer"))}`);
    expect(world.egress.take()).toEqual([]);
  });

  it("fills by a first pull by digest", async () => {
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
    expect(digestOf(await get(world, `manifests/${digest}`))).toBe(digest);
    world.egress.down = true;
    expect((await get(world, `manifests/${digest}`)).status).toBe(200);
  });

  it("follows a tag after its ttl by HEAD, and GETs only what changed", async () => {
    const first = await world.origin.pushImage("lib/web", "latest", "one");
    expect(digestOf(await get(world, "manifests/latest"))).toBe(first);
    world.egress.take();
    world.clock.now += 61_000;
    await get(world, "manifests/latest");
    expect(world.egress.take()).toEqual(["HEAD /v2/lib/web/manifests/latest"]);
    const second = await world.origin.pushImage("lib/web", "latest", "two");
    expect(digestOf(await get(world, "manifests/latest"))).toBe(first);
    world.clock.now += 61_000;
    expect(digestOf(await get(world, "manifests/latest"))).toBe(second);
    expect(world.egress.take()).toEqual(["HEAD /v2/lib/web/manifests/latest", "GET /v2/lib/web/manifests/latest"]);
  });

  it("serves what it has while the upstream is down, limits or denies, and asks again later", async () => {
    const digest = await world.origin.pushImage("lib/web", "latest", "one");
    await get(world, "manifests/latest");
    world.clock.now += 61_000;
    for (const status of [500, 429, 401, 403]) {
      world.intercept = () => new Response("", { status, headers: { "retry-after": "1" } });
      expect(digestOf(await get(world, "manifests/latest"))).toBe(digest);
      world.clock.now += 10_000;
    }
    world.intercept = undefined;
    world.egress.down = true;
    expect(digestOf(await get(world, "manifests/latest"))).toBe(digest);
    world.egress.take();
    expect(digestOf(await get(world, "manifests/latest"))).toBe(digest);
    expect(world.egress.take()).toEqual([]);
    world.clock.now += 2_000_000;
    expect((await get(world, "manifests/latest")).status).toBe(503);
    world.egress.down = false;
    world.clock.now += 10_000;
    expect(digestOf(await get(world, "manifests/latest"))).toBe(digest);
  });

  it("serves for ever what was pulled once where no limit is configured", async () => {
    const year = 365 * 24 * 3_600_000;
    const lasting = openWorld({ freshness: DEFAULT_FRESHNESS });
    const digest = await lasting.origin.pushImage("lib/web", "1.0.0", "one");
    await get(lasting, "manifests/1.0.0");
    lasting.egress.down = true;
    lasting.clock.now += year;
    expect(digestOf(await get(lasting, "manifests/1.0.0"))).toBe(digest);
    expect(await (await get(lasting, "tags/list")).json()).toMatchObject({ tags: ["1.0.0"] });
  });

  it("believes that there is none for a while", async () => {
    expect((await get(world, "manifests/1.0.0")).status).toBe(404);
    world.egress.take();
    expect((await get(world, "manifests/1.0.0")).status).toBe(404);
    expect(world.egress.take()).toEqual([]);
    await world.origin.pushImage("lib/web", "1.0.0", "x");
    world.clock.now += 11_000;
    expect((await get(world, "manifests/1.0.0")).status).toBe(200);
  });

  it("keeps a tag that the upstream removed", async () => {
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "x");
    await get(world, "manifests/1.0.0");
    await world.origin.ask("DELETE", `/v2/lib/web/manifests/${digest}`);
    world.clock.now += 61_000;
    expect(digestOf(await get(world, "manifests/1.0.0"))).toBe(digest);
    expect(await (await get(world, "tags/list")).json()).toMatchObject({ tags: ["1.0.0"] });
  });

  it("answers 429 with the upstream's Retry-After where it has nothing, and leaves it alone meanwhile", async () => {
    world.intercept = () => new Response("", { status: 429, headers: { "retry-after": "30" } });
    const response = await get(world, "manifests/1.0.0");
    expect([response.status, response.headers.get("retry-after"), await errorCodes(response)]).toEqual([
      429,
      "30",
      ["TOOMANYREQUESTS"],
    ]);
    world.egress.take();
    await get(world, "manifests/2.0.0");
    expect(world.egress.take()).toEqual([]);
    world.clock.now += 31_000;
    await get(world, "manifests/2.0.0");
    expect(world.egress.take()).toHaveLength(1);
  });

  it("is asked no more often than the operator lets it, and what is known is served meanwhile", async () => {
    const limited = openWorld({ rate: { requests: 2, per: 60_000 } });
    for (const tag of ["a", "b", "c"]) await limited.origin.pushImage("lib/web", tag, tag);
    expect([(await get(limited, "manifests/a")).status, (await get(limited, "manifests/b")).status]).toEqual([
      200, 200,
    ]);
    const third = await get(limited, "manifests/c");
    expect([third.status, third.headers.get("retry-after")]).toEqual([429, "30"]);
    expect((await get(limited, "manifests/a")).status).toBe(200);
    expect(limited.egress.take()).toHaveLength(2);
    limited.clock.now += 30_000;
    expect((await get(limited, "manifests/c")).status).toBe(200);
  });

  it("stores nothing of a manifest or blob that is not what its digest says", async () => {
    const digest = await world.origin.pushImage("lib/web", "1.0.0", "layer");
    const layer = sha256(utf8("layer"));
    world.intercept = ({ url }) =>
      new Response(url.includes("blobs") ? "evil!" : JSON.stringify(imageOf(utf8("{}"), utf8("evil"))), {
        headers: { "content-type": MANIFEST, "docker-content-digest": digest },
      });
    for (const path of [`manifests/${digest}`, "manifests/1.0.0", `blobs/${layer}`]) {
      expect((await get(world, path)).status).toBe(502);
    }
    expect((await world.registry.store.list("blobs/")).items).toEqual([]);
    expect((await world.registry.store.list("links/")).items).toEqual([]);
    world.intercept = undefined;
    expect((await get(world, `blobs/${layer}`)).status).toBe(200);
  });

  it("merges the upstream's tags, all pages, with what is kept here", async () => {
    for (const tag of ["a", "b", "c"]) await world.origin.pushImage("lib/web", tag, "x");
    world.intercept = async ({ url }) =>
      url.endsWith("lib/web/tags/list") ? await world.origin.ask("GET", "/v2/lib/web/tags/list?n=2") : undefined;
    expect(await (await get(world, "tags/list")).json()).toMatchObject({ tags: ["a", "b", "c"] });
    expect(await (await get(world, "tags/list?n=1&last=a")).json()).toMatchObject({ tags: ["b"] });
    world.intercept = ({ url }) => (url.includes("/none/") ? new Response("", { status: 404 }) : undefined);
    expect((await world.registry.ask("GET", "/v2/up/none/tags/list")).status).toBe(404);
  });
});

describe("a large blob through a project", () => {
  it("streams to the first, is stored, and is fetched once for all", async () => {
    const world = openWorld();
    const digest = await world.origin.pushBlob("lib/web", big);
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => sha256(await bytesOf(await get(world, `blobs/${digest}`)))),
    );
    expect(new Set(answers)).toEqual(new Set([digest]));
    expect(world.egress.take()).toEqual([`GET /v2/lib/web/blobs/${digest}`]);
  });

  it("answers a range of a cold blob out of the whole", async () => {
    const world = openWorld();
    const digest = await world.origin.pushBlob("lib/web", big);
    const response = await get(world, `blobs/${digest}`, { range: "bytes=1000000-1000009" });
    expect([response.status, await bytesOf(response)]).toEqual([206, big.slice(1_000_000, 1_000_010)]);
    expect(world.egress.take()).toEqual([`HEAD /v2/lib/web/blobs/${digest}`, `GET /v2/lib/web/blobs/${digest}`]);
  });

  it("never gives the end of wrong bytes to a client, and stores none", async () => {
    const world = openWorld();
    const digest = await world.origin.pushBlob("lib/web", big);
    const evil = big.slice();
    evil[MIB] = 1 + (evil[MIB] ?? 0);
    world.intercept = () => new Response(chunked(evil), { headers: { "content-length": String(evil.length) } });
    const response = await get(world, `blobs/${digest}`);
    const reader = response.body?.getReader();
    let received = 0;
    const drained = (async () => {
      for (;;) {
        const next = await reader?.read();
        if (next?.done !== false) return;
        received += next.value.length;
      }
    })();
    await expect(drained).rejects.toThrow();
    expect(received).toBeLessThanOrEqual(evil.length - 64 * 1024);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await world.registry.store.list("blobs/")).items).toEqual([]);
    expect((await world.registry.store.list("links/")).items).toEqual([]);
    expect(world.registry.defects).toEqual([]);
    world.intercept = undefined;
    expect((await bytesOf(await get(world, `blobs/${digest}`))).length).toBe(big.length);
  });

  it("is stored although the client went away", async () => {
    const world = openWorld();
    const digest = await world.origin.pushBlob("lib/web", big);
    const response = await get(world, `blobs/${digest}`);
    await response.body?.cancel();
    await expect.poll(async () => (await world.registry.store.list("links/")).items.length, { interval: 5 }).toBe(1);
    world.egress.take();
    expect((await bytesOf(await get(world, `blobs/${digest}`))).length).toBe(big.length);
    expect(world.egress.take()).toEqual([]);
  });
});

describe("signing in at another registry", () => {
  const credentials = async () => ({ username: "u", password: "canary-secret" });
  const tokenWorld = (realm: string, more = {}, together = true) => {
    const world = openWorld({ credentials, ...more }, together);
    const tokens: string[] = [];
    world.intercept = ({ url, headers }) => {
      const { host, pathname, searchParams } = new URL(url);
      if (pathname === "/token") {
        tokens.push(`${host} ${searchParams.get("scope") ?? ""} ${headers?.["authorization"] ?? "anonymous"}`);
        return Response.json({ token: "t1", expires_in: 300 });
      }
      if (headers?.["authorization"] === "Bearer t1") return undefined;
      return new Response("", {
        status: 401,
        headers: { "www-authenticate": `Bearer realm="${realm}",service="up",scope="repository:evil:delete"` },
      });
    };
    return { world, tokens };
  };
  const basic = `Basic ${btoa("u:canary-secret")}`;

  it("takes a token of its own realm, for pull only, and keeps it", async () => {
    const { world, tokens } = tokenWorld("https://up.test/token");
    await world.origin.pushImage("lib/web", "1.0.0", "x");
    expect((await get(world, "manifests/1.0.0")).status).toBe(200);
    expect((await get(world, `blobs/${sha256(utf8("x"))}`)).status).toBe(200);
    expect(tokens).toEqual([`up.test repository:lib/web:pull ${basic}`]);
  });

  it("takes one token for all who ask at the same time, another one for each repository", async () => {
    const { world, tokens } = tokenWorld("https://up.test/token");
    const layers = Array.from({ length: 20 }, (_, i) => `layer ${i}`);
    for (const layer of layers) await world.origin.pushBlob("lib/web", utf8(layer));
    const pull = async (): Promise<readonly number[]> =>
      await Promise.all(layers.map(async (layer) => (await get(world, `blobs/${sha256(utf8(layer))}`)).status));
    expect(new Set(await pull())).toEqual(new Set([200]));
    expect(tokens).toEqual([`up.test repository:lib/web:pull ${basic}`]);
    await world.origin.pushImage("lib/other", "1.0.0", "x");
    expect((await world.registry.ask("GET", "/v2/up/other/manifests/1.0.0")).status).toBe(200);
    expect(tokens.slice(1)).toEqual([`up.test repository:lib/other:pull ${basic}`]);
  });

  it("asks for a token at each challenge where requests may not wait for one another", async () => {
    const { world, tokens } = tokenWorld("https://up.test/token", {}, false);
    const layers = ["one", "two"];
    for (const layer of layers) await world.origin.pushBlob("lib/web", utf8(layer));
    await Promise.all(layers.map(async (layer) => await get(world, `blobs/${sha256(utf8(layer))}`)));
    expect(tokens).toHaveLength(2);
  });

  it("takes a new token when the upstream refuses the one that it has", async () => {
    const { world, tokens } = tokenWorld("https://up.test/token");
    const answer = world.intercept;
    await world.origin.pushImage("lib/web", "1.0.0", "x");
    expect((await get(world, "manifests/1.0.0")).status).toBe(200);
    const revoked = new Set(["GET /v2/lib/web/blobs"]);
    world.intercept = (request) => {
      if (!request.url.includes("/blobs/") || !revoked.delete("GET /v2/lib/web/blobs")) return answer?.(request);
      return new Response("", { status: 401, headers: { "www-authenticate": 'Bearer realm="https://up.test/token"' } });
    };
    expect((await get(world, `blobs/${sha256(utf8("x"))}`)).status).toBe(200);
    expect(tokens).toHaveLength(2);
  });

  it("gives no credentials to a foreign realm", async () => {
    const { world, tokens } = tokenWorld("https://evil.test/token");
    await world.origin.pushImage("lib/web", "1.0.0", "x");
    expect((await get(world, "manifests/1.0.0")).status).toBe(200);
    expect(tokens).toEqual(["evil.test repository:lib/web:pull anonymous"]);
  });

  it("gives them to a realm that the operator lists", async () => {
    const { world, tokens } = tokenWorld("https://auth.test/token", { tokenRealms: ["auth.test"] });
    await world.origin.pushImage("lib/web", "1.0.0", "x");
    expect((await get(world, "manifests/1.0.0")).status).toBe(200);
    expect(tokens).toEqual([`auth.test repository:lib/web:pull ${basic}`]);
  });

  it.each([
    [429, 429, "7"],
    [503, 503, "7"],
    [500, 502, null],
    [403, 403, null],
    [401, 403, null],
  ])("a token service that answers %i is an upstream that does: %i", async (answered, status, retryAfter) => {
    const { world, tokens } = tokenWorld("https://up.test/token");
    const inner = world.intercept;
    world.intercept = (request) =>
      request.url.includes("/token?")
        ? new Response("", { status: answered, headers: { "retry-after": "7" } })
        : inner?.(request);
    const response = await get(world, "manifests/1.0.0");
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(tokens).toEqual([]);
  });

  it("asks no realm without TLS, and says that access is denied", async () => {
    const { world, tokens } = tokenWorld("http://auth.test/token");
    expect((await get(world, "manifests/1.0.0")).status).toBe(403);
    expect(tokens).toEqual([]);
  });

  it("sends Basic where that is asked, and never to a redirect's host", async () => {
    const world = openWorld({ credentials });
    const digest = await world.origin.pushBlob("lib/web", utf8("x"));
    world.intercept = ({ url, headers }) => {
      const { host, pathname } = new URL(url);
      if (host === "cdn.test")
        return headers?.["authorization"] === undefined ? new Response("x") : new Response("", { status: 400 });
      if (headers?.["authorization"] !== basic) {
        return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="up"' } });
      }
      return pathname.includes("/blobs/") ? Response.redirect("https://cdn.test/x", 307) : undefined;
    };
    expect(await (await get(world, `blobs/${digest}`)).text()).toBe("x");
    expect(world.egress.requests.at(-1)).toMatchObject({ url: "https://cdn.test/x", led: true });
  });
});

function chunked(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += 100_000)));
    },
  });
}
