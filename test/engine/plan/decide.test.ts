import { describe, expect, test } from "vitest";
import type { ResourceMapping } from "../../../engine/kube/mapping.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { decide, type DecideInput } from "../../../engine/plan/decide.ts";
import { conflictDetail, conflictText, explainConflict } from "../../../engine/plan/explain.ts";
import { batches } from "../../../engine/plan/batch.ts";

const mapping: ResourceMapping = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
  verbs: [],
};

function deployment(replicas: number, managedFields: readonly JsonObject[] = []): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "demo", namespace: "default", ...(managedFields.length === 0 ? {} : { managedFields }) },
    spec: { replicas, paused: false },
  };
}

const time = "2026-11-21T09:00:00Z";
const helm = {
  manager: "helm",
  operation: "Apply",
  apiVersion: "apps/v1",
  time,
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": { "f:paused": {}, "f:replicas": {} } },
} as const;
const helmLost = { ...helm, fieldsV1: { "f:spec": { "f:paused": {} } } };
const scaled = {
  manager: "kubectl",
  operation: "Update",
  apiVersion: "apps/v1",
  subresource: "scale",
  time,
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": { "f:replicas": {} } },
} as const;
const autoscaled = { ...scaled, manager: "kube-controller-manager" };

function input(over: Partial<DecideInput>): DecideInput {
  return {
    desired: deployment(2),
    mapping,
    live: undefined,
    migrate: false,
    autoscaled: false,
    policy: { rules: [], force: false },
    ...over,
  };
}

describe("an object", () => {
  test("that is not there is created", () => {
    expect(decide(input({})).planned.write).toBe("create");
  });

  test("that is as wanted and ours is left alone", () => {
    expect(decide(input({ live: deployment(2, [helm]) })).planned.write).toBe("unchanged");
  });

  test("that differs is applied", () => {
    expect(decide(input({ live: deployment(3, [helm]) })).planned).toMatchObject({ write: "apply", force: false });
  });

  test("that helm wrote client-side is migrated, and its own fields are no conflict", () => {
    const live = deployment(5, [{ ...helm, operation: "Update" }]);
    expect(decide(input({ live, migrate: true }))).toMatchObject({
      planned: { write: "apply", migrate: true },
      conflicts: [],
    });
  });
});

describe("replicas that kubectl scaled", () => {
  const live = deployment(5, [helmLost, scaled]);

  test("fail with Helm's text, and the explanation names both values and the choices", () => {
    const { conflicts } = decide(input({ live }));
    expect(conflicts.map((one) => one.decision)).toEqual(["fail"]);
    const [decided] = conflicts;
    if (decided === undefined) throw new Error("no conflict");
    expect(conflictText(live, [decided.conflict])).toBe(
      'conflict occurred while applying object default/demo apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    const text = explainConflict(live, decided);
    expect(text).toContain(
      '.spec.replicas is 5, set by "kubectl" through scale at 2026-11-21T09:00:00Z; the chart wants 2.',
    );
    expect(text).toContain("--force-conflicts");
    expect(conflictDetail(live, decided)).toMatchObject({
      field: ".spec.replicas",
      live: 5,
      wanted: 2,
      manager: "kubectl",
    });
  });

  test("are not predicted under the strict policy: the server decides", () => {
    const { planned, conflicts } = decide(input({ live, policy: { rules: "helm", force: false } }));
    expect(conflicts).toEqual([]);
    expect(planned).toMatchObject({ write: "apply", force: false });
  });

  test("are taken over when everything is forced", () => {
    const { planned, conflicts } = decide(input({ live, policy: { rules: [{ decision: "fail" }], force: true } }));
    expect(planned).toMatchObject({ write: "apply", force: true });
    expect(conflicts).toMatchObject([{ decision: "force", reason: "the request forces conflicts" }]);
  });

  test("are yielded by a rule: what is sent has no replicas, and nothing else to change means unchanged", () => {
    const policy = { rules: [{ fields: [".spec.replicas"], decision: "yield" }], force: false } as const;
    const { planned } = decide(input({ live, policy }));
    expect(planned.send?.["spec"]).toEqual({ paused: false });
    expect(planned).toMatchObject({
      write: "unchanged",
      yielded: [".spec.replicas"],
      object: { spec: { replicas: 2 } },
    });
  });

  test("are yielded because an autoscaler targets the object", () => {
    expect(decide(input({ live, autoscaled: true })).conflicts[0]?.decision).toBe("yield");
  });
});

describe("replicas that an autoscaler scaled", () => {
  const live = deployment(5, [helmLost, autoscaled]);

  test("are left to it", () => {
    const { planned, conflicts } = decide(input({ live }));
    expect(conflicts[0]).toMatchObject({ decision: "yield", reason: "an autoscaler owns the replicas" });
    expect(planned.yielded).toEqual([".spec.replicas"]);
  });

  test("come with a warning when the chart's own wish changed", () => {
    expect(decide(input({ live, previous: deployment(1) })).conflicts[0]?.wishChanged).toBe(true);
    expect(decide(input({ live, previous: deployment(2) })).conflicts[0]?.wishChanged).toBe(false);
  });

  test("do not hide a conflict about another field", () => {
    const paused = { ...scaled, subresource: "", fieldsV1: { "f:spec": { "f:paused": {} } } };
    const both = { ...deployment(5, [helmLost, autoscaled, paused]), spec: { replicas: 5, paused: true } };
    expect(
      decide(input({ live: both }))
        .conflicts.map((one) => one.decision)
        .sort(),
    ).toEqual(["fail", "yield"]);
  });
});

test("a field that names the object cannot be yielded and fails", () => {
  const owner = "app.kubernetes.io/managed-by";
  const desired = { ...deployment(2), metadata: { name: "demo", namespace: "default", labels: { [owner]: "Helm" } } };
  const other = { ...scaled, subresource: "", fieldsV1: { "f:metadata": { "f:labels": { [`f:${owner}`]: {} } } } };
  const live = {
    ...deployment(2),
    metadata: { ...desired.metadata, labels: { [owner]: "Flux" }, managedFields: [helm, other] },
  };
  const decided = decide(input({ desired, live, policy: { rules: [{ decision: "yield" }], force: false } }));
  expect(decided.conflicts[0]).toMatchObject({ decision: "fail" });
  expect(decided.planned.yielded).toEqual([]);
});

test("values of Secrets are hidden from everybody", () => {
  const secret: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "default" },
    data: { a: "Y2FuYXJ5" },
  };
  const entry = { ...scaled, apiVersion: "v1", subresource: "", fieldsV1: { "f:data": { "f:a": {} } } };
  const live = { ...secret, metadata: { ...secret.metadata, managedFields: [entry] }, data: { a: "b3RoZXI=" } };
  const [decided] = decide(input({ desired: secret, live })).conflicts;
  if (decided === undefined) throw new Error("no conflict");
  const shown = JSON.stringify(conflictDetail(secret, decided)) + explainConflict(secret, decided);
  expect(shown).not.toContain("Y2FuYXJ5");
  expect(shown).not.toContain("b3RoZXI=");
});

test("values of variables whose names say that they are secret are hidden, those of others are not", () => {
  const variable = (name: string, value: string) => ({ name, value });
  const spec = (value: string) => ({
    containers: [{ name: "c", env: [variable("DB_PASSWORD", value), variable("COLOR", value)] }],
  });
  const pod: KubeObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default" },
    spec: spec("canary-1"),
  };
  const named = (name: string) => ({ [`k:{"name":"${name}"}`]: { "f:value": {} } });
  const env = { "f:env": { ...named("DB_PASSWORD"), ...named("COLOR") } };
  const fieldsV1 = { "f:spec": { "f:containers": { 'k:{"name":"c"}': env } } };
  const entry = { ...scaled, apiVersion: "v1", subresource: "", fieldsV1 };
  const live = { ...pod, metadata: { ...pod.metadata, managedFields: [entry] }, spec: spec("canary-2") };
  const { conflicts } = decide(input({ desired: pod, live }));
  expect(
    conflicts.map((one) => /canary/.test(JSON.stringify(conflictDetail(pod, one)) + explainConflict(pod, one))),
  ).toEqual(conflicts.map((one) => one.conflict.field.includes("COLOR")));
  expect(conflicts).toHaveLength(2);
});

test("batches are runs of neighbours of one kind, also from within a run", () => {
  const kinds = ["ConfigMap", "ConfigMap", "Service", "ConfigMap"];
  expect(batches(kinds)).toEqual([
    { from: 0, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 4 },
  ]);
  expect(batches(kinds, 1)[0]).toEqual({ from: 1, to: 2 });
  expect(batches([])).toEqual([]);
});
