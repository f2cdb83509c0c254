import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { applyFailure, isQuotaRace } from "../../../engine/kube/apply-text.ts";
import { discover } from "../../../engine/kube/discover.ts";
import {
  apiVersions,
  kubeVersionOf,
  noMatchError,
  openDiscovery,
  type DiscoveredResource,
  type Discovery,
} from "../../../engine/kube/discovery.ts";
import { KubeError } from "../../../engine/kube/error.ts";
import { selectorText } from "../../../engine/kube/label-selector.ts";
import { ownershipProblem, withOwnership } from "../../../engine/kube/ownership.ts";
import { readLive, refText, type ObjectRef } from "../../../engine/kube/read-live.ts";
import { createRequestBudget } from "../../../engine/kube/session.ts";
import { isWaitOver, observeWait, waitProblems, waitTargets } from "../../../engine/kube/wait.ts";
import type { StatusWord } from "../../../engine/kube/status.ts";
import { listAt, stringAt } from "../../../engine/object/json.ts";
import { parseObject } from "../../../engine/object/read.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import type { ClusterRequest } from "../../../engine/kube/transport.ts";
import { fakeCluster, statusBody, type FakeAnswer } from "../../support/fake-cluster.ts";

function object(json: JsonValue): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const verbs = ["get", "list", "watch"];
const kind = (name: string, plural: string, namespaced = true): DiscoveredResource => ({
  kind: name,
  plural,
  namespaced,
  verbs,
});
const discovery: Discovery = openDiscovery({
  format: 1,
  server: { gitVersion: "v1.37.1", major: "1", minor: "37" },
  groups: [
    {
      group: "",
      versions: [
        {
          version: "v1",
          stale: false,
          otherKinds: ["Scale"],
          resources: [
            kind("ConfigMap", "configmaps"),
            kind("Secret", "secrets"),
            kind("Pod", "pods"),
            kind("Namespace", "namespaces", false),
          ],
        },
      ],
    },
    {
      group: "apps",
      versions: [
        {
          version: "v1",
          stale: false,
          otherKinds: [],
          resources: [kind("StatefulSet", "statefulsets"), kind("Deployment", "deployments")],
        },
        { version: "v1beta1", stale: true, otherKinds: [], resources: [kind("Deployment", "deployments")] },
      ],
    },
  ],
});
const ref = (name: string, of = "ConfigMap", group = "", namespace = "ns"): ObjectRef => ({
  gvk: { group, version: "v1", kind: of },
  namespace,
  name,
});
const notFound = (name: string): FakeAnswer => ({
  status: 404,
  json: statusBody(404, "NotFound", `"${name}" not found`),
});
const found = (request: ClusterRequest): FakeAnswer => ({
  json: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: request.path.split("/").at(-1) ?? "" } },
});

describe("discovery", () => {
  it("maps exact versions, and kinds to the version that the server prefers", () => {
    expect(discovery.mappingFor({ group: "apps", version: "v1beta1", kind: "Deployment" })?.version).toBe("v1beta1");
    expect(discovery.preferredFor({ group: "apps", kind: "Deployment" })?.version).toBe("v1");
    expect(discovery.mappingFor({ group: "apps", version: "v3", kind: "Deployment" })).toBeUndefined();
  });
  it("survives being written and read", () => {
    const again = openDiscovery(JSON.parse(JSON.stringify(discovery.data)));
    expect(again.mappingFor({ group: "", version: "v1", kind: "Secret" })).toEqual(
      discovery.mappingFor({ group: "", version: "v1", kind: "Secret" }),
    );
  });
  it("tells what .Capabilities shows", () => {
    expect(apiVersions(discovery.data)).toEqual([
      "apps/v1",
      "apps/v1/Deployment",
      "apps/v1/StatefulSet",
      "apps/v1beta1",
      "apps/v1beta1/Deployment",
      "v1",
      "v1/ConfigMap",
      "v1/Namespace",
      "v1/Pod",
      "v1/Scale",
      "v1/Secret",
    ]);
    expect(kubeVersionOf(discovery.data)).toEqual({
      version: "v1.37.1",
      normalized: "v1.37.1",
      major: "1",
      minor: "37",
    });
  });
  it("refuses unknown kinds in client-go's words", () => {
    expect(noMatchError({ group: "a.b", version: "v1", kind: "Foo" }).message).toBe(
      'no matches for kind "Foo" in version "a.b/v1"',
    );
  });
  it("falls back to plain lists, and a group whose server is down is stale", async () => {
    const answers: Record<string, FakeAnswer> = {
      "/version": { json: { gitVersion: "v1.24.0", major: "1", minor: "24" } },
      "/api": { json: { kind: "APIVersions", versions: ["v1"] } },
      "/apis": {
        json: {
          kind: "APIGroupList",
          groups: [
            {
              name: "apps",
              versions: [{ version: "v1beta1" }, { version: "v1" }],
              preferredVersion: { version: "v1" },
            },
            { name: "down", versions: [{ version: "v1" }] },
          ],
        },
      },
      "/api/v1": {
        json: {
          resources: [
            { name: "pods", kind: "Pod", namespaced: true, verbs },
            { name: "pods/log", kind: "Pod" },
            { name: "pods/eviction", kind: "Eviction" },
          ],
        },
      },
      "/apis/apps/v1": { json: { resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs }] } },
      "/apis/apps/v1beta1": { json: { resources: [] } },
    };
    const { transport } = fakeCluster(({ path }) => answers[path] ?? { status: 503, text: "down" });
    const old = await discover({ transport });
    expect(old.preferredFor({ group: "apps", kind: "Deployment" })?.version).toBe("v1");
    expect(apiVersions(old.data)).toEqual([
      "apps/v1",
      "apps/v1/Deployment",
      "apps/v1beta1",
      "down/v1",
      "v1",
      "v1/Eviction",
      "v1/Pod",
    ]);
    expect(old.data.groups.at(-1)).toMatchObject({ group: "down", versions: [{ stale: true }] });
  });
});

describe("readLive", () => {
  const many = ["a", "b", "c", "d"].map((name) => ref(name));
  const list = (names: readonly string[], metadata: JsonObject = {}): FakeAnswer => ({
    json: { kind: "ConfigMapList", metadata, items: names.map((name) => ({ metadata: { name } })) },
  });
  const plan = { discovery, refs: many, want: "whole", reads: "auto" } as const;

  it("lists from four objects of a kind in a namespace on", async () => {
    const { transport, lines } = fakeCluster(() => list(["a", "b", "x"], { resourceVersion: "9" }));
    const { reads, lists } = await readLive({ transport }, plan);
    expect(many.map((one) => reads.get(refText(one))?.kind)).toEqual(["present", "present", "absent", "absent"]);
    expect(lines()).toEqual(["GET /api/v1/namespaces/ns/configmaps?limit=500"]);
    expect(lists).toMatchObject([{ namespace: "ns", resourceVersion: "9" }]);
  });
  it("reads one by one where the list is forbidden, expired, too large or not allowed", async () => {
    const bad: FakeAnswer[] = [
      { status: 403, json: statusBody(403, "Forbidden", "no") },
      { status: 410, json: statusBody(410, "Expired", "the provided continue parameter is too old") },
      { text: "x".repeat(9_000_000) },
    ];
    for (const answer of bad) {
      const { transport, requests } = fakeCluster((request, index) =>
        index === 0 ? answer : request.path.endsWith("/d") ? notFound("d") : found(request),
      );
      const { reads } = await readLive({ transport }, plan);
      expect(many.map((one) => reads.get(refText(one))?.kind)).toEqual(["present", "present", "present", "absent"]);
      expect(requests.length).toBe(5);
    }
    const { transport, requests } = fakeCluster(found);
    await readLive({ transport }, { ...plan, reads: "get" });
    expect(requests.every(({ query }) => query === undefined)).toBe(true);
  });
  describe("pages", () => {
    const named = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `m${from + i}`);
    const page = (names: readonly string[], next = ""): FakeAnswer =>
      list(names, { resourceVersion: "9", ...(next === "" ? {} : { continue: next }) });
    const expired: FakeAnswer = { status: 410, json: statusBody(410, "Expired", "too old") };
    const cases: readonly {
      readonly name: string;
      readonly wanted: number;
      readonly pages: readonly FakeAnswer[];
      readonly asked: number;
      readonly singles: number;
      readonly lists: number;
    }[] = [
      {
        name: "go on until all that is wanted is found",
        wanted: 600,
        pages: [page(named(500), "p2"), page(named(100, 500), "p3"), page(["other"])],
        asked: 2,
        singles: 0,
        lists: 1,
      },
      {
        name: "prove absence at their end",
        wanted: 600,
        pages: [page(named(500), "p2"), page(["other"])],
        asked: 2,
        singles: 0,
        lists: 1,
      },
      {
        name: "are at most so many that twice as many objects fit as are wanted, and what they do not tell is read singly",
        wanted: 750,
        pages: [page(named(500), "p2"), page(["x"], "p3"), page(named(248, 500), "p4"), page(["never"])],
        asked: 3,
        singles: 2,
        lists: 0,
      },
      {
        name: "tell nothing when the list expires before its end",
        wanted: 600,
        pages: [page(named(500), "p2"), expired],
        asked: 2,
        singles: 600,
        lists: 0,
      },
    ];
    it.each(cases)("$name", async ({ wanted, pages, asked, singles, lists }) => {
      const { transport, requests } = fakeCluster((request, index) =>
        request.query === undefined ? found(request) : (pages[index] ?? found(request)),
      );
      const refs = named(wanted).map((name) => ref(name));
      const told = pages.slice(0, asked).flatMap(namesOn);
      const seen = await readLive({ transport }, { ...plan, refs });
      expect(requests.filter(({ query }) => query !== undefined).map(tokenOf)).toEqual(
        ["", "p2", "p3"].slice(0, asked),
      );
      expect([requests.length - asked, seen.lists.length]).toEqual([singles, lists]);
      for (const one of refs) {
        const isThere = singles > 0 || told.includes(one.name);
        expect(seen.reads.get(refText(one))?.kind).toBe(isThere ? "present" : "absent");
      }
    });
    const namesOn = ({ json }: FakeAnswer): readonly string[] =>
      listAt(json, "items").flatMap((item) => stringAt(item, "metadata", "name") ?? []);
    const tokenOf = ({ query }: ClusterRequest): string => query?.find(([name]) => name === "continue")?.[1] ?? "";
  });
  it("never lists Secrets or what has no namespace, and asks for metadata where that is enough", async () => {
    const secrets = ["a", "b", "c", "d", "e"].map((name) => ref(name, "Secret"));
    const spaces = ["a", "b", "c", "d", "e"].map((name) => ref(name, "Namespace", "", ""));
    const { transport, requests } = fakeCluster(found);
    await readLive({ transport }, { ...plan, refs: [...secrets, ...spaces], want: "metadata" });
    expect(requests.length).toBe(10);
    expect(requests.every(({ headers }) => headers?.["accept"]?.includes("PartialObjectMetadata") === true)).toBe(true);
  });
  it("tells errors apart from absence, and what the budget left over", async () => {
    const { transport } = fakeCluster(() => ({ status: 500, json: statusBody(500, "InternalError", "boom") }));
    const refs = [ref("a"), ref("b", "Unknown")];
    const { reads } = await readLive({ transport }, { ...plan, refs });
    expect(refs.map((one) => reads.get(refText(one)))).toMatchObject([
      { kind: "error", error: { message: "boom" } },
      { kind: "error", error: { code: "no-match" } },
    ]);
    const short = await readLive(
      { transport: fakeCluster(found).transport, budget: createRequestBudget(1) },
      { ...plan, refs: [ref("a"), ref("b")] },
    );
    expect([short.reads.size, short.remaining.map(({ name }) => name)]).toEqual([1, ["b"]]);
  });
  it("passes an abort on", async () => {
    const { transport } = fakeCluster(found);
    await expect(readLive({ transport, signal: AbortSignal.abort(new Error("stopped")) }, plan)).rejects.toThrow(
      "stopped",
    );
  });
});

describe("waiting", () => {
  const now = 0;
  it("is over for readiness when all else but failures is Current, for deletion when all known is gone", () => {
    const states = (...words: StatusWord[]) => words.map((status) => ({ status, message: "" }));
    expect(isWaitOver(states("Current", "Failed"), "current")).toBe(true);
    expect(isWaitOver(states("Current", "Failed", "InProgress"), "current")).toBe(false);
    expect(isWaitOver(states("Unknown"), "current")).toBe(false);
    expect(isWaitOver([], "current")).toBe(true);
    expect(isWaitOver(states("NotFound", "Unknown"), "deleted")).toBe(true);
    expect(isWaitOver(states("Terminating"), "deleted")).toBe(false);
  });
  it("says what is not as wanted in Helm's words", () => {
    const state = (status: StatusWord, message: string) => ({ ref: ref("web", "Deployment", "apps"), status, message });
    expect(waitProblems([state("Current", ""), state("InProgress", "Replicas: 0/1")], "current")).toEqual([
      "resource Deployment/ns/web not ready. status: InProgress, message: Replicas: 0/1",
    ]);
    expect(
      waitProblems(
        [state("NotFound", ""), state("Unknown", ""), state("Terminating", "Resource scheduled for deletion")],
        "deleted",
      ),
    ).toEqual([
      "resource Deployment/ns/web still exists. status: Terminating, message: Resource scheduled for deletion",
    ]);
  });
  it("fails a StatefulSet in progress by its pods, but not by those that go or find no node", async () => {
    const looping = {
      phase: "Running",
      containerStatuses: [{ name: "c", state: { waiting: { reason: "CrashLoopBackOff" } } }],
    };
    const pods = [
      { metadata: { name: "a" }, status: looping },
      { metadata: { name: "b", deletionTimestamp: "x" }, status: looping },
      {
        metadata: { name: "c" },
        status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }] },
      },
    ];
    const { transport, lines } = fakeCluster((request) =>
      request.path.endsWith("pods")
        ? { json: { kind: "PodList", metadata: {}, items: pods } }
        : {
            json: {
              apiVersion: "apps/v1",
              kind: "StatefulSet",
              metadata: { name: "db", namespace: "ns" },
              spec: { replicas: 1, selector: { matchLabels: { a: "b" } } },
            },
          },
    );
    const seen = await observeWait(
      { transport },
      { discovery, targets: [ref("db", "StatefulSet", "apps")], rule: "current", now, reads: "auto" },
    );
    expect(seen.states).toMatchObject([{ status: "Failed", message: "1 pods have failed" }]);
    expect([seen.over, lines()[1]]).toEqual([true, "GET /api/v1/namespaces/ns/pods?limit=500&labelSelector=a=b"]);
  });
  it("calls what cannot be read Unknown, what is forbidden an error, and ends a step with the budget", async () => {
    const step = { discovery, targets: [ref("a"), ref("b")], rule: "current", now, reads: "auto" } as const;
    const broken = fakeCluster(() => ({ status: 500, text: "boom" }));
    expect((await observeWait({ transport: broken.transport }, step)).states.map(({ status }) => status)).toEqual([
      "Unknown",
      "Unknown",
    ]);
    const forbidden = fakeCluster(() => ({ status: 403, json: statusBody(403, "Forbidden", "no") }));
    await expect(observeWait({ transport: forbidden.transport }, step)).rejects.toThrow("no");
    const short = await observeWait({ transport: fakeCluster(found).transport, budget: createRequestBudget(1) }, step);
    expect([short.unread, short.over]).toEqual([1, false]);
  });
  it("does not wait for paused Deployments", () => {
    const paused = object({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a" },
      spec: { paused: true },
    });
    const other = object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } });
    expect(waitTargets([paused, other])).toEqual([other]);
  });
});

describe("label selectors", () => {
  const cases: [JsonObject, string | undefined][] = [
    [{ matchLabels: { a: "b", c: "" } }, "a=b,c="],
    [
      {
        matchExpressions: [
          { key: "a", operator: "In", values: ["x", "y"] },
          { key: "b", operator: "NotIn", values: ["z"] },
          { key: "c", operator: "Exists" },
          { key: "d", operator: "DoesNotExist" },
        ],
      },
      "a in (x,y),b notin (z),c,!d",
    ],
    [{}, undefined],
    [{ matchLabels: { a: 1 } }, undefined],
    [{ matchExpressions: [{ key: "a", operator: "Near" }] }, undefined],
  ];
  for (const [selector, text] of cases) it(JSON.stringify(selector), () => expect(selectorText(selector)).toBe(text));
});

describe("ownership", () => {
  const owner = { name: "web", namespace: "shop" };
  const live = (metadata: JsonObject): KubeObject =>
    object({ apiVersion: "v1", kind: "Service", metadata: { name: "svc", namespace: "shop", ...metadata } });
  it("is written over what was there", () => {
    const owned = withOwnership(
      live({ labels: { a: "b", "app.kubernetes.io/managed-by": "x" }, annotations: null }),
      owner,
    );
    expect(owned.metadata).toEqual({
      name: "svc",
      namespace: "shop",
      labels: { a: "b", "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop" },
    });
    expect(ownershipProblem(owned, owner)).toBeUndefined();
  });
  it("is refused in Helm's words", () => {
    const head =
      'Service "svc" in namespace "shop" exists and cannot be imported into the current release: invalid ownership metadata; ';
    expect(ownershipProblem(live({}), owner)).toBe(
      `${head}label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "shop"`,
    );
    const other = live({
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "api", "meta.helm.sh/release-namespace": "shop" },
    });
    expect(ownershipProblem(other, owner)).toBe(
      `${head}annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value is "api"`,
    );
  });
});

describe("apply failures", () => {
  const web = object({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "ns" } });
  const cases: [KubeError, string][] = [
    [
      new KubeError("apply-conflict", "Apply failed with 1 conflict: x", { status: 409 }),
      "conflict occurred while applying object ns/web apps/v1, Kind=Deployment: Apply failed with 1 conflict: x",
    ],
    [
      new KubeError("invalid", "bad", { status: 422 }),
      "server-side apply failed for object ns/web apps/v1, Kind=Deployment: bad",
    ],
    [
      new KubeError("unsupported-media-type", "what", { status: 415 }),
      "server-side apply not available on the server: what",
    ],
  ];
  for (const [error, text] of cases)
    it(`read as Helm's for ${error.code}`, () => expect(applyFailure(web, error)).toBe(text));
  it("tell the quota race from other conflicts", () => {
    const message =
      'Operation cannot be fulfilled on resourcequotas "q": the object has been modified; please apply your changes';
    expect(isQuotaRace(new KubeError("conflict", message))).toBe(true);
    expect(isQuotaRace(new KubeError("conflict", "the object has been modified"))).toBe(false);
  });
});
