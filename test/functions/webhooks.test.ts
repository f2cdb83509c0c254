import { describe, expect, it } from "vitest";
import { hmacSha256, toBase64, toBytes, toHex } from "../../functions/http/digest.ts";
import {
  CONFIG,
  createTestApp,
  digestOf,
  GITHUB_SECRET,
  READER_TOKEN,
  REGISTRY_SECRET,
  STANDARD_SECRET,
  type TestApp,
} from "./harness.ts";

const PUSH = {
  ref: "refs/heads/main",
  after: "0123456789abcdef0123456789abcdef01234567",
  deleted: false,
  repository: { full_name: "acme/web" },
  commits: [{ added: [], modified: ["deploy/values.yaml"], removed: [] }],
};

async function github(test: TestApp, payload: unknown, over: Record<string, string> = {}, secret = GITHUB_SECRET) {
  const body = JSON.stringify(payload);
  const signature = `sha256=${toHex(await hmacSha256(toBytes(secret), toBytes(body)))}`;
  const headers = {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": "d1",
    "x-hub-signature-256": signature,
    ...over,
  };
  return await test.call("POST", "/hooks/github/gh", { token: "", body, headers });
}

const notification = (tag: string, repository = "charts/web") => ({
  events: [{ id: `e-${tag}`, action: "push", target: { repository, tag, digest: digestOf(tag) } }],
});

async function registry(test: TestApp, payload: unknown, secret = REGISTRY_SECRET) {
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": "application/vnd.docker.distribution.events.v2+json",
  };
  return await test.call("POST", "/hooks/registry/reg", { token: "", body: JSON.stringify(payload), headers });
}

describe("GitHub's signature", () => {
  it("is the one of GitHub's own example", async () => {
    const hmac = await hmacSha256(toBytes("It's a Secret to Everybody"), toBytes("Hello, World!"));
    expect(toHex(hmac)).toBe("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  });
});

describe("a GitHub push", () => {
  it("starts the configured upgrade, pinned by digest, as the receiver", async () => {
    const test = await createTestApp();
    const response = await github(test, PUSH);
    expect(response.status).toBe(202);
    const delivery = await response.json();
    expect(delivery).toMatchObject({
      status: "accepted",
      results: [{ release: "local/default/web", result: "started" }],
    });
    expect(test.requests[0]).toMatchObject({
      action: "upgrade",
      name: "web",
      install: true,
      chart: { reference: `charts/web@${digestOf("1.2.0")}`, version: "1.2.0", digest: digestOf("1.2.0") },
      description: "acme/web refs/heads/main 0123456789ab",
    });
    const operation = await (await test.call("GET", response.headers.get("location") ?? "")).json();
    expect(operation.principal).toBe("receiver:gh");
  });

  it.each([undefined, false, true])(
    "goes on beside GitOps tools as the receiver says, whatever the payload says: %s",
    async (alongside) => {
      const over = alongside === undefined ? {} : { alongside };
      const receivers = CONFIG.receivers.map((one) => ({
        ...one,
        deploy: one.deploy.map((deploy) => ({ ...deploy, ...over })),
      }));
      const test = await createTestApp({ config: { ...CONFIG, receivers } });
      await github(test, { ...PUSH, alongside: true });
      expect(test.requests[0]).toMatchObject({ action: "upgrade", alongside: alongside === true });
    },
  );

  it("does nothing the second time", async () => {
    const test = await createTestApp();
    await github(test, PUSH);
    const again = await github(test, PUSH);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ status: "ignored", reason: "this delivery came before" });
    expect(test.requests).toHaveLength(1);
  });

  it.each([
    ["another branch", { ...PUSH, ref: "refs/heads/dev" }, "refs/heads/dev is none of the receiver's refs"],
    ["a tag", { ...PUSH, ref: "refs/tags/v1" }, "refs/tags/v1 is none of the receiver's refs"],
    [
      "another repository",
      { ...PUSH, repository: { full_name: "evil/web" } },
      "the push is to evil/web, not to acme/web",
    ],
    ["a deleted branch", { ...PUSH, deleted: true }, "refs/heads/main was deleted"],
    [
      "other paths",
      { ...PUSH, commits: [{ modified: ["README.md"] }] },
      "the push changes none of the receiver's paths",
    ],
    ["no push at all", { hello: 1 }, "the payload is no push"],
    ["a payload that is a list", [1], "the payload is no push"],
  ])("of %s starts nothing and says why, there and in the list", async (_what, payload, reason) => {
    const test = await createTestApp();
    const response = await github(test, payload);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ignored", reason });
    expect(test.requests).toEqual([]);
    const list = await (await test.call("GET", "/v1/receivers/gh/deliveries")).json();
    expect(list.items).toEqual([expect.objectContaining({ id: "d1", event: "push", status: "ignored", reason })]);
  });

  it("answers a ping", async () => {
    const test = await createTestApp();
    const response = await github(test, { zen: "x" }, { "x-github-event": "ping" });
    expect(await response.json()).toMatchObject({ status: "ignored", reason: "a ping: the receiver works" });
  });

  it("reads a form as GitHub sends it", async () => {
    const test = await createTestApp();
    const body = `payload=${encodeURIComponent(JSON.stringify(PUSH))}`;
    const signature = `sha256=${toHex(await hmacSha256(toBytes(GITHUB_SECRET), toBytes(body)))}`;
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-github-event": "push",
      "x-github-delivery": "d2",
      "x-hub-signature-256": signature,
    };
    expect((await test.call("POST", "/hooks/github/gh", { token: "", body, headers })).status).toBe(202);
  });

  it.each([
    ["a wrong secret", async (test: TestApp) => github(test, PUSH, {}, "guess")],
    ["no signature", async (test: TestApp) => github(test, PUSH, { "x-hub-signature-256": "" })],
    [
      "another body's signature",
      async (test: TestApp) => github(test, PUSH, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }),
    ],
    [
      "an unknown receiver",
      async (test: TestApp) => test.call("POST", "/hooks/github/nobody", { token: "", body: "{}" }),
    ],
    ["another kind", async (test: TestApp) => test.call("POST", "/hooks/registry/gh", { token: "", body: "{}" })],
    [
      "a receiver of own pushes only",
      async (test: TestApp) => test.call("POST", "/hooks/registry/own", { token: "", body: "{}" }),
    ],
  ])("with %s is refused, always in the same words", async (_what, send) => {
    const test = await createTestApp();
    const response = await send(test);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "invalid-signature" });
    expect(test.requests).toEqual([]);
  });

  it("over the size limit is refused before it is looked at", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", "/hooks/github/gh", { token: "", body: "x".repeat(1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "payload-too-large" });
  });

  it("says so when an operation is running, and that a chart is gone", async () => {
    const test = await createTestApp();
    test.behave = () => new Promise(() => {});
    await github(test, PUSH);
    const busy = await (await github(test, PUSH, { "x-github-delivery": "d2" })).json();
    expect(busy).toMatchObject({ status: "refused", results: [{ result: "refused", operation: expect.any(String) }] });
    expect(busy.reason).toMatch(/^operation-running: /);
  });
});

describe("a registry push", () => {
  it("starts the upgrade when the pushed tag is what the deployment takes", async () => {
    const test = await createTestApp();
    const response = await registry(test, notification("1.2.0"));
    expect(response.status).toBe(202);
    expect(test.requests[0]).toMatchObject({ chart: { digest: digestOf("1.2.0") } });
  });

  it("takes the digest from the registry, never from the payload", async () => {
    const test = await createTestApp();
    const forged = notification("1.2.0");
    await registry(test, {
      events: forged.events.map((event) => ({ ...event, target: { ...event.target, digest: digestOf("6.6.6") } })),
    });
    expect(test.requests[0]).toMatchObject({ chart: { digest: digestOf("1.2.0") } });
  });

  it.each([
    ["2.0.0", "charts/web", "2.0.0 is not what the deployment takes, which is 1.2.0"],
    ["1.0.0", "charts/web", "1.0.0 is not what the deployment takes, which is 1.2.0"],
    ["1.2.0", "charts/other", "no pushed tag is of charts/web"],
  ])("of %s to %s starts nothing", async (tag, repository, reason) => {
    const test = await createTestApp();
    const response = await registry(test, notification(tag, repository));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ignored", reason });
    expect(test.requests).toEqual([]);
  });

  it("with a wrong secret is refused, and one that is no push is ignored", async () => {
    const test = await createTestApp();
    expect((await registry(test, notification("1.2.0"), "guess")).status).toBe(401);
    expect(await (await registry(test, { events: [{ action: "pull" }] })).json()).toMatchObject({ status: "ignored" });
  });

  it("to this server itself starts the upgrade too, once for each tag and digest", async () => {
    const test = await createTestApp();
    const event = {
      project: "charts",
      name: "web",
      tag: "1.2.0",
      digest: digestOf("1.2.0"),
      mediaType: "",
      actor: "token:ci",
    };
    await test.wiring.onPush(event);
    await test.wiring.onPush(event);
    expect(test.requests.length).toBe(1);
    const list = await (await test.call("GET", "/v1/receivers/own/deliveries")).json();
    expect(list.items).toEqual([expect.objectContaining({ event: "own push", status: "accepted" })]);
    await test.settle();
    await test.wiring.onPush({ ...event, name: "unrelated" });
    expect(test.requests.length).toBe(1);
  });
});

describe("a standard webhook", () => {
  const send = async (
    test: TestApp,
    { time, id = "m1", secret = STANDARD_SECRET }: { time: number; id?: string; secret?: string },
  ) => {
    const stamp = String(Math.floor(time / 1000));
    const key = Uint8Array.from(atob(secret.slice(6)), (char) => char.charCodeAt(0));
    const signature = toBase64(await hmacSha256(key, toBytes(`${id}.${stamp}.{}`)));
    const headers = { "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": `v1,AAAA v1,${signature}` };
    return await test.call("POST", "/hooks/standard/std", { token: "", body: "{}", headers });
  };

  it("starts the configured upgrade", async () => {
    const test = await createTestApp();
    expect((await send(test, { time: test.time.now })).status).toBe(202);
    expect((await send(test, { time: test.time.now })).status).toBe(200);
  });

  it("is refused when it is old or signed otherwise", async () => {
    const test = await createTestApp();
    expect((await send(test, { time: test.time.now - 301_000 })).status).toBe(401);
    expect((await send(test, { time: test.time.now, secret: "whsec_b3RoZXI=" })).status).toBe(401);
  });
});

describe("the deliveries of a receiver", () => {
  it("need a grant", async () => {
    const test = await createTestApp();
    const refused = await test.call("GET", "/v1/receivers/gh/deliveries", { token: READER_TOKEN });
    expect(refused.status).toBe(403);
    const unknown = await test.call("GET", "/v1/receivers/nobody/deliveries");
    expect(await unknown.json()).toMatchObject({ code: "receiver-not-found" });
  });
});
