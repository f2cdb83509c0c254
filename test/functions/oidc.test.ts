import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../functions/app.ts";
import type { AppDeps } from "../../functions/app.ts";
import { parseConfig } from "../../functions/config/parse.ts";
import { resolveSecrets } from "../../functions/config/secret.ts";
import { openEgress } from "../../infra/node/egress.ts";
import { createTestApp, type TestApp } from "./harness.ts";

const AUDIENCE = "https://slipway.example";
const NOW = Date.parse("2026-11-21T09:00:00Z");
const SECONDS = NOW / 1000;
const GRANT = { allow: ["releases:*", "charts:read"], clusters: ["local"], namespaces: ["team"] };

interface Signing {
  readonly alg: string;
  readonly kid: string;
  readonly key: CryptoKey;
}

/** An issuer on loopback: a discovery document and a key set that can be changed. */
interface TestIssuer {
  readonly url: string;
  readonly keys: JWK[];
  readonly asked: string[];
  answers: boolean;
  readonly server: Server;
}

async function startIssuer(): Promise<TestIssuer> {
  const keys: JWK[] = [];
  const asked: string[] = [];
  const issuer = { url: "", keys, asked, answers: true };
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (!issuer.answers) {
      response.writeHead(503).end();
      return;
    }
    const isDiscovery = request.url === "/.well-known/openid-configuration";
    const body = isDiscovery ? { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` } : { keys };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(issuer, { server });
}

let issuer: TestIssuer;
let signers: Readonly<Record<"RS256" | "ES256" | "EdDSA" | "PS256" | "stranger", Signing>>;

async function makeSigner(alg: string, kid: string, publish: boolean): Promise<Signing> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  if (publish) issuer.keys.push({ ...(await exportJWK(publicKey)), kid });
  return { alg, kid, key: privateKey };
}

const network = openEgress();
beforeAll(async () => {
  issuer = await startIssuer();
  signers = {
    RS256: await makeSigner("RS256", "rsa", true),
    ES256: await makeSigner("ES256", "ec", true),
    EdDSA: await makeSigner("EdDSA", "ed", true),
    PS256: await makeSigner("PS256", "pss", true),
    stranger: await makeSigner("ES256", "ec", false),
  };
});
afterAll(async () => {
  issuer.server.closeAllConnections();
  await new Promise((resolve) => issuer.server.close(resolve));
  await network.close();
});

const CLAIMS = { repository: "acme/web", ref: "refs/heads/main", event_name: "push" };

type Claims = { readonly [Claim in keyof JWTPayload]?: JWTPayload[Claim] | undefined };

async function tokenOf(claims: Claims = {}, signing: Signing = signers.ES256): Promise<string> {
  const payload = {
    iss: issuer.url,
    aud: AUDIENCE,
    sub: "repo:acme/web:ref:refs/heads/main",
    iat: SECONDS - 10,
    exp: SECONDS + 300,
    ...CLAIMS,
    ...claims,
  };
  const written = JSON.parse(JSON.stringify(payload));
  return await new SignJWT(written).setProtectedHeader({ alg: signing.alg, kid: signing.kid }).sign(signing.key);
}

interface Opened {
  readonly exchange: (token: string) => Promise<Response>;
  readonly call: (method: string, path: string, token: string) => Promise<Response>;
  readonly test: TestApp;
}

async function open(rules: readonly object[] = [{ claims: CLAIMS, grants: [GRANT] }]): Promise<Opened> {
  const test = await createTestApp();
  const oidc = [{ name: "ci", issuer: issuer.url, audience: AUDIENCE, plainHttp: true, privateAddresses: true, rules }];
  const config = parseConfig(JSON.stringify({ clusters: [{ name: "local" }], oidc }));
  const deps: AppDeps = {
    ...test.deps,
    config,
    secrets: await resolveSecrets(config, () => "x"),
    egress: network.egress,
  };
  const app = createApp(deps);
  const send = async (method: string, path: string, headers: Record<string, string>, body?: string) =>
    await app.fetch(
      new Request(`http://localhost:8080${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    );
  return {
    test,
    exchange: async (token) =>
      await send("POST", "/v1/token", { "content-type": "application/json" }, JSON.stringify({ token })),
    call: async (method, path, token) => await send(method, path, { authorization: `Bearer ${token}` }),
  };
}

const reasonOf = async (response: Response): Promise<string> => {
  const answer = await response.json();
  return response.status === 201 ? "taken" : `${response.status} ${answer.code} ${answer.facts?.reason ?? ""}`.trim();
};

describe("POST /v1/token", () => {
  it.each(["RS256", "ES256", "EdDSA"] as const)(
    "takes a token signed by %s, and gives what the rule allows",
    async (alg) => {
      const { exchange, call, test } = await open();
      const answer = await exchange(await tokenOf({ jti: alg }, signers[alg]));
      expect(answer.status).toBe(201);
      const { token, expires, grants } = await answer.json();
      expect([expires, grants]).toEqual(["2026-11-21T09:15:00.000Z", [GRANT]]);
      const path = "/v1/clusters/local/namespaces/team/releases/web/history";
      expect((await call("GET", path, token)).status).not.toBe(401);
      expect((await call("GET", "/v1/tokens", token)).status).toBe(403);
      test.time.now += 15 * 60_000 + 1;
      expect((await call("GET", path, token)).status).toBe(401);
    },
  );

  it.each<[string, () => Promise<string>, string]>([
    ["of another audience", () => tokenOf({ aud: "https://other.example" }), "wrong-audience"],
    ["of no audience", () => tokenOf({ aud: [] }), "wrong-audience"],
    ["that expired", () => tokenOf({ exp: SECONDS - 61 }), "expired"],
    ["that is not yet valid", () => tokenOf({ nbf: SECONDS + 61 }), "not-yet-valid"],
    ["from the future", () => tokenOf({ iat: SECONDS + 61 }), "not-yet-valid"],
    ["that is too old", () => tokenOf({ iat: SECONDS - 90_000 }), "expired"],
    ["without an end", async () => tokenOf({ exp: undefined }), "missing-claim"],
    ["without a subject", () => tokenOf({ sub: undefined }), "missing-claim"],
    ["of another issuer", () => tokenOf({ iss: "https://evil.example" }), "wrong-issuer"],
    ["with an unknown kid", () => tokenOf({}, { ...signers.ES256, kid: "other" }), "unknown-key"],
    ["by another key of the same kid", () => tokenOf({}, signers.stranger), "bad-signature"],
    ["by an algorithm that is not taken", () => tokenOf({}, signers.PS256), "wrong-algorithm"],
    [
      "by a secret, with the public key for it",
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(issuer.keys[0]));
        return await new SignJWT({ iss: issuer.url }).setProtectedHeader({ alg: "HS256", kid: "rsa" }).sign(secret);
      },
      "wrong-algorithm",
    ],
    [
      "of alg none",
      async () => {
        const [, payload = ""] = (await tokenOf()).split(".");
        return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
      },
      "wrong-algorithm",
    ],
    [
      "that was changed",
      async () => {
        const [head = "", payload = "", signature = ""] = (await tokenOf({ ref: "refs/heads/evil" })).split(".");
        const changed = Buffer.from(payload, "base64url").toString().replace("evil", "main");
        return `${head}.${Buffer.from(changed).toString("base64url")}.${signature}`;
      },
      "bad-signature",
    ],
    ["whose claims fit no rule", () => tokenOf({ repository: "acme/webs" }), "no-rule"],
    ["whose claim is missing", () => tokenOf({ ref: undefined }), "no-rule"],
    ["of pull_request_target", () => tokenOf({ event_name: "pull_request_target" }), "no-rule"],
    ["that is none", async () => "hello", "malformed"],
  ])("refuses a token %s", async (_, make, reason) => {
    const { exchange } = await open();
    const answer = await exchange(await make());
    expect(await reasonOf(answer)).toBe(`401 token-refused ${reason}`);
  });

  it("tolerates clocks that differ by the skew", async () => {
    const { exchange } = await open();
    const token = await tokenOf({ exp: SECONDS - 50, nbf: SECONDS + 50, iat: SECONDS + 50 });
    expect(await reasonOf(await exchange(token))).toBe("taken");
  });

  it.each([
    ["with an id", { jti: "one" }],
    ["without one", {}],
  ])("takes a token %s once", async (_, claims) => {
    const { exchange } = await open();
    const token = await tokenOf(claims);
    expect(await reasonOf(await exchange(token))).toBe("taken");
    expect(await reasonOf(await exchange(token))).toBe("401 token-refused used");
  });

  it("takes one of two that come together", async () => {
    const { exchange } = await open();
    const token = await tokenOf({ jti: "two" });
    const answers = await Promise.all([exchange(token), exchange(token), exchange(token)]);
    const reasons = await Promise.all(answers.map(reasonOf));
    expect(reasons.filter((reason) => reason === "taken")).toHaveLength(1);
  });

  it("gives a pull request what it may read and plan, and nothing else", async () => {
    const { exchange } = await open([
      { claims: { repository: "acme/*" }, grants: [{ ...GRANT, clusterScoped: ["*"] }] },
    ]);
    const answer = await exchange(await tokenOf({ event_name: "pull_request" }));
    const { grants } = await answer.json();
    expect(grants).toEqual([{ ...GRANT, allow: ["charts:read", "releases:read", "releases:plan"], clusterScoped: [] }]);
  });

  it.each<[string, readonly string[], object]>([
    ["push", ["charts:*"], {}],
    ["pull_request", ["charts:read"], { clusterScoped: [] }],
  ])("holds a job of %s to the repositories of its rule", async (event, allow, more) => {
    const held = { projects: ["charts"], repositories: ["web*"] };
    const { exchange } = await open([{ claims: { repository: "acme/*" }, grants: [{ allow: ["charts:*"], ...held }] }]);
    const { grants, token } = await (await exchange(await tokenOf({ event_name: event }))).json();
    expect([grants, typeof token]).toEqual([[{ allow, ...held, ...more }], "string"]);
  });

  it("unites the rules that fit, for the shorter time", async () => {
    const { exchange } = await open([
      { claims: { repository: ["acme/api", "acme/web"] }, grants: [{ allow: ["charts:read"] }] },
      { claims: { ref: "refs/heads/*" }, grants: [GRANT], lifetime: "5m" },
      { claims: { ref: "refs/tags/*" }, grants: [{ allow: ["*"] }] },
    ]);
    const { grants, expires } = await (await exchange(await tokenOf())).json();
    expect([grants, expires]).toEqual([[{ allow: ["charts:read"] }, GRANT], "2026-11-21T09:05:00.000Z"]);
  });

  it("asks for keys once, again for an unknown kid, and not at every one", async () => {
    const { exchange, test } = await open();
    const before = issuer.asked.length;
    await exchange(await tokenOf());
    await exchange(await tokenOf({ jti: "b" }));
    expect(issuer.asked.slice(before)).toEqual(["/.well-known/openid-configuration", "/keys"]);
    const rotated = await makeSigner("ES256", "rotated", true);
    expect(await reasonOf(await exchange(await tokenOf({}, rotated)))).toBe("401 token-refused unknown-key");
    expect(issuer.asked.length - before).toBe(2);
    test.time.now += 30_000;
    expect(await reasonOf(await exchange(await tokenOf({}, rotated)))).toBe("taken");
    expect(issuer.asked.length - before).toBe(4);
  });

  it("believes the keys that it has for a while when the issuer is gone, and says so when it has none", async () => {
    const { exchange, test } = await open();
    expect(await reasonOf(await exchange(await tokenOf()))).toBe("taken");
    issuer.answers = false;
    try {
      test.time.now += 11 * 60_000;
      const later = { iat: SECONDS + 600, exp: SECONDS + 900 };
      expect(await reasonOf(await exchange(await tokenOf(later)))).toBe("taken");
      const fresh = await open();
      expect(await reasonOf(await fresh.exchange(await tokenOf()))).toBe("502 upstream-unavailable");
    } finally {
      issuer.answers = true;
    }
  });

  it.each<[string, JWK]>([
    ["no curve point", { kty: "EC", crv: "P-256", x: "!", y: "!" }],
    ["another curve", { kty: "EC", crv: "P-999", x: "AA", y: "AA" }],
    ["another kind", { kty: "oct", k: "AAAA" }],
    ["an RSA key without a modulus", { kty: "RSA", e: "AQAB" }],
    ["no kind", {}],
  ])("refuses a token by a published key that is none: %s", async (_, jwk) => {
    const { exchange } = await open();
    issuer.keys.push({ ...jwk, kid: "broken" });
    try {
      const token = await tokenOf({}, { ...signers.ES256, kid: "broken" });
      expect(await reasonOf(await exchange(token))).toMatch(/^401 token-refused /);
    } finally {
      issuer.keys.pop();
    }
  });

  it.each([
    ["a rule for everybody", { rules: [{ claims: { iss: "*" }, grants: [GRANT] }] }, "/oidc/0/rules/0/claims"],
    ["a long life", { rules: [{ claims: CLAIMS, grants: [GRANT], lifetime: "1h" }] }, "/oidc/0/rules/0/lifetime"],
    ["a large skew", { clockSkew: "10m" }, "/oidc/0/clockSkew"],
  ])("is not configured with %s", (_, change, pointer) => {
    const entry = {
      name: "ci",
      issuer: "https://ci.example",
      audience: AUDIENCE,
      rules: [{ claims: CLAIMS, grants: [GRANT] }],
    };
    expect(() => parseConfig(JSON.stringify({ oidc: [{ ...entry, ...change }] }))).toThrow(pointer);
  });

  it("is no route where no issuer is configured", async () => {
    const { call } = await createTestApp();
    expect((await call("POST", "/v1/token", { json: { token: "x" } })).status).toBe(404);
  });
});
