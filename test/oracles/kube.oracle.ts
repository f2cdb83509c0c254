import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import {
  applyObject,
  createObject,
  deleteObject,
  getObject,
  patchObject,
  replaceObject,
} from "../../engine/kube/client.ts";
import { compareDesired } from "../../engine/kube/compare.ts";
import { conflictsOf, locateConflict } from "../../engine/kube/conflict-cause.ts";
import { conflictMessage, predictConflicts, type PrintedConflict } from "../../engine/kube/conflicts.ts";
import { discover } from "../../engine/kube/discover.ts";
import { apiVersions, kubeVersionOf, type Discovery } from "../../engine/kube/discovery.ts";
import { KubeError } from "../../engine/kube/error.ts";
import { listObjects } from "../../engine/kube/list.ts";
import { readLogs } from "../../engine/kube/logs.ts";
import { PODS, type ResourceMapping } from "../../engine/kube/mapping.ts";
import { migrationPatch } from "../../engine/kube/migrate.ts";
import { readLive, refOf, refText } from "../../engine/kube/read-live.ts";
import { sendJson } from "../../engine/kube/rest.ts";
import { createRequestBudget, type KubeSession } from "../../engine/kube/session.ts";
import { observeWait, waitProblems } from "../../engine/kube/wait.ts";
import { firstChange, watchObjects } from "../../engine/kube/watch.ts";
import { removeLeaves } from "../../engine/kube/yield.ts";
import { gvkOf } from "../../engine/object/gvk.ts";
import { listAt, memberAt } from "../../engine/object/json.ts";
import type { KubeObject } from "../../engine/object/object.ts";
import { getAnnotation, getName, getNamespace, getResourceVersion, parseObject } from "../../engine/object/read.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { kinds } from "./kube-kinds-table.ts";

let cluster: OpenCluster;
let session: KubeSession;
let discovery: Discovery;
const run = Date.now().toString(36);
const namespace = `kube-${run}`;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  session = { transport: cluster.transport };
  discovery = await discover(session);
  await apply(object({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }));
});
afterAll(async () => {
  await cluster.close();
});

function object(json: JsonValue): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("the test's object is none");
  return parsed;
}

function mappingOf(of: KubeObject): ResourceMapping {
  const mapping = discovery.mappingFor(gvkOf(of));
  if (mapping === undefined) throw new Error(`no mapping for ${of.kind}`);
  return mapping;
}

/** Gives an object of the table this run's namespace. */
function placed(of: KubeObject): KubeObject {
  return mappingOf(of).namespaced ? { ...of, metadata: { ...of.metadata, namespace } } : of;
}

async function apply(of: KubeObject, force = false): Promise<KubeObject> {
  return (await applyObject(session, mappingOf(of), of, { force })).object;
}

async function read(of: KubeObject): Promise<KubeObject> {
  const found = await getObject(session, mappingOf(of), { namespace: getNamespace(of), name: getName(of) });
  if (found === undefined) throw new Error(`${getName(of)} is not there`);
  return found;
}

async function refusal(of: Promise<unknown>): Promise<KubeError> {
  try {
    await of;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}

/** What we own, and since when: an apply that changes nothing leaves even the time. */
function ownEntry(of: KubeObject): JsonValue | undefined {
  return listAt(of.metadata, "managedFields").find((entry) => memberAt(entry, "manager") === "helm");
}

/** What `kubectl scale` sends. */
async function scale(of: KubeObject, replicas: number, fieldManager = "kubectl"): Promise<void> {
  await sendJson(session, {
    method: "PATCH",
    path: `/apis/apps/v1/namespaces/${namespace}/deployments/${getName(of)}/scale`,
    query: [["fieldManager", fieldManager]],
    contentType: "application/merge-patch+json",
    body: { spec: { replicas } },
  });
}

async function merge(of: KubeObject, body: JsonObject, fieldManager: string): Promise<void> {
  const at = { namespace: getNamespace(of), name: getName(of) };
  await patchObject(session, mappingOf(of), at, { type: "merge", body, fieldManager });
}

function deployment(name: string, change: JsonObject = {}, container: JsonObject = {}): KubeObject {
  return object({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "web", image: "nginx:1", ...container }] },
      },
      ...change,
    },
  });
}

describe("discovery", () => {
  it("maps built-in kinds, tells the version and every group version with its kinds", () => {
    expect(discovery.mappingFor({ group: "apps", version: "v1", kind: "Deployment" })).toMatchObject({
      plural: "deployments",
      namespaced: true,
    });
    expect(discovery.mappingFor({ group: "", version: "v1", kind: "Namespace" })?.namespaced).toBe(false);
    expect(discovery.mappingFor({ group: "apps", version: "v2", kind: "Deployment" })).toBeUndefined();
    expect(apiVersions(discovery.data)).toEqual(expect.arrayContaining(["v1", "apps/v1", "apps/v1/Scale", "v1/Pod"]));
    expect(kubeVersionOf(discovery.data).version).toMatch(/^v1\.\d+\.\d+/);
  });

  it("says the same through the lists that servers before 1.26 have", async () => {
    const plain: KubeSession = {
      transport: {
        send: (request) =>
          cluster.transport.send({ ...request, headers: { ...request.headers, accept: "application/json" } }),
      },
    };
    const old = await discover(plain);
    expect(apiVersions(old.data)).toEqual(apiVersions(discovery.data));
    for (const { group, versions } of discovery.data.groups) {
      for (const { version, resources } of versions) {
        for (const { kind } of resources) {
          const gvk = { group, version, kind };
          expect(old.mappingFor(gvk), `${group}/${version} ${kind}`).toEqual(discovery.mappingFor(gvk));
        }
      }
    }
  });
});

/** The deployment controller writes its revision once; the map that it is in must be there before two looks are compared. */
async function annotated(desired: KubeObject): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const live = await read(desired);
    if (live !== undefined && getAnnotation(live, "deployment.kubernetes.io/revision") !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the deployment controller did not write its revision");
}

describe("no write without need", () => {
  for (const [title, json] of kinds) {
    it(`${title}: applied again it is unchanged, and the server agrees`, async () => {
      const desired = placed(object(json));
      await apply(desired);
      if (desired.kind === "Deployment") await annotated(desired);
      await apply(desired);
      const live = await read(desired);
      expect(compareDesired(live, desired, "helm").differences).toEqual([]);
      const again = await apply(desired);
      expect(ownEntry(again)).toEqual(ownEntry(live));
      const relabelled = object({ ...desired, metadata: { ...desired.metadata, labels: { changed: "yes" } } });
      expect(compareDesired(live, relabelled, "helm").unchanged).toBe(false);
    });
  }

  it("calls a change whatever the server would write", async () => {
    const base = deployment(
      "walk",
      {},
      {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      },
    );
    await apply(base);
    const live = await read(base);
    const variants: [string, KubeObject][] = [
      [
        "image",
        deployment(
          "walk",
          {},
          {
            image: "nginx:2",
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
          },
        ),
      ],
      ["removed env", deployment("walk", {}, { env: [{ name: "A", value: "1" }] })],
      [
        "order of env",
        deployment(
          "walk",
          {},
          {
            env: [
              { name: "B", value: "2" },
              { name: "A", value: "1" },
            ],
          },
        ),
      ],
      [
        "added field",
        deployment(
          "walk",
          { paused: true },
          {
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
          },
        ),
      ],
      [
        "adopted default",
        deployment(
          "walk",
          { revisionHistoryLimit: 10 },
          {
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
          },
        ),
      ],
    ];
    for (const [title, desired] of variants) {
      const dry = await applyObject(session, mappingOf(desired), desired, { force: false, dryRun: true });
      const fields = memberAt(dry.object, "metadata", "managedFields");
      const writes =
        JSON.stringify([fields, dry.object["spec"]]) !==
        JSON.stringify([memberAt(live, "metadata", "managedFields"), live["spec"]]);
      expect([title, compareDesired(live, desired, "helm").unchanged]).toEqual([title, !writes]);
      expect(writes, title).toBe(true);
    }
  });

  it("takes an emptied map back once after others wrote into it, and not again", async () => {
    for (const [name, annotations] of [
      ["null", null],
      ["empty", {}],
    ] as const) {
      const metadata = { name: `emptied-${name}`, namespace, annotations };
      const desired = object({ apiVersion: "v1", kind: "ConfigMap", metadata });
      await apply(desired);
      await merge(desired, { metadata: { annotations: { a: "b" } } }, "kubectl-edit");
      for (let i = 0; i < 2; i++) {
        const before = await read(desired);
        const after = await apply(desired);
        const wrote = getResourceVersion(after) !== getResourceVersion(before);
        expect([name, i, compareDesired(before, desired, "helm").unchanged]).toEqual([name, i, !wrote]);
        expect(memberAt(after, "metadata", "annotations")).toEqual({ a: "b" });
      }
    }
  });

  it("sees drift that another manager made in a field of ours", async () => {
    const desired = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "drift", namespace },
      data: { a: "1", b: "2" },
    });
    await apply(desired);
    await merge(desired, { data: { a: "9", c: "3" } }, "kubectl-edit");
    const { differences } = compareDesired(await read(desired), desired, "helm");
    expect(differences).toEqual([{ field: ".data.a", kind: "change", live: "9", desired: "1" }]);
  });
});

describe("conflicts", () => {
  async function expectPredicted(desired: KubeObject): Promise<KubeError> {
    const predicted = predictConflicts(await read(desired), desired, "helm");
    const error = await refusal(apply(desired));
    expect(error.code).toBe("apply-conflict");
    const names = (list: readonly PrintedConflict[]): string[] => list.map((of) => `${of.manager} ${of.field}`).sort();
    expect(names(predicted)).toEqual(names(conflictsOf(error)));
    expect(conflictMessage(predicted)).toBe(error.message);
    return error;
  }

  it("kubectl scale: predicted to the byte, although the chart did not change", async () => {
    const desired = deployment("scaled");
    await apply(desired);
    await scale(desired, 5);
    const error = await expectPredicted(desired);
    expect(error.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it("several managers and fields: predicted in the server's order", async () => {
    const desired = deployment(
      "many",
      {},
      {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
        ports: [{ containerPort: 80, name: "http" }],
      },
    );
    await apply(desired);
    await scale(desired, 4, "zz-scaler");
    const env = [
      { name: "B", value: "8" },
      { name: "A", value: "9" },
    ];
    const web = { name: "web", image: "nginx:9", env, ports: [{ containerPort: 80, name: "other" }] };
    const edit = { metadata: { labels: { app: "other" } }, spec: { template: { spec: { containers: [web] } } } };
    const at = { namespace, name: "many" };
    await patchObject(session, mappingOf(desired), at, { type: "strategic", body: edit, fieldManager: "kubectl-edit" });
    const error = await expectPredicted(desired);
    expect(conflictsOf(error).length).toBeGreaterThan(4);
    for (const printed of conflictsOf(error)) {
      const live = await read(desired);
      expect(locateConflict(printed, live, desired)?.field).toBe(printed.field);
    }
  });

  it("another applier, an atomic list, a quantity and labels with dots in their names", async () => {
    const role = object({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "atomic", namespace },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    });
    await apply(role);
    await merge(role, { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }] }, "kubectl-edit");
    await expectPredicted(role);

    const limits = deployment("limits", {}, { resources: { limits: { cpu: "1000m" } } });
    const other = deployment("limits", {}, { resources: { limits: { cpu: "2" } } });
    await apply(limits);
    await applyObject(session, mappingOf(other), other, { force: true, fieldManager: "argo" });
    await expectPredicted(limits);

    const labelled = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "dots", namespace, labels: { "a.b/c": "1" } },
      data: { "x.y": "1" },
    });
    await apply(labelled);
    await merge(labelled, { metadata: { labels: { "a.b/c": "2" } }, data: { "x.y": "2" } }, "kubectl-edit");
    const error = await expectPredicted(labelled);
    expect(conflictsOf(error).map(({ field }) => field)).toEqual([".data.x.y", ".metadata.labels.a.b/c"]);
  });

  it("an equal value is no conflict, whoever owns it", async () => {
    const desired = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "equal", namespace },
      data: { a: "1" },
    });
    await createObject(session, mappingOf(desired), desired, { fieldManager: "kubectl-create" });
    expect(predictConflicts(await read(desired), desired, "helm")).toEqual([]);
    await apply(desired);
  });

  it("a yielded field stays with its owner, and then nothing is to be written", async () => {
    const desired = deployment("yielded");
    await apply(desired);
    await scale(desired, 5);
    const live = await read(desired);
    const paths = predictConflicts(live, desired, "helm").map(({ path }) => path);
    const { object: left, refused } = removeLeaves(desired, paths);
    expect(refused).toEqual([]);
    const after = await apply(left);
    expect(memberAt(after, "spec", "replicas")).toBe(5);
    expect(compareDesired(after, left, "helm").unchanged).toBe(true);
  });
});

describe("requests", () => {
  it("keeps fields that no model knows, and the strict server names them", async () => {
    const unknown = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "unknown", namespace },
      brandNew: { a: 1 },
    });
    const error = await refusal(apply(unknown));
    expect(error.message).toBe(
      `failed to create typed patch object (${namespace}/unknown; /v1, Kind=ConfigMap): .brandNew: field not declared in schema`,
    );
    const replaced = await refusal(createObject(session, mappingOf(unknown), unknown, { fieldValidation: "Strict" }));
    expect(replaced.code).toBe("bad-request");
    expect(replaced.message).toContain('strict decoding error: unknown field "brandNew"');
    const warnings: string[] = [];
    const warned = await createObject(
      { ...session, onWarning: (text) => warnings.push(text) },
      mappingOf(unknown),
      unknown,
      {
        fieldValidation: "Warn",
      },
    );
    expect(warned.warnings).toEqual(['unknown field "brandNew"']);
    expect(warnings).toEqual(warned.warnings);
  });

  it("creates once, replaces with compare-and-set, deletes with a uid", async () => {
    const secret = object({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "record", namespace },
      type: "helm.sh/release.v1",
    });
    const mapping = mappingOf(secret);
    const { object: made, created } = await createObject(session, mapping, secret);
    expect(created).toBe(true);
    expect((await refusal(createObject(session, mapping, secret))).code).toBe("already-exists");
    const changed = object({ ...made, metadata: { ...made.metadata, labels: { a: "b" } } });
    await replaceObject(session, mapping, changed);
    expect((await refusal(replaceObject(session, mapping, changed))).code).toBe("conflict");
    const at = { namespace, name: "record" };
    const wrong = deleteObject(session, mapping, at, {
      propagation: "Background",
      uid: "00000000-0000-0000-0000-000000000000",
    });
    expect((await refusal(wrong)).code).toBe("conflict");
    expect(await deleteObject(session, mapping, at, { propagation: "Background" })).toBe("accepted");
    expect(await deleteObject(session, mapping, at, { propagation: "Background" })).toBe("absent");
    expect(await getObject(session, mapping, at)).toBeUndefined();
  });

  it("says created or not, and dry runs store nothing", async () => {
    const map = object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "dry", namespace } });
    expect((await applyObject(session, mappingOf(map), map, { force: false, dryRun: true })).created).toBe(true);
    expect((await applyObject(session, mappingOf(map), map, { force: false })).created).toBe(true);
    expect((await applyObject(session, mappingOf(map), map, { force: false })).created).toBe(false);
  });

  it("impersonates", async () => {
    const nobody: KubeSession = { ...session, as: { user: "nobody", groups: ["guests", "visitors"] } };
    const error = await refusal(listObjects(nobody, PODS, { namespace }));
    expect([error.code, error.message]).toEqual([
      "forbidden",
      `pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
    ]);
  });
});

describe("reads", () => {
  it("pages lists, and metadata lists carry no data", async () => {
    const many = Array.from({ length: 23 }, (_, i) =>
      object({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: `page-${i}`, namespace, labels: { set: "page" } },
        data: { i: String(i) },
      }),
    );
    await Promise.all(many.map((one) => apply(one)));
    const [first] = many;
    if (first === undefined) throw new Error("no objects");
    const options = { namespace, labelSelector: "set=page", limit: 5 };
    const budget = createRequestBudget(50);
    const whole = await listObjects({ ...session, budget }, mappingOf(first), options);
    expect([whole.items.length, whole.complete, budget.used()]).toEqual([23, true, 5]);
    expect(whole.items[0]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    const cut = await listObjects(session, mappingOf(first), { ...options, maxPages: 2 });
    expect([cut.items.length, cut.complete]).toEqual([10, false]);
    const metadata = await listObjects(session, mappingOf(first), { ...options, metadataOnly: true });
    expect(metadata.items.every((item) => item["data"] === undefined && item.kind === "ConfigMap")).toBe(true);
    expect(metadata.items.length).toBe(23);
  });

  it("reads a release's objects with one list per kind, and proves absence", async () => {
    const refs = ["page-1", "page-2", "page-3", "page-4", "page-none"].map((name) =>
      refOf(object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } })),
    );
    const secret = refOf(object({ apiVersion: "v1", kind: "Secret", metadata: { name: "none", namespace } }));
    const budget = createRequestBudget(10);
    const plan = { discovery, refs: [...refs, secret], want: "metadata", reads: "auto" } as const;
    const { reads, remaining } = await readLive({ ...session, budget }, plan);
    expect([budget.used(), remaining]).toEqual([2, []]);
    expect([...reads.values()].map(({ kind }) => kind).sort()).toEqual([
      "absent",
      "absent",
      "present",
      "present",
      "present",
      "present",
    ]);
    expect(reads.get(refText(secret))?.kind).toBe("absent");
    const single = createRequestBudget(3);
    const partial = await readLive({ ...session, budget: single }, { ...plan, reads: "get" });
    expect([partial.reads.size, partial.remaining.length]).toEqual([3, 3]);
  });

  it("watches from a list on and ends in time", async () => {
    const map = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "watched", namespace },
      data: { a: "1" },
    });
    const mapping = mappingOf(map);
    const { resourceVersion } = await listObjects(session, mapping, { namespace });
    await apply(map);
    await apply(object({ ...map, data: { a: "2" } }));
    await deleteObject(session, mapping, { namespace, name: "watched" }, { propagation: "Background" });
    const seen: string[] = [];
    for await (const event of watchObjects(session, mapping, { namespace, resourceVersion, seconds: 2 })) {
      if (event.type !== "bookmark") seen.push(`${event.type} ${getName(event.object)}`);
    }
    expect(seen).toEqual(["added watched", "modified watched", "deleted watched"]);
  });
});

describe("waiting", () => {
  it("follows a Deployment until it is Current, by watches between looks", async () => {
    const web = deployment("wait-web");
    await apply(web);
    const targets = [refOf(web)];
    let looks = 0;
    for (; looks < 60; looks++) {
      const seen = await observeWait(session, { discovery, targets, rule: "current", now: Date.now(), reads: "auto" });
      if (seen.over) {
        expect(waitProblems(seen.states, "current")).toEqual([]);
        expect(seen.states[0]?.message).toBe("Deployment is available. Replicas: 2");
        break;
      }
      const { resourceVersion } = await listObjects(session, mappingOf(web), { namespace });
      await firstChange(
        session,
        [{ mapping: mappingOf(web), namespace, resourceVersion, names: new Set(["wait-web"]) }],
        1,
      );
    }
    expect(looks).toBeLessThan(60);
  });

  it("names what is not ready, and waits for deletion", async () => {
    const never = deployment("wait-never", {
      template: {
        metadata: { labels: { app: "wait-never", "oracle/fate": "never" } },
        spec: { containers: [{ name: "web", image: "x" }] },
      },
    });
    await apply(never);
    const targets = [
      refOf(never),
      refOf(object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "gone", namespace } })),
    ];
    const plan = { discovery, targets, now: Date.now(), reads: "auto" } as const;
    const seen = await observeWait(session, { ...plan, rule: "current" });
    expect(seen.over).toBe(false);
    expect(waitProblems(seen.states, "current")[1]).toBe(
      `resource ConfigMap/${namespace}/gone not ready. status: NotFound, message: Resource not found`,
    );
    await deleteObject(session, mappingOf(never), { namespace, name: "wait-never" }, { propagation: "Background" });
    await expect
      .poll(async () => (await observeWait(session, { ...plan, rule: "deleted" })).over, { timeout: 20_000 })
      .toBe(true);
  });

  it("reads the log of a hook's pod", async () => {
    const pod = object({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "log", namespace, labels: { "oracle/fate": "run" } },
      spec: { restartPolicy: "Never", containers: [{ name: "main", image: "x" }] },
    });
    await apply(pod);
    await expect.poll(async () => memberAt(await read(pod), "status", "phase"), { timeout: 20_000 }).toBe("Running");
    const lines: string[] = [];
    const options = { namespace, pod: "log", container: "main", limitBytes: 10_000 };
    for await (const line of readLogs(session, options)) lines.push(line);
    expect(lines).toEqual(["oracle pod log line"]);
  });
});

describe("client-side apply's past", () => {
  it("is migrated, so that an apply owns what was written before", async () => {
    const map = object({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "csa", namespace },
      data: { a: "1", b: "2" },
    });
    const mapping = mappingOf(map);
    await createObject(session, mapping, map);
    const live = await read(map);
    const patch = migrationPatch(live, "helm");
    expect(patch).toBeDefined();
    await patchObject(
      session,
      mapping,
      { namespace, name: "csa" },
      { type: "json", body: patch ?? [], fieldValidation: "Strict" },
    );
    const migrated = await read(map);
    expect(migrationPatch(migrated, "helm")).toBeUndefined();
    expect(getResourceVersion(migrated)).not.toBe(getResourceVersion(live));
    const smaller = object({ ...map, data: { a: "1" } });
    expect(memberAt(await apply(smaller), "data")).toEqual({ a: "1" });
  });
});
