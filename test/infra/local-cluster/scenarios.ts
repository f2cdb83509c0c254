import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";

/** One request of a scene. `{ns}` stands for the scene's own namespace. */
export type Step = Pick<ClusterRequest, "method" | "path" | "query" | "headers"> & { readonly body?: JsonValue };

/** Requests in order, whose answers a real API server gave (test/data/local-cluster-answers.json). */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const configMap = "/api/v1/namespaces/{ns}/configmaps/c";
const deployment = "/apis/apps/v1/namespaces/{ns}/deployments/d";
const service = "/api/v1/namespaces/{ns}/services/s";

function apply(
  path: string,
  manager: string,
  body: JsonObject,
  options: { readonly force?: boolean; readonly dryRun?: boolean } = {},
): Step {
  const query: [string, string][] = [
    ["fieldManager", manager],
    ["fieldValidation", "Strict"],
  ];
  if (options.force === true) query.push(["force", "true"]);
  if (options.dryRun === true) query.push(["dryRun", "All"]);
  return { method: "PATCH", path, query, headers: { "content-type": "application/apply-patch+yaml" }, body };
}

function patch(path: string, manager: string, type: "merge" | "json", body: JsonValue): Step {
  return {
    method: "PATCH",
    path,
    query: [["fieldManager", manager]],
    headers: { "content-type": `application/${type}-patch+json` },
    body,
  };
}

const cm = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", ...metadata },
  data,
});

function deploy(spec: JsonObject = {}, container: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d", labels: { app: "d" } },
    spec: {
      selector: { matchLabels: { app: "d" } },
      template: {
        metadata: { labels: { app: "d" } },
        spec: { containers: [{ name: "main", image: "web:1", ...container }] },
      },
      ...spec,
    },
  };
}

const scale = (replicas: number): Step => ({
  method: "PATCH",
  path: `${deployment}/scale`,
  query: [["fieldManager", "kubectl"]],
  headers: { "content-type": "application/merge-patch+json" },
  body: { spec: { replicas } },
});

export const scenarios: readonly Scenario[] = [
  {
    name: "an apply creates, changes, and takes out what it no longer names",
    steps: [
      apply(configMap, "one", cm({ a: "1", b: "2" }, { labels: { l: "x" } })),
      apply(configMap, "one", cm({ a: "1", b: "2" }, { labels: { l: "x" } })),
      apply(configMap, "one", cm({ a: "3" })),
      apply(configMap, "one", cm({})),
    ],
  },
  {
    name: "two appliers share a field of one value, and conflict over another",
    steps: [
      apply(configMap, "one", cm({ a: "1", b: "2" })),
      apply(configMap, "two", cm({ a: "1", c: "9" })),
      apply(configMap, "two", cm({ a: "5", c: "9" })),
      apply(configMap, "one", cm({ b: "2" })),
      apply(configMap, "two", cm({ b: "7" })),
      apply(configMap, "two", cm({ b: "7" }), { force: true }),
      apply(configMap, "one", cm({ b: "2" })),
    ],
  },
  {
    name: "an apply conflicts with several managers at once",
    steps: [
      {
        method: "POST",
        path: "/api/v1/namespaces/{ns}/configmaps",
        query: [["fieldManager", "creator"]],
        body: cm({ a: "1", b: "1", c: "1" }),
      },
      patch(configMap, "patcher", "merge", { data: { b: "2" } }),
      apply(configMap, "two", cm({ a: "8", b: "8", c: "8" })),
      apply(configMap, "two", cm({ a: "8", b: "2", c: "1" })),
      apply(configMap, "two", cm({ a: "8", b: "8", c: "8" }), { force: true }),
    ],
  },
  {
    name: "a person's scale makes an apply of replicas conflict",
    steps: [
      apply(deployment, "helm", deploy({ replicas: 2 })),
      scale(5),
      apply(deployment, "helm", deploy({ replicas: 3 })),
      apply(deployment, "helm", deploy()),
      apply(deployment, "helm", deploy({ replicas: 5 })),
    ],
  },
  {
    name: "items of a list-map are owned one by one",
    steps: [
      apply(
        deployment,
        "one",
        deploy(
          {},
          {
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
          },
        ),
      ),
      apply(deployment, "two", deploy({}, { env: [{ name: "C", value: "3" }] })),
      apply(deployment, "one", deploy({}, { env: [{ name: "B", value: "2" }] })),
      apply(deployment, "two", deploy({}, { env: [{ name: "B", value: "4" }] })),
      apply(deployment, "one", deploy({}, { image: "web:2" })),
    ],
  },
  {
    name: "a JSON patch takes fields over from an apply",
    steps: [
      apply(deployment, "one", deploy({ replicas: 1 }, { resources: { limits: { cpu: "1" } } })),
      patch(deployment, "editor", "json", [
        { op: "replace", path: "/spec/template/spec/containers/0/image", value: "web:9" },
      ]),
      apply(deployment, "one", deploy({ replicas: 1 }, { resources: { limits: { cpu: "1" } } })),
      apply(deployment, "one", deploy({ replicas: 1 }, { resources: { limits: { cpu: "1" } } }), { force: true }),
      patch(deployment, "editor", "json", [
        { op: "remove", path: "/spec/template/spec/containers/0/resources/limits" },
      ]),
    ],
  },
  {
    name: "ports of a service are named by port and protocol",
    steps: [
      apply(service, "one", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s" },
        spec: { selector: { a: "b" }, ports: [{ port: 80, name: "http" }] },
      }),
      apply(service, "two", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s" },
        spec: { ports: [{ port: 81, name: "other", protocol: "TCP" }] },
      }),
      apply(service, "two", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s" },
        spec: { selector: { a: "c" } },
      }),
      apply(service, "one", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "s" },
        spec: { selector: { a: "b" }, ports: [{ port: 82, name: "http" }] },
      }),
    ],
  },
  {
    name: "what is merged whole is owned whole",
    steps: [
      apply(deployment, "one", deploy({ strategy: { type: "Recreate" } }, { args: ["a", "b"] })),
      apply(deployment, "two", deploy({ strategy: { type: "Recreate" } }, { args: ["a", "c"] })),
      apply(deployment, "one", deploy({}, { args: ["x"] })),
    ],
  },
  {
    name: "an unknown field is refused by apply and by a strict create",
    steps: [
      apply(deployment, "one", deploy({ nope: 1 })),
      apply(deployment, "one", deploy({}, { alsoNope: 2 })),
      {
        method: "POST",
        path: "/apis/apps/v1/namespaces/{ns}/deployments",
        query: [
          ["fieldManager", "one"],
          ["fieldValidation", "Strict"],
        ],
        body: deploy({ nope: 1 }),
      },
    ],
  },
  {
    name: "create, read, replace and delete answer as they should",
    steps: [
      { method: "GET", path: configMap },
      {
        method: "POST",
        path: "/api/v1/namespaces/{ns}/configmaps",
        query: [["fieldManager", "one"]],
        body: cm({ a: "1" }),
      },
      {
        method: "POST",
        path: "/api/v1/namespaces/{ns}/configmaps",
        query: [["fieldManager", "one"]],
        body: cm({ a: "1" }),
      },
      { method: "GET", path: configMap },
      { method: "PUT", path: configMap, query: [["fieldManager", "two"]], body: cm({ a: "2", b: "3" }) },
      {
        method: "PUT",
        path: configMap,
        query: [["fieldManager", "two"]],
        body: cm({ a: "2" }, { resourceVersion: "1" }),
      },
      { method: "DELETE", path: configMap },
      { method: "DELETE", path: configMap },
      { method: "GET", path: "/apis/apps/v1/namespaces/{ns}/nothings/x" },
      { method: "GET", path: "/apis/nowhere.example/v1/things" },
    ],
  },
  {
    name: "merge patches add and take out members",
    steps: [
      {
        method: "POST",
        path: "/api/v1/namespaces/{ns}/configmaps",
        query: [["fieldManager", "one"]],
        body: cm({ a: "1" }, { labels: { l: "1", m: "2" }, annotations: { n: "3" } }),
      },
      patch(configMap, "two", "merge", { metadata: { labels: { l: null, o: "4" } }, data: { b: "2" } }),
      patch(configMap, "two", "merge", { metadata: { annotations: null } }),
      patch(configMap, "two", "json", [{ op: "test", path: "/data/a", value: "2" }]),
      patch(configMap, "two", "json", [{ op: "add", path: "/data/c.d", value: "x" }]),
    ],
  },
  {
    name: "a dry run answers and keeps nothing",
    steps: [
      apply(configMap, "one", cm({ a: "1" }), { dryRun: true }),
      { method: "GET", path: configMap },
      apply(configMap, "one", cm({ a: "1" })),
      apply(configMap, "one", cm({ a: "2" }), { dryRun: true }),
      { method: "GET", path: configMap },
    ],
  },
  {
    name: "a finalizer holds an object until it is taken off",
    steps: [
      apply(configMap, "one", cm({ a: "1" }, { finalizers: ["example.com/hold"] })),
      apply(configMap, "two", cm({}, { finalizers: ["example.com/other"] })),
      { method: "DELETE", path: configMap },
      patch(configMap, "two", "merge", { metadata: { finalizers: null } }),
      { method: "GET", path: configMap },
    ],
  },
  {
    name: "an immutable field is refused",
    steps: [
      apply(deployment, "one", deploy()),
      apply(deployment, "one", {
        ...deploy({
          selector: { matchLabels: { app: "e" } },
          template: { metadata: { labels: { app: "e" } }, spec: { containers: [{ name: "main", image: "web:1" }] } },
        }),
      }),
    ],
  },
  {
    name: "the status subresource owns status alone",
    steps: [
      apply(deployment, "one", deploy({ replicas: 0 })),
      {
        method: "PATCH",
        path: `${deployment}/status`,
        query: [["fieldManager", "operator"]],
        headers: { "content-type": "application/merge-patch+json" },
        body: { spec: { replicas: 4 }, status: { collisionCount: 3 } },
      },
    ],
  },
  {
    name: "an object needs its namespace",
    steps: [apply("/api/v1/namespaces/no-such-namespace/configmaps/c", "one", cm({ a: "1" }))],
  },
  {
    name: "roles and their rules",
    steps: [
      apply("/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/r", "one", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "r" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      }),
      apply("/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/r", "two", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "r" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
      }),
    ],
  },
];
