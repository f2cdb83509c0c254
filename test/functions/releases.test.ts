import { describe, expect, it } from "vitest";
import { goMap } from "../../engine/go/value.ts";
import { installedRelease, record } from "../support/release-record.ts";
import { CANARY, createTestApp, digestOf, failed, READER_TOKEN, SUCCEEDED, TEAM_TOKEN, WEB } from "./harness.ts";

const UPGRADE = { chart: "charts/web", version: "^1.0.0", values: { password: CANARY } };

describe("changing a release", () => {
  it("answers 202 with the operation and its Location, and the operation runs on", async () => {
    const test = await createTestApp();
    const response = await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE });
    expect(response.status).toBe(202);
    const operation = await response.json();
    expect(response.headers.get("location")).toBe(`/v1/operations/${operation.id}`);
    expect(operation).toMatchObject({
      action: "upgrade",
      cluster: "local",
      namespace: "default",
      name: "web",
      principal: "token:admin",
    });
    expect(operation.request.chart).toMatchObject({ version: "1.2.0", digest: digestOf("1.2.0") });
    await test.settle();
    const ended = await (await test.call("GET", `/v1/operations/${operation.id}`)).json();
    expect(ended).toMatchObject({
      status: "succeeded",
      release: { revision: 2 },
      undo: "helm rollback web 1",
      phase: "apply",
    });
    const list = await (await test.call("GET", "/v1/operations?name=web")).json();
    expect(list.items).toEqual([expect.objectContaining({ id: operation.id, status: "succeeded" })]);
  });

  it("waits for the result when asked to, and answers a failure as its problem", async () => {
    const test = await createTestApp();
    const headers = { prefer: "wait=10" };
    const good = await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE, headers });
    expect(good.status).toBe(200);
    expect(good.headers.get("preference-applied")).toBe("wait=10");
    expect(await good.json()).toMatchObject({ status: "succeeded" });

    const conflicts = [{ field: ".spec.replicas", manager: "kubectl" }];
    test.behave = () => failed("conflict", "conflict occurred while applying", { conflicts });
    const bad = await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE, headers });
    expect(bad.status).toBe(409);
    expect(bad.headers.get("content-type")).toBe("application/problem+json");
    expect(await bad.json()).toMatchObject({
      code: "field-conflict",
      detail: "conflict occurred while applying",
      conflicts,
      operation: expect.stringMatching(/^local~default~web~/),
      retryable: false,
    });
  });

  it("translates a whole request into Helm's options", async () => {
    const test = await createTestApp();
    const json = {
      chart: "charts/web",
      valuesFiles: [{ name: "prod.yaml", content: "a: 1\nb: {c: x}\n" }],
      values: { b: { d: true } },
      set: ["e=5"],
      setString: ["f=5"],
      setJson: ["g=[1]"],
      setLiteral: ["h=a,b"],
      setFile: [{ key: "i", content: "text" }],
      wait: true,
      timeout: "1m30s",
      rollbackOnFailure: true,
      createNamespace: true,
      install: true,
      resetThenReuseValues: true,
      historyMax: 3,
      labels: { team: "a" },
      conflicts: [{ fields: [".spec.replicas"], decision: "yield" }],
    };
    expect((await test.call("POST", `${WEB}/upgrade`, { json })).status).toBe(202);
    expect(test.requests[0]).toMatchObject({
      action: "upgrade",
      name: "web",
      namespace: "default",
      wait: "watcher",
      timeout: 90_000,
      rollbackOnFailure: true,
      createNamespace: true,
      install: true,
      reuse: "reset-then-reuse",
      maxHistory: 3,
      labels: { team: "a" },
      conflicts: [{ fields: [".spec.replicas"], decision: "yield" }],
      values: { a: 1, b: { c: "x", d: true }, e: 5, f: "5", g: [1], h: "a,b", i: "text" },
    });
  });

  it.each([
    [
      "install",
      { chart: "charts/web", replace: true },
      { action: "install", replace: true, wait: "hookOnly", timeout: 300_000 },
    ],
    [
      "install",
      { chart: "charts/web", wait: "ordered", readinessTimeout: "90s" },
      { action: "install", wait: "ordered", readinessTimeout: 90_000 },
    ],
    ["uninstall", { wait: "ordered" }, { action: "uninstall", wait: "ordered" }],
    ["upgrade", { chart: "charts/web", crds: "create-replace" }, { action: "upgrade", crds: "create-replace" }],
    ["rollback", { revision: 3 }, { action: "rollback", revision: 3, maxHistory: 10 }],
    ["rollback", {}, { action: "rollback", revision: 0, serverSide: "auto" }],
    ["install", { chart: "charts/web" }, { action: "install", serverSide: true }],
    [
      "install",
      { chart: "charts/web", serverSide: false, forceReplace: true, recordChart: "slim" },
      { action: "install", serverSide: false, forceReplace: true, recordChart: "slim" },
    ],
    ["upgrade", { chart: "charts/web" }, { action: "upgrade", serverSide: "auto" }],
    ["upgrade", { chart: "charts/web", serverSide: true }, { action: "upgrade", serverSide: true }],
    ["rollback", { serverSide: false }, { action: "rollback", serverSide: false }],
    [
      "uninstall",
      { keepHistory: true, cascade: "orphan" },
      { action: "uninstall", keepHistory: true, cascade: "orphan" },
    ],
    ["uninstall", undefined, { action: "uninstall", keepHistory: false }],
    ["uninstall", { conflicts: "helm" }, { action: "uninstall", conflicts: "helm" }],
    [
      "test",
      { filter: ["name=a", "! name=b", "other=c"], logs: true, timeout: "1m" },
      { action: "test", include: ["a"], exclude: ["b"], logs: true, timeout: 60_000 },
    ],
  ])("starts %s with %j", async (action, json, request) => {
    const test = await createTestApp();
    const response = await test.call("POST", `${WEB}/${action}`, { json });
    expect(response.status).toBe(202);
    expect(test.requests[0]).toMatchObject(request);
  });

  it("refuses a second writer with a problem that names the running operation", async () => {
    const test = await createTestApp();
    let finish: (value: unknown) => void = () => {};
    const gate = new Promise((resolve) => (finish = resolve));
    test.behave = async () => {
      await gate;
      return SUCCEEDED;
    };
    const first = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    const second = await test.call("POST", `${WEB}/rollback`, { json: {} });
    expect(second.status).toBe(409);
    expect(second.headers.get("retry-after")).toBe("5");
    expect(await second.json()).toMatchObject({ code: "operation-running", operation: first.id, retryable: true });
    expect((await test.call("POST", `${WEB.replace("web", "other")}/upgrade`, { json: UPGRADE })).status).toBe(202);
    finish(undefined);
    await test.settle();
    expect((await test.call("POST", `${WEB}/rollback`, { json: {} })).status).toBe(202);
  });

  it("goes on after its process was killed in the middle", async () => {
    const test = await createTestApp();
    test.behave = () => new Promise(() => {});
    const first = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    await expect.poll(async () => (await test.deps.operations.read(first.id, 0, 9)).length).toBe(2);
    test.deferred.length = 0;
    test.time.now += 60_000;
    test.behave = () => SUCCEEDED;
    expect(await test.app.recover()).toBe(1);
    await test.settle();
    expect(await (await test.call("GET", `/v1/operations/${first.id}`)).json()).toMatchObject({ status: "succeeded" });
    expect((await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).status).toBe(202);
  });

  it("marks the pending revision as failed when an operation is cancelled", async () => {
    const test = await createTestApp();
    test.behave = async () => {
      const at = new Date(test.time.now).toISOString();
      const info = { lastDeployed: at, description: "Preparing upgrade", status: "pending-upgrade" as const };
      await record(test.cluster, installedRelease({ version: 2, info }));
      return { events: [], next: { kind: "at", time: test.time.now + 1000 } };
    };
    const { id } = await (await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE })).json();
    await Promise.all(test.deferred.splice(0));
    expect((await test.call("DELETE", `/v1/operations/${id}`)).status).toBe(202);
    await test.settle();
    expect(await (await test.call("GET", `/v1/operations/${id}`)).json()).toMatchObject({
      status: "cancelled",
      error: { code: "cancelled" },
    });
    const status = await (await test.call("GET", WEB)).json();
    expect(status).toMatchObject({ revision: 2, status: "failed", description: "the operation was cancelled" });
    const again = await test.call("DELETE", `/v1/operations/${id}`);
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "operation-finished" });
  });

  it("replays a finished answer for the same Idempotency-Key", async () => {
    const test = await createTestApp();
    const headers = { "idempotency-key": '"k1"' };
    const first = await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE, headers });
    await test.settle();
    const second = await test.call("POST", `${WEB}/upgrade`, { json: UPGRADE, headers });
    expect(second.status).toBe(202);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await second.json()).toEqual(await first.json());
    expect(test.requests).toHaveLength(1);
    const other = await test.call("POST", `${WEB}/upgrade`, { json: { ...UPGRADE, wait: true }, headers });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: "idempotency-mismatch" });
  });
});

describe("reading releases", () => {
  it("tells status, history, notes, manifest, hooks and values", async () => {
    const test = await createTestApp();
    const old = { ...installedRelease().info, status: "superseded" as const };
    await record(test.cluster, installedRelease({ info: old }));
    await record(test.cluster, installedRelease({ version: 2 }));
    const status = await (await test.call("GET", WEB)).json();
    expect(status).toMatchObject({
      name: "web",
      namespace: "default",
      cluster: "local",
      revision: 2,
      status: "deployed",
      chart: "web-1.2.0",
      appVersion: "3.4",
      updated: "2026-11-20T10:00:00Z",
      notes: "Thank you",
    });
    const history = await (await test.call("GET", `${WEB}/history`)).json();
    expect(history.items.map((item: { revision: number }) => item.revision)).toEqual([1, 2]);
    expect(await (await test.call("GET", `${WEB}/values`)).json()).toEqual({ replicas: 2 });
    expect(await (await test.call("GET", `${WEB}/notes`)).json()).toEqual({ notes: "Thank you" });
    expect((await (await test.call("GET", `${WEB}/manifest`)).json()).manifest).toContain("kind: ConfigMap");
    const text = await test.call("GET", `${WEB}/manifest?revision=1`, { headers: { accept: "text/plain" } });
    expect(await text.text()).toBe(installedRelease().manifest);
    expect(await (await test.call("GET", `${WEB}/hooks`)).json()).toEqual({ items: [] });
  });

  it("lists clusters and releases page by page, only those that the caller may see", async () => {
    const test = await createTestApp();
    for (const name of ["a", "b", "c"]) await record(test.cluster, installedRelease({ name }));
    await record(test.cluster, installedRelease({ name: "t", namespace: "team" }));
    expect(await (await test.call("GET", "/v1/clusters")).json()).toEqual({ items: [{ name: "local" }] });
    const first = await (await test.call("GET", "/v1/clusters/local/releases?limit=2")).json();
    expect(first.items.map((item: { name: string }) => item.name)).toEqual(["a", "b"]);
    const second = await (
      await test.call("GET", `/v1/clusters/local/releases?limit=2&after=${encodeURIComponent(first.next)}`)
    ).json();
    expect(second.items.map((item: { name: string }) => item.name)).toEqual(["c", "t"]);
    expect(second.next).toBeUndefined();
    const team = await (await test.call("GET", "/v1/clusters/local/releases", { token: TEAM_TOKEN })).json();
    expect(team.items.map((item: { name: string }) => item.name)).toEqual(["t"]);
    const pending = await (await test.call("GET", "/v1/clusters/local/releases?status=pending-upgrade,failed")).json();
    expect(pending.items).toEqual([]);
  });

  it.each([
    ["filter=%5E[ab]$", ["a", "b"]],
    ["selector=team%20in%20(x),status!=failed", ["a"]],
    ["failed=true", ["b"]],
    ["deployed=true&pending=true", ["a", "c"]],
    ["reverse=true", ["c", "b", "a"]],
    ["date=true", ["c", "b", "a"]],
    ["date=true&reverse=true&max=1", ["a"]],
    ["offset=1&max=1", ["b"]],
  ])("lists by helm list's flags: %s", async (query, names) => {
    const test = await createTestApp();
    const at = (day: number) => ({ ...installedRelease().info, lastDeployed: `2026-11-0${day}T10:00:00Z` });
    await record(test.cluster, installedRelease({ name: "a", info: at(3), labels: { team: "x" } }));
    await record(
      test.cluster,
      installedRelease({ name: "b", info: { ...at(2), status: "failed" }, labels: { team: "x" } }),
    );
    await record(test.cluster, installedRelease({ name: "c", info: at(1) }));
    const list = await (await test.call("GET", `/v1/clusters/local/releases?${query}`)).json();
    expect(list.items.map((item: { name: string }) => item.name)).toEqual(names);
    expect(list.next).toBeUndefined();
  });

  it.each(["takeOwnership", "rollbackOnFailure"])(
    "refuses %s for a rollback, which would do nothing",
    async (member) => {
      const test = await createTestApp();
      await record(test.cluster, installedRelease());
      const response = await test.call("POST", `${WEB}/rollback`, { json: { [member]: true } });
      expect([response.status, await response.json()]).toMatchObject([400, { code: "invalid-request" }]);
    },
  );

  it("takes helm's flag for what the server validates in any case", async () => {
    const test = await createTestApp();
    const json = { chart: "charts/web", disableOpenapiValidation: true };
    expect((await test.call("POST", `${WEB}/upgrade`, { json })).status).toBe(202);
  });

  it("refuses a filter, a selector, a status and a member that are none", async () => {
    const test = await createTestApp();
    await record(test.cluster, installedRelease());
    for (const [query, pointer] of [
      ["filter=(", "/filter"],
      ["selector=a=b=c", "/selector"],
      ["status=failed,deploed", "?/status"],
      ["stauts=failed", "?/stauts"],
      ["filter=(((x%7B999%7D)%7B999%7D)%7B999%7D)", "/filter"],
    ] as const) {
      const response = await test.call("GET", `/v1/clusters/local/releases?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid-request", errors: [{ pointer }] });
    }
  });

  it("reads a record once, until it changes", async () => {
    const test = await createTestApp();
    for (const name of ["a", "b"]) await record(test.cluster, installedRelease({ name }));
    const reads = async (): Promise<number> => {
      test.cluster.requests.length = 0;
      await test.call("GET", "/v1/clusters/local/releases");
      return test.cluster.requests.filter((line) => line.startsWith("GET")).length;
    };
    expect(await reads()).toBe(3);
    expect(await reads()).toBe(1);
    await record(test.cluster, installedRelease({ name: "b", version: 2 }));
    expect(await reads()).toBe(2);
  });

  it("shows metadata with Helm's labels, and computed values masked", async () => {
    const test = await createTestApp();
    const config = goMap([["token", CANARY]]);
    await record(test.cluster, installedRelease({ config, labels: { team: "x" } }));
    const newest = await (await test.call("GET", `${WEB}/metadata`)).json();
    expect(newest).toMatchObject({ name: "web", chart: "web", labels: { team: "x", owner: "helm", version: "1" } });
    const numbered = await (await test.call("GET", `${WEB}/metadata?revision=1`)).json();
    expect(numbered.labels).toEqual({ team: "x" });
    const shown = await (await test.call("GET", `${WEB}/values?all=true`, { token: READER_TOKEN })).text();
    expect(shown).not.toContain(CANARY);
    expect(JSON.parse(await (await test.call("GET", `${WEB}/values?all=true`)).text())).toMatchObject({
      token: CANARY,
    });
  });

  it("masks Secrets and sensitive values for callers without secrets:read", async () => {
    const test = await createTestApp();
    const secret = (name: string) =>
      `---\n# Source: web/templates/secret.yaml\napiVersion: v1\nkind: "Secret"\nmetadata:\n  name: ${name}\ndata:\n  a: ${CANARY}\nstringData: {b: ${CANARY}}\n`;
    const list = `---\napiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  data: {x: ${CANARY}}\n`;
    const broken = `---\nkind: Secret\ndata: {x: ${CANARY}\n`;
    const escaped = `---\nkind: "S\\u0065cret"\ndata: {x: ${CANARY}}\n`;
    const manifest = `${installedRelease().manifest}${secret("s1")}${secret("s2")}${list}${broken}${escaped}`;
    const config = goMap([
      ["adminPassword", CANARY],
      ["auth", goMap([["tokens", goMap([["x", CANARY]])]])],
      ["image", "nginx"],
    ]);
    await record(test.cluster, installedRelease({ manifest, config }));
    const shown = await (await test.call("GET", `${WEB}/manifest`, { token: READER_TOKEN })).json();
    expect(shown.manifest).not.toContain(CANARY);
    expect(shown.manifest).toContain("# Source: web/templates/secret.yaml");
    expect(shown.manifest).toContain("name: s2");
    expect(shown.manifest.startsWith(installedRelease().manifest)).toBe(true);
    const hashes = [...shown.manifest.matchAll(/\(masked ([0-9a-f]{12})\)/g)].map(
      (match: RegExpMatchArray) => match[1],
    );
    expect(hashes).toHaveLength(6);
    expect(new Set(hashes).size).toBe(1);
    const values = await (await test.call("GET", `${WEB}/values`, { token: READER_TOKEN })).json();
    expect(JSON.stringify(values)).not.toContain(CANARY);
    expect(values.image).toBe("nginx");
    const whole = await (await test.call("GET", `${WEB}/manifest`)).json();
    expect(whole.manifest).toBe(manifest);
    const trail = await (await test.call("GET", "/v1/audit")).json();
    expect(trail.items[0]).toMatchObject({
      action: "secrets:read",
      principal: "token:admin",
      target: "local/default/web",
    });
  });

  it("keeps a request's values out of log, events, records and answers", async () => {
    const test = await createTestApp();
    test.behave = () => failed("apply-failed", "the server refused");
    const response = await test.call("POST", `${WEB}/upgrade`, {
      json: UPGRADE,
      headers: { prefer: "wait=5", "idempotency-key": "k" },
    });
    await test.settle();
    const operations = await (await test.call("GET", "/v1/operations")).json();
    const { id } = operations.items[0];
    const events = await (await test.call("GET", `/v1/operations/${id}/events`)).text();
    const journal = await test.deps.operations.read(id, 0, 100);
    const records = await test.deps.records.list("");
    const all = JSON.stringify([await response.json(), operations, events, journal, records, test.log]);
    expect(all).not.toContain(CANARY);
  });
});
