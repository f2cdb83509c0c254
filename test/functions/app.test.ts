import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDigest } from "../../engine/oci/digest.ts";
import { parseRepositoryName } from "../../engine/oci/repository-name.ts";
import { PROBLEMS } from "../../functions/http/problem-table.ts";
import { BrokenBody } from "../../registry/content/body.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import type { RegistryAccess, RegistryAction } from "../../registry/http/access.ts";
import { ADMIN_TOKEN, createTestApp, digestOf, READER_TOKEN, TEAM_TOKEN, WEB } from "./harness.ts";

const GOLDEN = new URL("../data/openapi.json", import.meta.url);

describe("the description", () => {
  it("is the golden one; UPDATE_GOLDEN=1 writes it anew", async () => {
    const test = await createTestApp();
    const response = await test.call("GET", "/openapi.json", { token: "" });
    const made = `${JSON.stringify(await response.json(), null, 2)}\n`;
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(GOLDEN, made);
    expect(made).toBe(readFileSync(GOLDEN, "utf8"));
  });

  it("names every route with a unique id, and every problem", async () => {
    const test = await createTestApp();
    const ids = test.app.routes.map((route) => route.id);
    expect(new Set(ids).size).toBe(ids.length);
    const { components, paths } = await (await test.call("GET", "/openapi.json")).json();
    expect(components.schemas.Problem.properties.code.enum).toEqual(Object.keys(PROBLEMS));
    for (const route of test.app.routes)
      expect(paths[route.path][route.method.toLowerCase()].operationId).toBe(route.id);
  });

  it("is readable as a page without script", async () => {
    const test = await createTestApp();
    const page = await (await test.call("GET", "/docs", { token: "" })).text();
    expect(page).toContain("<code>/v1/clusters/{cluster}/releases</code>");
    expect(page).not.toContain("<script");
  });
});

describe("health", () => {
  it("answers without a token", async () => {
    const test = await createTestApp();
    expect(await (await test.call("GET", "/healthz", { token: "" })).json()).toEqual({ status: "ok" });
    expect((await test.call("GET", "/readyz", { token: "" })).status).toBe(200);
  });

  it("is not ready when a store is not", async () => {
    const test = await createTestApp();
    const broken = { ...test.deps.operations };
    Object.assign(test.deps.operations, { holder: async () => Promise.reject(new Error("disk I/O error")) });
    const response = await test.call("GET", "/readyz", { token: "" });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "store-unavailable", retryable: true });
    expect(JSON.stringify(test.log)).toContain("disk I/O error");
    Object.assign(test.deps.operations, broken);
  });
});

describe("every answer", () => {
  it("carries the security headers and a request id", async () => {
    const test = await createTestApp();
    for (const path of ["/healthz", "/nothing", WEB]) {
      const response = await test.call("GET", path, { token: "" });
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
    }
  });
});

describe("a request that is wrong", () => {
  const bad = { chart: "charts/web" };
  it.each([
    ["GET", "/nothing", {}, 404, "not-found"],
    ["PUT", WEB, {}, 405, "method-not-allowed"],
    ["GET", WEB, { token: "" }, 401, "unauthorized"],
    ["GET", WEB, { token: "wrong" }, 401, "unauthorized"],
    ["GET", WEB, { token: "slw_0123456789abcdef_guess" }, 401, "unauthorized"],
    ["GET", "/v1/clusters/none/releases", {}, 404, "cluster-not-found"],
    ["GET", WEB, {}, 404, "release-not-found"],
    ["GET", "/v1/operations/nonsense", {}, 404, "operation-not-found"],
    ["GET", `/v1/operations/local~default~web~${"0".repeat(32)}`, {}, 404, "operation-not-found"],
    ["DELETE", "/v1/tokens/none", {}, 404, "token-not-found"],
    ["GET", "/v1/charts/charts/none", {}, 404, "chart-not-found"],
    ["GET", "/v1/clusters/LOCAL/releases", {}, 400, "invalid-request"],
    ["GET", "/v1/clusters/local/releases?limit=0", {}, 400, "invalid-request"],
    ["POST", `${WEB}/upgrade`, { body: "{", headers: { "content-type": "application/json" } }, 400, "invalid-json"],
    [
      "POST",
      `${WEB}/upgrade`,
      { body: "[".repeat(5000), headers: { "content-type": "application/json" } },
      400,
      "invalid-json",
    ],
    [
      "POST",
      `${WEB}/upgrade`,
      { json: JSON.parse(`${'{"values":'.repeat(80)}1${"}".repeat(80)}`) },
      400,
      "invalid-json",
    ],
    [
      "POST",
      `${WEB}/upgrade`,
      { body: "chart: x", headers: { "content-type": "application/yaml" } },
      415,
      "unsupported-media-type",
    ],
    ["POST", `${WEB}/upgrade`, { body: "x".repeat(4 * 1024 * 1024 + 1) }, 413, "payload-too-large"],
    ["POST", `${WEB}/upgrade`, { json: { ...bad, setJson: ["a={"] } }, 422, "invalid-values"],
    ["POST", `${WEB}/upgrade`, { json: { chart: "charts/none" } }, 404, "chart-not-found"],
    ["POST", `${WEB}/upgrade`, { json: { chart: "oci://elsewhere.example/x/y:1" } }, 404, "chart-not-found"],
    ["POST", `${WEB}/upgrade`, { json: bad, token: READER_TOKEN }, 403, "forbidden"],
    ["POST", `${WEB}/upgrade`, { json: bad, token: TEAM_TOKEN }, 403, "forbidden"],
    ["POST", `${WEB}/upgrade`, { json: bad, headers: { "idempotency-key": "" } }, 400, "invalid-request"],
    ["GET", "/metrics", { token: READER_TOKEN }, 403, "forbidden"],
    ["GET", "/v1/audit", { token: READER_TOKEN }, 403, "forbidden"],
  ])("number %# is answered with its problem", async (method, path, options, status, code) => {
    const test = await createTestApp();
    const response = await test.call(method, path, options);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      type: `urn:slipway:problem:${code}`,
      code,
      status,
      title: expect.any(String),
      detail: expect.any(String),
      retryable: expect.any(Boolean),
    });
    expect(test.requests).toEqual([]);
  });

  it("is told every fault with its pointer, and never its values", async () => {
    const test = await createTestApp();
    const json = {
      chart: "",
      timeout: "soon-canary",
      valuesFiles: [{ name: 1, content: "x" }],
      unknownFlag: true,
      wait: "x",
    };
    const problem = await (await test.call("POST", `${WEB}/upgrade`, { json })).json();
    expect(problem.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual([
      "/chart",
      "/timeout",
      "/unknownFlag",
      "/valuesFiles/0/name",
      "/wait",
    ]);
    expect(JSON.stringify(problem)).not.toContain("canary");
  });

  it("hides a defect of ours, and logs it under the request's id", async () => {
    const test = await createTestApp();
    Object.assign(test.deps.clusters, { names: () => Promise.reject(new Error("secret detail")) });
    Object.assign(test.deps.operations, {
      read: async () => {
        throw new Error("secret detail");
      },
    });
    const response = await test.call("GET", `/v1/operations/local~default~web~${"0".repeat(32)}`);
    expect(response.status).toBe(500);
    const problem = await response.json();
    expect(problem).toMatchObject({ code: "internal" });
    expect(JSON.stringify(problem)).not.toContain("secret detail");
    expect(test.log).toContainEqual(expect.objectContaining({ message: "secret detail", error: "Error" }));
    expect(problem.detail).toContain(response.headers.get("x-request-id"));
  });
});

describe("a chart in the path", () => {
  it.each([
    ["team%2Fweb", 404, "there is no chart charts/team/web"],
    ["none", 404, "there is no chart charts/none"],
    ["team%2F..%2Fweb", 400, "chart in the path is not valid"],
    ["%2Fweb", 400, "chart in the path is not valid"],
  ])("%s is answered %d", async (chart, status, detail) => {
    const { call } = await createTestApp();
    const response = await call("GET", `/v1/charts/charts/${chart}`);
    expect([response.status, (await response.json()).detail]).toEqual([status, detail]);
  });
});

describe("what the registry reports", () => {
  it.each([
    [new BrokenBody(), { level: "info", message: "registry", error: "BrokenBody", code: "client-gone" }],
    [new Error("defect"), { level: "error", error: "Error", message: "defect" }],
  ])("%s is logged as loud as it is", async (error, line) => {
    const { wiring, log } = await createTestApp();
    wiring.report(error);
    expect(log.at(-1)).toMatchObject(line);
    expect(log.at(-1)).toHaveProperty(error instanceof BrokenBody ? "code" : "stack");
  });
});

describe("a manifest that could not be stored behind its answer", () => {
  it("is logged by code, digest and place, without what the store said", async () => {
    const { wiring, log } = await createTestApp();
    const repository = parseRepositoryName("hub/web");
    const digest = parseDigest(digestOf("1"));
    if (repository === undefined || digest === undefined) throw new Error("no name, or no digest");
    const error = new StoreError("unavailable", "PUT https://canary:canary@store.example/: 507");
    wiring.unstored({ project: "hub", repository, digest, error });
    const where = { project: "hub", repository: "hub/web", digest: digestOf("1") };
    expect(log.at(-1)).toMatchObject({
      level: "error",
      message: "answered and not stored",
      code: "unavailable",
      ...where,
    });
    expect(JSON.stringify(log)).not.toContain("canary");
  });
});

describe("the embedded local mode", () => {
  it.each([
    [{ host: "localhost:8080" }, 200],
    [{ host: "127.0.0.1:8080" }, 200],
    [{ host: "[::1]:8080" }, 200],
    [{ host: "localhost:8080", origin: "http://localhost:8080" }, 200],
    [{ host: "evil.example" }, 403],
    [{ host: "localhost.evil.example:8080" }, 403],
    [{ host: "localhost:8080", origin: "http://evil.example" }, 403],
    [{ host: "localhost:8080", origin: "null" }, 403],
    [{ host: "localhost:8080", "sec-fetch-site": "cross-site" }, 403],
  ])("answers %j with %i, on every face", async (headers: Record<string, string>, status) => {
    const test = await createTestApp({ embedded: true });
    for (const path of ["/v1/clusters", "/v2/"]) {
      const response = await test.call("GET", path, { token: "", headers });
      expect(response.status).toBe(status);
      if (status === 403) expect(await response.json()).toMatchObject({ code: "untrusted-host" });
    }
  });

  it("makes everyone the administrator", async () => {
    const test = await createTestApp({ embedded: true });
    const response = await test.call("POST", `${WEB}/install`, { token: "", json: { chart: "charts/web" } });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ principal: "local:administrator" });
  });
});

describe("charts", () => {
  it("are listed by project, and their versions by chart", async () => {
    const test = await createTestApp();
    const list = await (await test.call("GET", "/v1/charts?q=web")).json();
    expect(list.items).toEqual([expect.objectContaining({ project: "charts", name: "web", version: "2.0.0" })]);
    const versions = await (await test.call("GET", "/v1/charts/charts/web")).json();
    expect(versions.items.map((item: { version: string }) => item.version)).toEqual(["2.0.0", "1.2.0", "1.0.0"]);
  });

  it("are listed to nobody known from open projects only", async () => {
    const test = await createTestApp();
    expect(await (await test.call("GET", "/v1/charts", { token: "" })).json()).toEqual({ items: [] });
    expect((await test.call("GET", "/v1/charts/charts/web", { token: "" })).status).toBe(401);
  });
});

describe("tokens", () => {
  it("are made once, listed without their text, and end at once", async () => {
    const test = await createTestApp();
    const json = { name: "ci", grants: [{ allow: ["releases:read"], namespaces: ["default"] }], expiresInSeconds: 60 };
    const made = await (await test.call("POST", "/v1/tokens", { json })).json();
    expect(made.token).toMatch(/^slw_[0-9a-f]{16}_[\w-]{43}$/);
    const seen = async () => (await test.call("GET", "/v1/clusters", { token: made.token })).status;
    expect(await seen()).toBe(200);
    expect((await test.call("GET", "/v1/clusters/local/releases", { token: made.token })).status).toBe(200);
    const listed = JSON.stringify(await (await test.call("GET", "/v1/tokens")).json());
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(made.token.slice(22));
    expect(JSON.stringify(await test.deps.records.list("tokens/"))).not.toContain(made.token.slice(22));
    test.time.now += 60_000;
    expect(await seen()).toBe(401);
    const forever = await (
      await test.call("POST", "/v1/tokens", { json: { ...json, expiresInSeconds: undefined } })
    ).json();
    expect((await test.call("DELETE", `/v1/tokens/${forever.id}`)).status).toBe(204);
    expect((await test.call("GET", "/v1/clusters", { token: forever.token })).status).toBe(401);
  });

  it("cannot be given more than their maker holds", async () => {
    const test = await createTestApp();
    const grants = [{ allow: ["tokens:manage", "releases:read"], namespaces: ["a"] }];
    const manager = await (await test.call("POST", "/v1/tokens", { json: { name: "m", grants } })).json();
    const attempt = async (grant: object) =>
      (await test.call("POST", "/v1/tokens", { token: manager.token, json: { name: "x", grants: [grant] } })).status;
    expect(await attempt({ allow: ["releases:read"], namespaces: ["a"] })).toBe(201);
    expect(await attempt({ allow: ["releases:read"] })).toBe(403);
    expect(await attempt({ allow: ["releases:*"], namespaces: ["a"] })).toBe(403);
    expect(await attempt({ allow: ["*"] })).toBe(403);
  });

  it("may be held to repositories, and open what is theirs over the API too", async () => {
    const test = await createTestApp();
    const holding = async (repositories: readonly string[]): Promise<string> => {
      const allow = ["tokens:manage", "charts:*", "releases:*"];
      const json = { name: "held", grants: [{ allow, projects: ["charts"], repositories }] };
      return (await (await test.call("POST", "/v1/tokens", { json })).json()).token;
    };
    const [web, other] = [await holding(["web*"]), await holding(["oth*"])];
    const renderer = { chart: "charts/web", postRenderers: [{ plugin: "charts/other:1" }] };
    const rows: readonly (readonly [string, string, object | undefined, number, number])[] = [
      ["GET", "/v1/charts/charts/web", undefined, 200, 403],
      ["GET", "/v1/charts/charts/web/1.0.0", undefined, 200, 403],
      ["POST", "/v1/render", { chart: "charts/web" }, 404, 403],
      ["POST", "/v1/charts/charts/web/1.0.0/attachments", { sbom: "spdx" }, 404, 403],
      ["POST", `${WEB}/upgrade`, { chart: "charts/web" }, 202, 403],
      ["POST", `${WEB}/upgrade`, { chart: `charts/web@${digestOf("1.0.0")}` }, 202, 403],
      ["POST", `${WEB}/upgrade`, renderer, 403, 403],
      ["POST", `${WEB}/plan`, { action: "upgrade", chart: "charts/web" }, 202, 403],
      ["POST", "/v1/tokens", { name: "x", grants: [{ allow: ["charts:read"], projects: ["charts"] }] }, 403, 403],
    ];
    for (const [method, path, json, own, foreign] of rows) {
      const status = async (token: string) =>
        (await test.call(method, path, { token, ...(json === undefined ? {} : { json }) })).status;
      expect([path, await status(web), await status(other)]).toEqual([path, own, foreign]);
    }
  });
});

describe("the registry", () => {
  const decide = async (headers: Record<string, string>) => {
    const test = await createTestApp();
    return await (await test.call("GET", "/v2/charts/web/tags/list", { token: "", headers })).json();
  };
  const basic = (password: string) => ({ authorization: `Basic ${btoa(`anyone:${password}`)}` });

  it.each([
    ["nobody", {}, { kind: "challenge", scheme: "bearer" }],
    ["a token as a password", basic(ADMIN_TOKEN), { kind: "allow", actor: "token:admin" }],
    ["a bearer token", { authorization: `Bearer ${READER_TOKEN}` }, { kind: "allow", actor: "token:reader" }],
    ["a wrong password", basic("guess"), { kind: "challenge", scheme: "bearer" }],
  ])("decides on %s", async (_who, headers, decision) => {
    expect(await decide(headers)).toEqual(decision);
  });

  const askOf = (access: RegistryAccess) => async (scope: string, token: string) => {
    const request = new Request(`http://localhost/v2/token?service=x&scope=${scope}`, { headers: basic(token) });
    const response = await access.token?.(request);
    const { token: issued } = (await response?.json()) ?? {};
    return String(issued);
  };
  const decideBy =
    (access: RegistryAccess) =>
    async (token: string, actions: readonly RegistryAction[], repository = "charts/web", mount = false) =>
      access.decide({
        request: new Request("http://localhost/v2/", { headers: { authorization: `Bearer ${token}` } }),
        wishes: [{ project: repository.split("/")[0] ?? "", repository, actions, mount }],
      });

  it("lets a token pull what anybody may pull, beside what it is granted", async () => {
    const test = await createTestApp();
    const grants = [{ allow: ["charts:read"], projects: ["charts"], repositories: ["web"] }];
    const { token } = await (await test.call("POST", "/v1/tokens", { json: { name: "ci", grants } })).json();
    const rows: readonly (readonly [string, RegistryAction, string, number])[] = [
      ["open/any", "pull", "allow", 404],
      ["open/any", "push", "deny", 404],
      ["charts/web", "pull", "allow", 200],
      ["charts/other", "pull", "deny", 403],
    ];
    for (const [repository, action, kind, status] of rows) {
      const decision = await decideBy(test.wiring.access)(token, [action], repository);
      const read = await test.call("GET", `/v1/charts/${repository}`, { token });
      expect([repository, action, decision.kind, read.status]).toEqual([repository, action, kind, status]);
    }
  });

  it("lets a token that pushes mount from its own project, and from others those that it was asked for", async () => {
    const { access } = (await createTestApp()).wiring;
    const [ask, decideWith] = [askOf(access), decideBy(access)];
    const both = "repository:charts/web:pull,push&scope=repository:open/web:pull";
    const rows: readonly (readonly [string, string, string, object])[] = [
      ["repository:charts/web:pull,push", ADMIN_TOKEN, "charts/other", { kind: "allow" }],
      ["repository:charts/web:pull", ADMIN_TOKEN, "charts/web", { kind: "allow" }],
      ["repository:charts/web:pull", ADMIN_TOKEN, "charts/other", { kind: "challenge", inVain: false }],
      ["repository:charts/web:pull,push", READER_TOKEN, "charts/other", { kind: "challenge", inVain: false }],
      ["repository:charts/web:push", ADMIN_TOKEN, "charts/other", { kind: "challenge", inVain: false }],
      ["repository:charts/web:pull,push", ADMIN_TOKEN, "charts-of-others/web", { kind: "challenge", inVain: false }],
      ["repository:charts/web:pull,push", ADMIN_TOKEN, "open/web", { kind: "challenge", inVain: false }],
      [both, ADMIN_TOKEN, "open/web", { kind: "allow" }],
      ["repository:open/web:push", READER_TOKEN, "open/web", { kind: "challenge", inVain: true }],
    ];
    for (const [scope, token, repository, decision] of rows) {
      expect([scope, repository, await decideWith(await ask(scope, token), ["pull"], repository, true)]).toMatchObject([
        scope,
        repository,
        decision,
      ]);
    }
    const pushes = await ask("repository:charts/web:pull,push", ADMIN_TOKEN);
    expect(await decideWith(pushes, ["pull"], "charts/other")).toMatchObject({ kind: "challenge" });
  });

  it("gives short tokens for what was asked and is allowed, and takes no other", async () => {
    const test = await createTestApp();
    const { access } = test.wiring;
    const ask = askOf(access);
    const decideWith = decideBy(access);
    const reader = await ask("repository:charts/web:pull,push", READER_TOKEN);
    expect(await decideWith(reader, ["pull"])).toEqual({ kind: "allow", actor: "token:reader" });
    expect(await decideWith(reader, ["pull", "push"])).toMatchObject({ kind: "challenge" });
    expect(await decideWith(reader, ["pull"], "charts/other")).toMatchObject({ kind: "challenge" });
    expect(await decideWith(`${reader}x`, ["pull"])).toMatchObject({ kind: "challenge" });
    const [head = "", , signature = ""] = reader.split(".");
    const forged = btoa(
      JSON.stringify({ actor: "x", expires: 9e15, access: [{ repository: "charts/web", actions: ["push"] }] }),
    );
    expect(await decideWith(`${head}.${forged}.${signature}`, ["push"])).toMatchObject({ kind: "challenge" });
    const admin = await ask("repository:charts/web:pull,push", ADMIN_TOKEN);
    expect(await decideWith(admin, ["push"])).toMatchObject({ kind: "allow" });
    test.time.now += 900_000;
    expect(await decideWith(admin, ["push"])).toMatchObject({ kind: "challenge" });
    expect((await test.call("GET", "/v1/clusters", { token: admin })).status).toBe(401);
    const bad = await access.token?.(new Request("http://localhost/v2/token", { headers: basic("guess") }));
    expect(bad?.status).toBe(401);
  });
});

describe("metrics", () => {
  it("count requests and operations", async () => {
    const test = await createTestApp();
    await test.call("POST", `${WEB}/upgrade`, { json: { chart: "charts/web" }, headers: { prefer: "wait=1" } });
    const text = await (await test.call("GET", "/metrics")).text();
    expect(text).toContain('slipway_operations_total{action="upgrade",status="succeeded"} 1');
    expect(text).toContain('slipway_http_requests_total{route="upgradeRelease",status="200"} 1');
  });
});
