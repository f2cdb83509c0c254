import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { listAt, memberAt } from "../../../engine/object/json.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { openLocalCluster, type LocalCluster } from "../../../infra/local-cluster/cluster.ts";
import type { ClusterStorage } from "../../../infra/local-cluster/store.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const configMaps = "/api/v1/namespaces/default/configmaps";

function open(options: { readonly readyAfter?: number; readonly storage?: ClusterStorage } = {}): LocalCluster {
  return openLocalCluster({
    now: () => NOW,
    randomBytes,
    readyAfter: options.readyAfter ?? 0,
    ...(options.storage === undefined ? {} : { storage: options.storage }),
  });
}

async function ask(cluster: LocalCluster, request: ClusterRequest): Promise<JsonValue> {
  const response = await cluster.transport.send(request);
  return (await new Response(response.body).json()) as JsonValue;
}

const create = (path: string, body: JsonObject): ClusterRequest => ({
  method: "POST",
  path,
  query: [["fieldManager", "test"]],
  body: JSON.stringify(body),
});
const configMap = (name: string, labels: JsonObject = {}): ClusterRequest =>
  create(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: { a: "1" } });
const names = (list: JsonValue): readonly JsonValue[] =>
  listAt(list, "items").map((item) => memberAt(item, "metadata", "name") ?? null);

async function settle(cluster: LocalCluster, path: string, done: (object: JsonValue) => boolean): Promise<JsonValue> {
  for (let i = 0; i < 100; i++) {
    const object = await ask(cluster, { method: "GET", path });
    if (done(object)) return object;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${path} did not settle`);
}

const conditionOf = (object: JsonValue, type: string): JsonValue | undefined =>
  listAt(object, "status", "conditions").find((condition) => memberAt(condition, "type") === type);

describe("lists of the simulated cluster", () => {
  const rows: readonly {
    readonly name: string;
    readonly query: [string, string][];
    readonly wanted: readonly string[];
  }[] = [
    { name: "all objects in order", query: [], wanted: ["a", "b", "c"] },
    { name: "by an equal label", query: [["labelSelector", "tier=web"]], wanted: ["a", "b"] },
    { name: "by an unequal label", query: [["labelSelector", "tier!=web"]], wanted: ["c"] },
    { name: "by a set of labels", query: [["labelSelector", "tier in (web,db),!old"]], wanted: ["a", "c"] },
    { name: "by an existing label", query: [["labelSelector", "old"]], wanted: ["b"] },
    { name: "by a field", query: [["fieldSelector", "metadata.name=b"]], wanted: ["b"] },
    { name: "page by page", query: [["limit", "2"]], wanted: ["a", "b"] },
    {
      name: "the rest of the pages",
      query: [
        ["limit", "2"],
        ["continue", "2"],
      ],
      wanted: ["c"],
    },
  ];
  for (const { name, query, wanted } of rows) {
    it(`gives ${name}`, async () => {
      const cluster = open();
      await ask(cluster, configMap("a", { tier: "web" }));
      await ask(cluster, configMap("b", { tier: "web", old: "yes" }));
      await ask(cluster, configMap("c", { tier: "db" }));
      expect(names(await ask(cluster, { method: "GET", path: configMaps, query }))).toEqual(wanted);
      cluster.close();
    });
  }

  it("gives metadata alone when asked", async () => {
    const cluster = open();
    await ask(cluster, configMap("a"));
    const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    const list = await ask(cluster, { method: "GET", path: configMaps, headers: { accept } });
    expect(memberAt(list, "kind")).toBe("PartialObjectMetadataList");
    expect(Object.keys((listAt(list, "items")[0] ?? {}) as JsonObject)).toEqual(["apiVersion", "kind", "metadata"]);
    cluster.close();
  });

  it("refuses a selector that is none", async () => {
    const cluster = open();
    expect(
      memberAt(await ask(cluster, { method: "GET", path: configMaps, query: [["labelSelector", "a=(b"]] }), "code"),
    ).toBe(400);
    cluster.close();
  });
});

describe("a watch of the simulated cluster", () => {
  it("tells what is there, then what happens, until it is aborted", async () => {
    const cluster = open();
    await ask(cluster, configMap("a"));
    const abort = new AbortController();
    const response = await cluster.transport.send({
      method: "GET",
      path: configMaps,
      query: [["watch", "true"]],
      signal: abort.signal,
    });
    await ask(cluster, configMap("b"));
    await ask(cluster, { method: "DELETE", path: `${configMaps}/a` });
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      const event = JSON.parse(new TextDecoder().decode((await reader.read()).value)) as JsonValue;
      seen.push(`${String(memberAt(event, "type"))} ${String(memberAt(event, "object", "metadata", "name"))}`);
    }
    abort.abort();
    await expect(reader.read()).rejects.toThrow();
    expect(seen).toEqual(["ADDED a", "ADDED b", "DELETED a"]);
    cluster.close();
  });

  it("goes on from a resource version", async () => {
    const cluster = open();
    const first = await ask(cluster, configMap("a"));
    await ask(cluster, configMap("b"));
    const version = String(memberAt(first, "metadata", "resourceVersion"));
    const response = await cluster.transport.send({
      method: "GET",
      path: configMaps,
      query: [
        ["watch", "true"],
        ["resourceVersion", version],
        ["timeoutSeconds", "1"],
      ],
    });
    const text = await new Response(response.body).text();
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => String(memberAt(JSON.parse(line) as JsonValue, "object", "metadata", "name"))),
    ).toEqual(["b"]);
    cluster.close();
  });
});

describe("the simulated controllers", () => {
  const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "main", image: "web:1" }] } };
  const workload = (kind: string, fate?: string): JsonObject => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "x", ...(fate === undefined ? {} : { labels: { "slipway.local/fate": fate } }) },
    spec: { replicas: 3, selector: { matchLabels: { app: "x" } }, template },
  });

  it("make a deployment available", async () => {
    const cluster = open();
    await ask(cluster, create("/apis/apps/v1/namespaces/default/deployments", workload("Deployment")));
    const done = await settle(
      cluster,
      "/apis/apps/v1/namespaces/default/deployments/x",
      (object) => conditionOf(object, "Available") !== undefined,
    );
    expect(memberAt(done, "status", "availableReplicas")).toBe(3);
    cluster.close();
  });

  it("let a deployment fail that is told to", async () => {
    const cluster = open();
    await ask(cluster, create("/apis/apps/v1/namespaces/default/deployments", workload("Deployment", "fail")));
    const done = await settle(
      cluster,
      "/apis/apps/v1/namespaces/default/deployments/x",
      (object) => conditionOf(object, "Progressing") !== undefined,
    );
    expect(memberAt(conditionOf(done, "Progressing"), "reason")).toBe("ProgressDeadlineExceeded");
    cluster.close();
  });

  it("finish a job", async () => {
    const cluster = open();
    await ask(
      cluster,
      create("/apis/batch/v1/namespaces/default/jobs", {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "x" },
        spec: { template },
      }),
    );
    const done = await settle(
      cluster,
      "/apis/batch/v1/namespaces/default/jobs/x",
      (object) => conditionOf(object, "Complete") !== undefined,
    );
    expect(memberAt(done, "status", "succeeded")).toBe(1);
    cluster.close();
  });

  it("serve a custom kind once its CRD is there, and no longer when it is gone", async () => {
    const cluster = open();
    const path = "/apis/example.com/v1/namespaces/default/things";
    expect((await cluster.transport.send({ method: "GET", path })).status).toBe(404);
    const schema = {
      openAPIV3Schema: {
        type: "object",
        properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
      },
    };
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "things.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { kind: "Thing", plural: "things" },
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    };
    await ask(cluster, create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd));
    const thing = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec: { size: 3 } };
    expect(memberAt(await ask(cluster, create(path, thing)), "spec", "size")).toBe(3);
    await ask(cluster, {
      method: "DELETE",
      path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com",
    });
    expect((await cluster.transport.send({ method: "GET", path })).status).toBe(404);
    cluster.close();
  });
});

describe("the storage of the simulated cluster", () => {
  it("brings everything back, and counts on from where it was", async () => {
    const kept = new Map<string, JsonObject>();
    const storage: ClusterStorage = {
      load: () => [...kept],
      save: (key, object) => void (object === undefined ? kept.delete(key) : kept.set(key, object)),
    };
    const first = open({ storage });
    const before = await ask(first, configMap("a"));
    first.close();
    const second = open({ storage });
    expect(await ask(second, { method: "GET", path: `${configMaps}/a` })).toEqual(before);
    const after = await ask(second, configMap("b"));
    expect(Number(memberAt(after, "metadata", "resourceVersion"))).toBeGreaterThan(
      Number(memberAt(before, "metadata", "resourceVersion")),
    );
    second.close();
  });

  it("empties a namespace that is deleted", async () => {
    const cluster = open();
    await ask(cluster, create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } }));
    await ask(
      cluster,
      create("/api/v1/namespaces/n/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }),
    );
    await ask(cluster, { method: "DELETE", path: "/api/v1/namespaces/n" });
    expect((await cluster.transport.send({ method: "GET", path: "/api/v1/namespaces/n/configmaps/a" })).status).toBe(
      404,
    );
    cluster.close();
  });
});
