import { describe, expect, it } from "vitest";
import {
  applyObject,
  createObject,
  deleteObject,
  getObject,
  patchObject,
  replaceObject,
} from "../../../engine/kube/client.ts";
import { KubeError, isKubeError } from "../../../engine/kube/error.ts";
import { listObjects } from "../../../engine/kube/list.ts";
import { readLogs } from "../../../engine/kube/logs.ts";
import { CONFIG_MAPS, PODS, collectionPath, objectPath, type ResourceMapping } from "../../../engine/kube/mapping.ts";
import { sendJson } from "../../../engine/kube/rest.ts";
import { createRequestBudget, type KubeSession } from "../../../engine/kube/session.ts";
import { parseWarnings } from "../../../engine/kube/warning.ts";
import { firstChange, watchObjects } from "../../../engine/kube/watch.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { fakeCluster, statusBody, type FakeAnswer } from "../../support/fake-cluster.ts";

const map: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "ns" }, brandNew: 1 };
const at = { namespace: "ns", name: "a" };
const clusterRoles: ResourceMapping = {
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
  verbs: [],
};

async function refusal(of: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await of.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`expected a KubeError, got ${String(error)}`);
}

function answering(answer: FakeAnswer): KubeSession {
  return { transport: fakeCluster(() => answer).transport };
}

describe("requests", () => {
  it("are Helm's, to the query", async () => {
    const { transport, requests, lines } = fakeCluster(() => ({ json: map }));
    const session = { transport };
    await applyObject(session, CONFIG_MAPS, map, { force: false });
    await applyObject(session, CONFIG_MAPS, map, { force: true, dryRun: true });
    await createObject(session, CONFIG_MAPS, map);
    await replaceObject(session, CONFIG_MAPS, map, { fieldValidation: "Strict" });
    await patchObject(session, CONFIG_MAPS, at, { type: "json", body: [], fieldValidation: "Strict" });
    await patchObject(session, CONFIG_MAPS, at, { type: "merge", body: {} });
    await deleteObject(session, CONFIG_MAPS, at, { propagation: "Background" });
    expect(lines()).toEqual([
      "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm&fieldValidation=Strict&force=false",
      "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm&fieldValidation=Strict&dryRun=All&force=true",
      "POST /api/v1/namespaces/ns/configmaps?fieldManager=helm",
      "PUT /api/v1/namespaces/ns/configmaps/a?fieldManager=helm&fieldValidation=Strict",
      "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm&fieldValidation=Strict",
      "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm",
      "DELETE /api/v1/namespaces/ns/configmaps/a",
    ]);
    expect(requests.map(({ headers }) => headers?.["content-type"])).toEqual([
      "application/apply-patch+yaml",
      "application/apply-patch+yaml",
      "application/json",
      "application/json",
      "application/json-patch+json",
      "application/merge-patch+json",
      "application/json",
    ]);
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual(map);
    expect(JSON.parse(requests[6]?.body ?? "")).toEqual({ propagationPolicy: "Background" });
  });

  it("carry the identity, the signal and a uid as precondition", async () => {
    const { transport, requests } = fakeCluster(() => ({ json: map }));
    const { signal } = new AbortController();
    await deleteObject({ transport, signal, as: { user: "jane" } }, CONFIG_MAPS, at, {
      propagation: "Orphan",
      uid: "u",
    });
    expect(requests[0]?.as).toEqual({ user: "jane" });
    expect(requests[0]?.signal).toBe(signal);
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ propagationPolicy: "Orphan", preconditions: { uid: "u" } });
  });

  it("escape names and refuse those that change the path, in client-go's words", () => {
    expect(objectPath(clusterRoles, "ignored", "system:x y?")).toBe(
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Ax%20y%3F",
    );
    expect(collectionPath(PODS, "")).toBe("/api/v1/pods");
    const message = (name: string, namespace = "ns"): string => {
      try {
        return objectPath(PODS, namespace, name);
      } catch (error) {
        return error instanceof KubeError ? `${error.code}: ${error.message}` : "defect";
      }
    };
    expect(message("")).toBe("bad-name: resource name may not be empty");
    expect(message("a/b")).toBe(`bad-name: invalid resource name "a/b": [may not contain '/']`);
    expect(message("..")).toBe(`bad-name: invalid resource name "..": [may not be '..']`);
    expect(message("a%2fb")).toBe(`bad-name: invalid resource name "a%2fb": [may not contain '%']`);
    expect(message("a", "..")).toMatch(/^bad-name/);
    expect(message("\ud800")).toMatch(/^bad-name/);
    expect(message("a", "")).toBe("bad-name: an empty namespace may not be set when a resource name is provided");
  });
});

describe("refusals", () => {
  const cases: [string, number, string, FakeAnswer][] = [
    ["forbidden", 403, "Forbidden", {}],
    ["unauthorized", 401, "Unauthorized", {}],
    ["already-exists", 409, "AlreadyExists", {}],
    ["conflict", 409, "Conflict", {}],
    ["invalid", 422, "Invalid", {}],
    ["gone", 410, "Expired", {}],
    ["timeout", 504, "Timeout", {}],
    ["too-many-requests", 429, "TooManyRequests", {}],
    ["internal", 500, "InternalError", {}],
    ["bad-request", 400, "BadRequest", {}],
    ["too-large", 413, "RequestEntityTooLarge", {}],
    ["unavailable", 503, "ServiceUnavailable", {}],
    ["internal", 500, "SomethingNew", {}],
  ];
  for (const [code, status, reason] of cases) {
    it(`${status} ${reason} is ${code}, with the server's message`, async () => {
      const error = await refusal(
        getObject(answering({ status, json: statusBody(status, reason, "said so") }), CONFIG_MAPS, at),
      );
      expect([error.code, error.message, error.status, error.reason]).toEqual([code, "said so", status, reason]);
      expect(error.detail).toMatchObject({ status, reason });
    });
  }

  const missing: readonly (readonly [string, FakeAnswer, string])[] = [
    ["a page", { status: 404, text: "404 page not found\n" }, "not-served"],
    ["a Status without a word on what", { status: 404, json: statusBody(404, "NotFound", "no") }, "not-served"],
    [
      "a Status that names a kind",
      { status: 404, json: statusBody(404, "NotFound", "no", { kind: "x" }) },
      "not-found",
    ],
    [
      "a Status that names an object",
      { status: 404, json: statusBody(404, "NotFound", "no", { name: "a" }) },
      "not-found",
    ],
  ];
  for (const [what, answer, code] of missing) {
    it(`404 with ${what} is ${code}`, async () => {
      expect((await refusal(listObjects(answering(answer), CONFIG_MAPS))).code).toBe(code);
    });
  }

  const generic: [number, string, string][] = [
    [404, "page", "the server could not find the requested resource (get configmaps a)"],
    [403, "no way", "no way (get configmaps a)"],
    [
      500,
      'a "page"',
      'an error on the server ("a \\"page\\"") has prevented the request from succeeding (get configmaps a)',
    ],
    [502, "", 'an error on the server ("unknown") has prevented the request from succeeding (get configmaps a)'],
    [503, "x", "the server is currently unable to handle the request (get configmaps a)"],
    [418, "x", "the server responded with the status code 418 but did not return more information (get configmaps a)"],
  ];
  for (const [status, text, message] of generic) {
    it(`${status} without a Status speaks as client-go does`, async () => {
      expect((await refusal(getObject(answering({ status, text }), CONFIG_MAPS, at))).message).toBe(message);
    });
  }

  it("a conflict of fields is its own code and keeps its causes", async () => {
    const causes = [
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl" using apps/v1', field: ".spec.replicas" },
    ];
    const json = statusBody(409, "Conflict", "Apply failed with 1 conflict", { causes });
    const error = await refusal(applyObject(answering({ status: 409, json }), CONFIG_MAPS, map, { force: false }));
    expect([error.code, error.causes]).toEqual(["apply-conflict", causes]);
    expect(isKubeError(error, "conflict")).toBe(false);
  });

  it("only the API server's own 404 is absence", async () => {
    const json = statusBody(404, "NotFound", 'configmaps "a" not found');
    expect(await getObject(answering({ status: 404, json }), CONFIG_MAPS, at)).toBeUndefined();
    expect(await deleteObject(answering({ status: 404, json }), CONFIG_MAPS, at, { propagation: "Background" })).toBe(
      "absent",
    );
    expect((await refusal(getObject(answering({ status: 404, text: "<html>" }), CONFIG_MAPS, at))).code).toBe(
      "not-served",
    );
  });

  it("answers that are no object, no JSON or too large are bad", async () => {
    for (const answer of [{ json: [1] }, { text: "<html>" }, { json: { kind: "ConfigMap" } }]) {
      expect((await refusal(getObject(answering(answer), CONFIG_MAPS, at))).code).toBe("bad-response");
    }
    const pieces = Array.from({ length: 100 }, () => "x".repeat(1000));
    const big = sendJson(answering({ text: pieces }), { method: "GET", path: "/", maxBytes: 5000 });
    expect((await refusal(big)).message).toBe("the answer is larger than 5000 bytes");
  });
});

describe("patience", () => {
  const busy: FakeAnswer = {
    status: 429,
    headers: { "retry-after": "1" },
    json: statusBody(429, "TooManyRequests", "later"),
  };

  it("waits as the server says, and counts every try", async () => {
    const { transport } = fakeCluster((_, index) => (index < 2 ? busy : { json: map }));
    const budget = createRequestBudget(10);
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => void slept.push(ms);
    await getObject({ transport, budget, sleep }, CONFIG_MAPS, at);
    expect([slept, budget.used()]).toEqual([[1000, 1000], 3]);
  });

  it("gives the refusal back when it may not sleep, has slept enough, or the budget ends", async () => {
    const { transport, requests } = fakeCluster(() => busy);
    const without = await refusal(getObject({ transport }, CONFIG_MAPS, at));
    expect([without.code, without.retryAfterSeconds, requests.length]).toEqual(["too-many-requests", 1, 1]);
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => void slept.push(ms);
    await refusal(getObject({ transport, sleep }, CONFIG_MAPS, at));
    expect(slept.length).toBe(5);
    await refusal(getObject({ transport, sleep, budget: createRequestBudget(2) }, CONFIG_MAPS, at));
    expect(slept.length).toBe(6);
    const long = fakeCluster(() => ({ ...busy, headers: { "retry-after": "60" } }));
    await refusal(getObject({ transport: long.transport, sleep }, CONFIG_MAPS, at));
    expect(slept.length).toBe(6);
  });

  it("gives the refusal back when its step has no time or request for another try", async () => {
    const { transport, requests } = fakeCluster(() => busy);
    for (const [times, sent] of [
      [[1000], 1],
      [[1001, 0], 1],
      [[1001, 1, 1000], 2],
    ] as const) {
      requests.length = 0;
      const left: number[] = [...times];
      const session = { transport, sleep: async () => undefined, patience: () => left.shift() ?? 0 };
      expect((await refusal(getObject(session, CONFIG_MAPS, at))).code).toBe("too-many-requests");
      expect(requests.length).toBe(sent);
    }
  });

  it("sends nothing beyond the budget, nor after an abort", async () => {
    const { transport, requests } = fakeCluster(() => ({ json: map }));
    const spent = await refusal(getObject({ transport, budget: createRequestBudget(0) }, CONFIG_MAPS, at));
    expect(spent.code).toBe("budget");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(getObject({ transport, signal }, CONFIG_MAPS, at)).rejects.toThrow("stopped");
    expect(requests).toEqual([]);
  });
});

describe("warnings", () => {
  const cases: [string | null, string[]][] = [
    [null, []],
    ["", []],
    ['299 - "unknown field \\"a\\""', ['unknown field "a"']],
    ['299 - "one", 299 - "two, three"', ["one", "two, three"]],
    ['299 - "one" "Sat, 25 Aug 2012 23:34:45 GMT", 299 agent "two"', ["one", "two"]],
    ['nonsense "x"', []],
    ['299 - "open', []],
    ['299  "x"', []],
  ];
  for (const [header, texts] of cases)
    it(`reads ${String(header)}`, () => expect(parseWarnings(header)).toEqual(texts));
  it("are handed on", async () => {
    const seen: string[] = [];
    const session = {
      ...answering({ json: map, headers: { warning: '299 - "old"' } }),
      onWarning: (text: string) => seen.push(text),
    };
    expect((await applyObject(session, CONFIG_MAPS, map, { force: false })).warnings).toEqual(["old"]);
    expect(seen).toEqual(["old"]);
  });
});

describe("lists", () => {
  it("fill in what typed lists leave out, page by page", async () => {
    const { transport, lines } = fakeCluster((_, index) => ({
      json: {
        kind: "ConfigMapList",
        apiVersion: "v1",
        metadata: { resourceVersion: "7", ...(index === 0 ? { continue: "more" } : {}) },
        items: [{ metadata: { name: `m${index}` }, data: {} }],
      },
    }));
    const { items, complete, resourceVersion } = await listObjects({ transport }, CONFIG_MAPS, {
      namespace: "ns",
      labelSelector: "a=b",
    });
    expect(items.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata["name"]])).toEqual([
      ["v1", "ConfigMap", "m0"],
      ["v1", "ConfigMap", "m1"],
    ]);
    expect([complete, resourceVersion]).toEqual([true, "7"]);
    expect(lines()).toEqual([
      "GET /api/v1/namespaces/ns/configmaps?limit=500&labelSelector=a=b",
      "GET /api/v1/namespaces/ns/configmaps?limit=500&labelSelector=a=b&continue=more",
    ]);
  });
  it("that go on for ever end as incomplete", async () => {
    const session = answering({ json: { kind: "List", metadata: { continue: "again" }, items: [] } });
    expect((await listObjects(session, CONFIG_MAPS, { maxPages: 3 })).complete).toBe(false);
  });
  it("refuse what is no list", async () => {
    for (const json of [map, { kind: "ConfigMapList", items: [1] }]) {
      expect((await refusal(listObjects(answering({ json }), CONFIG_MAPS))).code).toBe("bad-response");
    }
  });
});

describe("watches", () => {
  const event = (type: string, name: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: "9" } } })}\n`;
  const options = { namespace: "ns", resourceVersion: "1", seconds: 5 };

  it("read events whatever the pieces they come in", async () => {
    const text = event("ADDED", "ä") + event("BOOKMARK", "x") + event("DELETED", "ä");
    const seen: string[] = [];
    for await (const one of watchObjects(answering({ text, chunkBytes: 1 }), CONFIG_MAPS, options)) {
      seen.push(
        one.type === "bookmark"
          ? `bookmark ${one.resourceVersion}`
          : `${one.type} ${String(one.object.metadata["name"])}`,
      );
    }
    expect(seen).toEqual(["added ä", "bookmark 9", "deleted ä"]);
  });
  it("end with the server's error, and with a line that is none", async () => {
    const first = async (answer: FakeAnswer): Promise<void> => {
      for await (const _one of watchObjects(answering(answer), CONFIG_MAPS, options)) break;
    };
    const gone = JSON.stringify({
      type: "ERROR",
      object: statusBody(410, "Expired", "too old resource version: 1 (2)"),
    });
    expect([(await refusal(first({ text: gone }))).code, (await refusal(first({ text: gone }))).message]).toEqual([
      "gone",
      "too old resource version: 1 (2)",
    ]);
    expect((await refusal(first({ text: "{}\n" }))).code).toBe("bad-response");
    const endless = Array.from({ length: 9000 }, () => "x".repeat(1000));
    expect((await refusal(first({ text: endless }))).code).toBe("bad-response");
  });
  it("tell the first change among several", async () => {
    const { transport } = fakeCluster((request) => ({
      text: request.path.endsWith("pods") ? event("MODIFIED", "other") : event("MODIFIED", "mine"),
    }));
    const names = new Set(["mine"]);
    const watched = [PODS, CONFIG_MAPS].map((mapping) => ({ mapping, namespace: "ns", resourceVersion: "1", names }));
    expect(await firstChange({ transport }, watched, 1)).toBe("changed");
    expect(await firstChange({ transport }, watched.slice(0, 1), 1)).toBe("quiet");
  });
});

describe("logs", () => {
  it("come as lines", async () => {
    const { transport, lines } = fakeCluster(() => ({ text: ["one\ntw", "o\r\n", "three"] }));
    const seen: string[] = [];
    for await (const line of readLogs({ transport }, { namespace: "ns", pod: "p", container: "c", limitBytes: 10 }))
      seen.push(line);
    expect(seen).toEqual(["one", "two\r", "three"]);
    expect(lines()).toEqual(["GET /api/v1/namespaces/ns/pods/p/log?container=c&limitBytes=10"]);
  });
});
