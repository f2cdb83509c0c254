import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionEvent } from "../../engine/action/event.ts";
import { getDrift, getLeftFields, getRelease } from "../../engine/action/index.ts";
import type { ConflictPolicy, UpgradeRequest } from "../../engine/action/request.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { kubectl, required, runProgram } from "../support/helm.ts";
import { type Bench, chartOf, type Driven, install, openBench, upgrade } from "../support/operation.ts";
import { type Metrics, startMetrics, TARGET } from "./metrics.ts";

/** A Deployment whose replicas, image and note are values. */
const CHART = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations: {note: {{ .Values.note | quote }}}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
        - name: main
          image: {{ .Values.image }}
          resources: {requests: {cpu: 100m}}
`;
const WANTED = { replicas: 3, image: "example.com/web:1" };
const NOTED = { note: "second" };

/** What a request may say about conflicts. */
const POLICIES = {
  default: "default",
  fail: [{ decision: "fail" }],
  force: [{ decision: "force" }],
  yield: [{ decision: "yield" }],
  helm: "helm",
} as const satisfies Readonly<Record<string, ConflictPolicy>>;
type Policy = keyof typeof POLICIES;

/** What comes of an upgrade, written down before it is run. */
interface Expected {
  readonly end: "succeeded" | "conflict";
  /** The contended field afterwards. */
  readonly value: number | string;
  readonly owners: readonly string[];
  /** As the event stream tells them: field, manager, decision. */
  readonly decisions: readonly (readonly [string, string, string])[];
  /** The upgrade's other change arrived. */
  readonly note: "first" | "second";
  /** A warning that the chart's new wish has no effect. */
  readonly warned?: boolean;
}

interface Scene {
  readonly name: string;
  readonly field: ".spec.replicas" | typeof IMAGE;
  /** What happens between install and upgrade. */
  readonly act: (release: string, policy: Policy) => Promise<void>;
  readonly values?: JsonObject;
  readonly expected: Readonly<Record<Policy, Expected>>;
}

const IMAGE = '.spec.template.spec.containers[name="main"].image';
const REPLICAS = ".spec.replicas";

/** The five outcomes of a field that `manager` took, where the default policy does not know better. */
function contended(
  field: Scene["field"],
  manager: string,
  of: {
    readonly theirs: number | string;
    readonly ours: number | string;
    readonly warned?: boolean;
    readonly owners?: readonly string[];
  },
): Scene["expected"] {
  const kept = { value: of.theirs, owners: of.owners ?? [manager], note: "first" } as const;
  const failed: Expected = { ...kept, end: "conflict", decisions: [[field, manager, "fail"]] };
  return {
    default: failed,
    fail: failed,
    force: {
      end: "succeeded",
      value: of.ours,
      owners: ["helm"],
      decisions: [[field, manager, "force"]],
      note: "second",
    },
    yield: {
      end: "succeeded",
      value: of.theirs,
      owners: [manager],
      decisions: [[field, manager, "yield"]],
      note: "second",
      ...(of.warned === true ? { warned: true } : {}),
    },
    helm: { ...kept, end: "conflict", decisions: [] },
  };
}

const scaled = contended(REPLICAS, "kube-controller-manager", { theirs: 5, ours: 3 });
const person = contended(REPLICAS, "kubectl", { theirs: 5, ours: 3 });
const agreed: Expected = {
  end: "succeeded",
  value: 3,
  owners: ["helm", "web-operator"],
  decisions: [],
  note: "second",
};

const SCENES: readonly Scene[] = [
  {
    name: "the autoscaler scales from 3 to 5",
    field: REPLICAS,
    act: autoscale,
    expected: { ...scaled, default: scaled.yield },
  },
  {
    name: "a person runs kubectl scale",
    field: REPLICAS,
    act: (release) => run("scale", "deployment", release, "--replicas=5"),
    expected: person,
  },
  {
    name: "a person runs kubectl scale, where an autoscaler without metrics targets the object",
    field: REPLICAS,
    act: async (release) => {
      await run("autoscale", "deployment", release, "--max=9");
      await run("scale", "deployment", release, "--replicas=5");
    },
    expected: { ...person, default: person.yield },
  },
  {
    name: "a person changes the image by kubectl edit",
    field: IMAGE,
    act: (release) => edit(release, "s#example.com/web:1#example.com/web:2#"),
    expected: contended(IMAGE, "kubectl-edit", { theirs: "example.com/web:2", ours: "example.com/web:1" }),
  },
  {
    name: "an operator applies the same replicas",
    field: REPLICAS,
    act: (release) => operatorApplies(release, 3, false),
    expected: { default: agreed, fail: agreed, force: agreed, yield: agreed, helm: agreed },
  },
  {
    name: "an operator applies other replicas",
    field: REPLICAS,
    act: (release) => operatorApplies(release, 4, true),
    expected: contended(REPLICAS, "web-operator", { theirs: 4, ours: 3 }),
  },
  {
    name: "an operator updates the replicas",
    field: REPLICAS,
    act: (release) => operatorUpdates(release, 4),
    expected: contended(REPLICAS, "web-operator", { theirs: 4, ours: 3 }),
  },
  {
    name: "an operator co-owns the replicas, and the chart wants others now",
    field: REPLICAS,
    act: (release) => operatorApplies(release, 3, false),
    values: { replicas: 6 },
    expected: contended(REPLICAS, "web-operator", {
      theirs: 3,
      ours: 6,
      warned: true,
      owners: ["helm", "web-operator"],
    }),
  },
];

const unique = Date.now().toString(36);
const namespace = `scenes-${unique}`;
const folder = mkdtempSync(join(tmpdir(), "slipway-scenes-"));
let cluster: OpenCluster;
let bench: Bench;
let metrics: Metrics;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
  bench = openBench(cluster.transport);
  metrics = await startMetrics(cluster.transport, required("ORACLE_CLUSTER"));
  const values = `replicas: ${WANTED.replicas}\nimage: ${WANTED.image}\nnote: first\n`;
  bench.charts.set("web", await chartOf("web", { "values.yaml": values, "templates/web.yaml": CHART }));
  await kubectl("create", "namespace", namespace);
});
afterAll(async () => {
  await metrics.close();
  await cluster.close();
});

for (const [index, scene] of SCENES.entries()) {
  describe(scene.name, () => {
    for (const policy of Object.keys(POLICIES) as Policy[]) {
      test(`under the policy ${policy}`, async () => {
        const release = `s${index}-${policy}`;
        await deploy(release);
        await scene.act(release, policy);
        const driven = await upgraded(release, {
          conflicts: POLICIES[policy],
          values: { ...NOTED, ...scene.values },
        });
        expect(await seen(release, scene.field, driven)).toEqual({ warned: false, ...scene.expected[policy] });
      });
    }
  });
}

describe("replicas that were left to the autoscaler", () => {
  const release = "reclaimed";

  test("stand in what is asked about the release: its status and its drift", async () => {
    await deploy(release);
    await autoscale(release);
    await upgraded(release, { values: NOTED });
    expect(await told(release)).toEqual({ left: [[REPLICAS, "yield"]], drift: "none", yielded: [REPLICAS] });
  });

  test("are the chart's again once they are reclaimed, until the autoscaler moves", async () => {
    await upgraded(release, { values: NOTED, reclaim: [REPLICAS] });
    expect(await state(release)).toEqual({ replicas: 3, owners: ["helm"] });
    expect(await told(release)).toEqual({ left: [], drift: "none", yielded: [] });
    metrics.want(namespace, release, 5);
    await until(async () => (await replicas(release)) === 5);
    expect(await owners(release, REPLICAS)).toEqual(["kube-controller-manager"]);
  });

  async function told(name: string) {
    const reached = { cluster: cluster.transport };
    const query = { name, namespace, policy: { rules: [], force: false } } as const;
    const { fields } = await getLeftFields(reached, (await getRelease(reached, query)).release, query);
    const hash = async (text: string): Promise<string> => String(text.length);
    const [one] = (await getDrift(reached, { ...query, ignore: [], hash })).items;
    const left = fields.map(({ field, decision }) => [field, decision]);
    return { left, drift: one?.drift, yielded: one?.yielded };
  }
});

describe("a release that Argo CD applies, too", () => {
  const release = "gitops";
  const refused = { values: NOTED } as const;
  const next = { ...refused, alongside: true } as const;

  test("1. is installed with 3 replicas", async () => {
    await deploy(release);
    expect(await state(release)).toEqual({ replicas: 3, owners: ["helm"] });
  });

  test("2. is applied by the other manager with 3 replicas, too", async () => {
    await argoApplies(release, { replicas: 3 });
    expect(await state(release)).toEqual({ replicas: 3, owners: ["argocd-controller", "helm"] });
  });

  test("3. is scaled to 5 by the autoscaler", async () => {
    await autoscale(release);
    expect(await state(release)).toEqual({ replicas: 5, owners: ["kube-controller-manager"] });
  });

  test("is not upgraded by a request that does not say alongside", async () => {
    const { outcome } = await upgraded(release, refused);
    expect(outcome).toMatchObject({ kind: "failed", code: "managed-by-gitops" });
    expect(await state(release)).toEqual({ replicas: 5, owners: ["kube-controller-manager"] });
  });

  test("4. is upgraded with 3 replicas: it succeeds, and says that the replicas stay with the autoscaler", async () => {
    const { outcome, events } = await upgraded(release, next);
    expect(outcome).toMatchObject({ kind: "succeeded", release: { revision: 2 } });
    expect(events.flatMap((event) => (event.type === "conflict" ? [decisionOf(event)] : []))).toEqual([
      [REPLICAS, "kube-controller-manager", "yield"],
    ]);
    expect(await read(release, "{.metadata.annotations.note}")).toBe("second");
  });

  test("5. has 5 replicas as before", async () => {
    expect(await state(release)).toEqual({ replicas: 5, owners: ["kube-controller-manager"] });
  });

  test("6. shows no drift to the other manager's next apply, which takes nothing over and changes nothing", async () => {
    const before = await read(release, "{.metadata.resourceVersion}");
    await argoApplies(release, {});
    expect(await read(release, "{.metadata.resourceVersion}")).toBe(before);
    expect(await state(release)).toEqual({ replicas: 5, owners: ["kube-controller-manager"] });
  });

  /**
   * What Argo CD applies server-side: its manifest as `argocd-controller`, here without `--force-conflicts`, so that a conflict would fail;
   * what kube-controller-manager owns is left out once its `ignoreDifferences` names that manager.
   */
  async function argoApplies(name: string, spec: JsonObject): Promise<void> {
    const labels = { app: name };
    const container = { name: "main", image: WANTED.image, resources: { requests: { cpu: "100m" } } };
    const manifest = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace },
      spec: {
        ...spec,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    };
    const file = join(folder, `argo-${name}.json`);
    writeFileSync(file, JSON.stringify(manifest));
    await run("apply", "--server-side", "--field-manager=argocd-controller", "-f", file);
  }
});

async function state(release: string) {
  return { replicas: await replicas(release), owners: await owners(release, REPLICAS) };
}

async function deploy(release: string): Promise<void> {
  const { outcome } = await bench.run(install(release, "web", { namespace }));
  expect(outcome).toMatchObject({ kind: "succeeded" });
}

function upgraded(release: string, over: Partial<UpgradeRequest>): Promise<Driven> {
  return bench.run(upgrade(release, "web", { namespace, ...over }));
}

/** What a scene ended in, in the terms of {@link Expected}. */
async function seen(release: string, field: Scene["field"], { outcome, events }: Driven): Promise<Expected> {
  const note = await read(release, "{.metadata.annotations.note}");
  return {
    end: outcome.kind === "failed" && outcome.code === "conflict" ? "conflict" : "succeeded",
    value:
      field === REPLICAS ? await replicas(release) : await read(release, "{.spec.template.spec.containers[0].image}"),
    owners: await owners(release, field),
    decisions: events.flatMap((event) => (event.type === "conflict" ? [decisionOf(event)] : [])),
    note: note === "second" ? note : "first",
    warned: events.some((event) => event.type === "warning" && event.message.includes("has no effect")),
  };
}

function decisionOf(event: Extract<ActionEvent, { type: "conflict" }>): readonly [string, string, string] {
  return [event.field, event.manager, event.decision];
}

async function run(...args: readonly string[]): Promise<void> {
  await kubectl("-n", namespace, ...args);
}

function read(release: string, path: string): Promise<string> {
  return kubectl("-n", namespace, "get", "deployment", release, "-o", `jsonpath=${path}`);
}

async function replicas(release: string): Promise<number> {
  return Number(await read(release, "{.spec.replicas}"));
}

interface Entry {
  readonly manager: string;
  readonly subresource?: string;
  readonly fieldsV1: JsonObject;
}

/** Who owns a field, sorted. */
async function owners(release: string, field: Scene["field"]): Promise<readonly string[]> {
  const text = await kubectl("-n", namespace, "get", "deployment", release, "-o", "json", "--show-managed-fields");
  const found: { readonly metadata: { readonly managedFields: readonly Entry[] } } = JSON.parse(text);
  const key = field === REPLICAS ? '"f:replicas":{}' : '"f:image":{}';
  return found.metadata.managedFields
    .filter((entry) => entry.subresource !== "status" && JSON.stringify(entry.fieldsV1).includes(key))
    .map((entry) => entry.manager)
    .sort();
}

/** The real autoscaler sees that 5 pods are needed, scales, and then gets no metrics any more, so that it does not move again. */
async function autoscale(release: string): Promise<void> {
  metrics.want(namespace, release, 5);
  const file = join(folder, `${release}.json`);
  const resource = { name: "cpu", target: { type: "AverageValue", averageValue: TARGET } };
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: release, namespace },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: release },
        minReplicas: 1,
        maxReplicas: 9,
        metrics: [{ type: "Resource", resource }],
      },
    }),
  );
  await run("create", "-f", file);
  await until(async () => (await replicas(release)) === 5);
  metrics.want(namespace, release, undefined);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error("what was waited for did not come");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The real `kubectl edit`, with an editor that replaces. */
async function edit(release: string, script: string): Promise<void> {
  const editor = join(folder, `edit-${release}.sh`);
  writeFileSync(editor, `#!/bin/sh\nexec sed -i '${script}' "$1"\n`);
  chmodSync(editor, 0o755);
  const args = ["-n", namespace, "edit", "deployment", release];
  const end = await runProgram(required("KUBECTL"), args, { env: { ...process.env, KUBE_EDITOR: editor } });
  expect(end).toMatchObject({ code: 0 });
}

async function operatorApplies(release: string, count: number, force: boolean): Promise<void> {
  const file = join(folder, `operator-${release}.json`);
  const metadata = { name: release, namespace };
  writeFileSync(
    file,
    JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: count } }),
  );
  const how = ["--server-side", "--field-manager=web-operator", ...(force ? ["--force-conflicts"] : [])];
  await run("apply", ...how, "-f", file);
}

async function operatorUpdates(release: string, count: number): Promise<void> {
  const answer = await cluster.transport.send({
    method: "PATCH",
    path: `/apis/apps/v1/namespaces/${namespace}/deployments/${release}`,
    query: [["fieldManager", "web-operator"]],
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { replicas: count } }),
  });
  expect(answer.status).toBe(200);
}
