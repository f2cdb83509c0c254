import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { errorCodes, openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";

const repo = "charts/web";
const MIB = 1024 * 1024;

async function start(registry: TestRegistry): Promise<string> {
  const response = await registry.ask("POST", `/v2/${repo}/blobs/uploads/`);
  expect(response.status).toBe(202);
  return response.headers.get("location") ?? "";
}

function patch(registry: TestRegistry, location: string, body: BodyInit, range?: string) {
  return registry.ask("PATCH", location, { body, headers: range === undefined ? {} : { "content-range": range } });
}

function put(registry: TestRegistry, location: string, digest: string, body?: BodyInit, headers = {}) {
  return registry.ask("PUT", `${location}?digest=${encodeURIComponent(digest)}`, {
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

const text = async (registry: TestRegistry, digest: string) =>
  await (await registry.ask("GET", `/v2/${repo}/blobs/${digest}`)).text();

/** Nothing of an upload is left but, where something of it was stored, that it ended. */
async function expectNoLeftovers(registry: TestRegistry, ended = 0): Promise<void> {
  const states: unknown[] = [];
  for (const { key } of (await registry.store.list("uploads/")).items) {
    expect(key).toMatch(/^uploads\/states\//);
    const stored = await registry.store.get(key);
    states.push(await new Response(stored?.body).json());
  }
  expect(states).toEqual(Array.from({ length: ended }, () => ({ ended: true })));
}

describe("an upload", () => {
  it("by POST and PUT, as helm and oras do it", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    expect(location).toMatch(/^\/v2\/charts\/web\/blobs\/uploads\/[0-9a-f]{44}$/);
    const done = await put(registry, location, sha256(utf8("hello")), "hello", { "content-length": "5" });
    expect([done.status, done.headers.get("location")]).toEqual([201, `/v2/${repo}/blobs/${sha256(utf8("hello"))}`]);
    expect(await text(registry, sha256(utf8("hello")))).toBe("hello");
    await expectNoLeftovers(registry);
  });

  it("by one PATCH without a range and an empty PUT, as crane does it", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    const patched = await patch(registry, location, "hello");
    expect([patched.status, patched.headers.get("range"), patched.headers.get("location")]).toEqual([
      202,
      "0-4",
      location,
    ]);
    expect((await put(registry, location, sha256(utf8("hello")))).status).toBe(201);
    expect(await text(registry, sha256(utf8("hello")))).toBe("hello");
    await expectNoLeftovers(registry, 1);
  });

  it.each([
    ["an empty PUT", "hello", undefined],
    ["a PUT with the rest", "hel", "lo"],
  ])("that %s made a blob of is no upload any more", async (_by, first, rest) => {
    const registry = openRegistry();
    const digest = sha256(utf8("hello"));
    const location = await start(registry);
    await patch(registry, location, first);
    expect((await put(registry, location, digest, rest)).status).toBe(201);
    const again = [registry.ask("GET", location), put(registry, location, digest), patch(registry, location, "x")];
    for (const answer of await Promise.all(again)) {
      expect([answer.status, await errorCodes(answer)]).toEqual([404, ["BLOB_UPLOAD_UNKNOWN"]]);
    }
    expect(await text(registry, digest)).toBe("hello");
    await expectNoLeftovers(registry, 1);
  });

  it("that was refused for its digest can be finished with the right one", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    await patch(registry, location, "hello");
    expect((await put(registry, location, sha256(utf8("other")))).status).toBe(400);
    expect((await put(registry, location, sha256(utf8("hello")))).status).toBe(201);
  });

  it("in chunks, the last one with the PUT", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    expect((await patch(registry, location, "hel", "0-2")).headers.get("range")).toBe("0-2");
    expect((await patch(registry, location, "lo ", "3-5")).headers.get("range")).toBe("0-5");
    const done = await put(registry, location, sha256(utf8("hello world")), "world", { "content-range": "6-10" });
    expect(done.status).toBe(201);
    expect(await text(registry, sha256(utf8("hello world")))).toBe("hello world");
  });

  it("says where it stands, and refuses a chunk out of order with 416", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    await patch(registry, location, "hel", "0-2");
    for (const range of ["0-2", "4-6"]) {
      const refused = await patch(registry, location, "xyz", range);
      expect([refused.status, refused.headers.get("range")]).toEqual([416, "0-2"]);
    }
    expect((await patch(registry, location, "xyz", "nonsense")).status).toBe(400);
    const status = await registry.ask("GET", location);
    expect([status.status, status.headers.get("range"), status.headers.get("location")]).toEqual([
      204,
      "0-2",
      location,
    ]);
  });

  it("keeps what arrived when the sender breaks off, and goes on from there", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    let sent = false;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new TypeError("the sender broke off"));
        else controller.enqueue(utf8("hel"));
        sent = true;
      },
    });
    await patch(registry, location, broken);
    expect((await registry.ask("GET", location)).headers.get("range")).toBe("0-2");
    expect((await patch(registry, location, "lo", "3-4")).status).toBe(202);
    expect((await put(registry, location, sha256(utf8("hello")))).status).toBe(201);
  });

  it("with a wrong digest stores nothing, whichever way it came", async () => {
    const registry = openRegistry();
    const wrong = sha256(utf8("other"));
    const ways: readonly ((location: string) => Promise<Response>)[] = [
      (location) => put(registry, location, wrong, "hello", { "content-length": "5" }),
      (location) => put(registry, location, wrong, "hello"),
      async (location) => {
        await patch(registry, location, "hello");
        return await put(registry, location, wrong);
      },
    ];
    for (const way of ways) {
      const response = await way(await start(registry));
      expect([response.status, await errorCodes(response)]).toEqual([400, ["DIGEST_INVALID"]]);
    }
    expect((await put(registry, await start(registry), "nonsense", "hello")).status).toBe(400);
    expect((await registry.ask("HEAD", `/v2/${repo}/blobs/${wrong}`)).status).toBe(404);
    expect((await registry.store.list("blobs/")).items).toEqual([]);
  });

  it("can be cancelled, and belongs to its repository", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    await patch(registry, location, "hello");
    const elsewhere = location.replace(repo, "charts/other");
    expect((await registry.ask("GET", elsewhere)).status).toBe(404);
    expect((await registry.ask("DELETE", location)).status).toBe(204);
    expect((await registry.ask("GET", location)).status).toBe(404);
    expect((await registry.store.list("uploads/pieces/")).items).toEqual([]);
    const fresh = await start(registry);
    expect((await registry.ask("DELETE", fresh)).status).toBe(204);
    expect((await patch(registry, fresh, "hello")).status).toBe(404);
  });

  it("is known by the ids that were given out, for a day", async () => {
    const clock = { now: 1_700_000_000_000 };
    const registry = openRegistry({ now: () => clock.now });
    const location = await start(registry);
    expect((await registry.ask("GET", location)).headers.get("range")).toBe("0-0");
    const forged = location.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    expect((await registry.ask("GET", forged)).status).toBe(404);
    expect((await patch(registry, location.slice(0, -44) + "0".repeat(44), "x")).status).toBe(404);
    clock.now += 25 * 3_600_000;
    expect((await put(registry, location, sha256(utf8("x")), "x")).status).toBe(404);
  });

  it("advances once when two send the same chunk", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    const answers = await Promise.all([
      patch(registry, location, "aaa", "0-2"),
      patch(registry, location, "bbb", "0-2"),
    ]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202, 416]));
    const kept = answers[0]?.status === 202 ? "aaa" : "bbb";
    expect((await put(registry, location, sha256(utf8(kept)))).status).toBe(201);
    await expectNoLeftovers(registry, 1);
  });

  it("of a thousand tiny chunks stays one upload of few pieces", async () => {
    const registry = openRegistry();
    const location = await start(registry);
    for (let i = 0; i < 300; i++) await patch(registry, location, "x");
    expect((await registry.store.list("uploads/pieces/")).items.length).toBeLessThanOrEqual(65);
    expect((await put(registry, location, sha256(utf8("x".repeat(300))))).status).toBe(201);
    await expectNoLeftovers(registry, 1);
  });

  it.each([
    ["sha256", 20 * MIB + 3],
    ["sha256", 16 * MIB],
    ["sha512", 17 * MIB],
  ])("of many parts has the %s of all its %d bytes", async (algorithm, size) => {
    const registry = openRegistry();
    const bytes = new Uint8Array(size).map((_, i) => (i * 31 + (i >> 9)) & 255);
    const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
    const location = await start(registry);
    const cuts = [0, 5 * MIB + 1, 5 * MIB + 2, 15 * MIB, size];
    for (const [index, cut] of cuts.slice(0, -1).entries()) {
      const chunk = bytes.subarray(cut, cuts[index + 1]);
      expect((await patch(registry, location, chunk, `${cut}-${cut + chunk.length - 1}`)).status).toBe(202);
    }
    expect((await put(registry, location, digest.replace(/.$/, "0"))).status).toBe(digest.endsWith("0") ? 201 : 400);
    expect((await put(registry, location, digest)).status).toBe(201);
    const head = await registry.ask("GET", `/v2/${repo}/blobs/${digest}`);
    const stored = new Uint8Array(await head.arrayBuffer());
    expect(createHash(algorithm).update(stored).digest("hex")).toBe(digest.slice(7));
    await expectNoLeftovers(registry, 1);
  });

  it("of an empty blob works in each way", async () => {
    const registry = openRegistry();
    const digest = sha256(new Uint8Array(0));
    expect((await put(registry, await start(registry), digest, "", { "content-length": "0" })).status).toBe(201);
    expect((await put(registry, await start(registry), digest)).status).toBe(201);
    const head = await registry.ask("HEAD", `/v2/${repo}/blobs/${digest}`);
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "0"]);
  });
});
