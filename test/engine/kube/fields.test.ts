import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { compareDesired } from "../../../engine/kube/compare.ts";
import { conflictsOf, locateConflict, valueAt } from "../../../engine/kube/conflict-cause.ts";
import { conflictMessage, predictConflicts } from "../../../engine/kube/conflicts.ts";
import { KubeError } from "../../../engine/kube/error.ts";
import { migrationPatch } from "../../../engine/kube/migrate.ts";
import { removeLeaves } from "../../../engine/kube/yield.ts";
import type { FieldPath } from "../../../engine/object/field-path.ts";
import { listAt, memberAt, objectAt } from "../../../engine/object/json.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { parseObject } from "../../../engine/object/read.ts";

/** Objects as the API server 1.37 answered, with what was applied. */
const recorded: JsonObject = JSON.parse(readFileSync(new URL("../../data/kube-live.json", import.meta.url), "utf8"));

function object(json: JsonValue | undefined): KubeObject {
  const parsed = parseObject(json);
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

function pair(title: string): { live: KubeObject; desired: KubeObject } {
  return { live: object(memberAt(recorded, title, "live")), desired: object(memberAt(recorded, title, "desired")) };
}

function differences(live: KubeObject, desired: KubeObject): string[] {
  return compareDesired(live, desired, "helm").differences.map(({ field, kind }) => `${kind} ${field}`);
}

/** The recorded Deployment with its first container changed. */
function withContainer(desired: KubeObject, change: (container: JsonObject) => JsonObject): KubeObject {
  const spec = objectAt(desired, "spec", "template", "spec") ?? {};
  const [first, ...others] = listAt(spec, "containers");
  const containers = [change(objectAt({ first: first ?? null }, "first") ?? {}), ...others];
  return object({
    ...desired,
    spec: {
      ...objectAt(desired, "spec"),
      template: { ...objectAt(desired, "spec", "template"), spec: { ...spec, containers } },
    },
  });
}

const configMap = (data: JsonValue, fields: JsonValue, more: JsonObject = {}): KubeObject =>
  object({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "a",
      managedFields: [{ manager: "helm", operation: "Apply", apiVersion: "v1", fieldsV1: fields }],
      ...more,
    },
    data,
  });

describe("compareDesired on recorded objects", () => {
  for (const title of Object.keys(recorded).filter((name) => name !== "scaled Deployment")) {
    it(`${title}: what was applied is unchanged`, () => {
      const { live, desired } = pair(title);
      expect(compareDesired(live, desired, "helm")).toEqual({ unchanged: true, differences: [] });
    });
    it(`${title}: for another manager nothing is certain`, () => {
      const { live, desired } = pair(title);
      expect(compareDesired(live, desired, "other").unchanged).toBe(false);
    });
  }

  const at = '.spec.template.spec.containers[name="web"]';
  const cases: [string, (container: JsonObject) => JsonObject, string[]][] = [
    ["another image", (c) => ({ ...c, image: "nginx:9" }), [`change ${at}.image`]],
    ["a new field", (c) => ({ ...c, tty: true }), [`add ${at}.tty`]],
    ["a default made explicit", (c) => ({ ...c, imagePullPolicy: "Always" }), [`adopt ${at}.imagePullPolicy`]],
    ["a field no longer wanted", ({ args: _args, ...c }) => c, [`remove ${at}.args`]],
    [
      "the same quantity in other words",
      (c) => ({
        ...c,
        resources: { limits: { cpu: 1, memory: "1048576Ki" }, requests: { cpu: "500m", memory: "512Mi" } },
      }),
      [],
    ],
    [
      "another quantity",
      (c) => ({
        ...c,
        resources: { limits: { cpu: "1001m", memory: "1Gi" }, requests: { cpu: "500m", memory: "512Mi" } },
      }),
      [`change ${at}.resources.limits.cpu`],
    ],
    [
      "env in another order",
      (c) => ({ ...c, env: listAt(c, "env").toReversed() }),
      [`order ${at}.env`, `order ${at}.env`, `order ${at}.env`],
    ],
    ["one env less", (c) => ({ ...c, env: listAt(c, "env").slice(0, 3) }), [`remove ${at}.env[name="CPU"]`]],
    ["an env twice", (c) => ({ ...c, env: [...listAt(c, "env"), { name: "B", value: "z" }] }), [`undecided ${at}.env`]],
    [
      "a port's protocol said",
      (c) => ({ ...c, ports: [{ containerPort: 80, protocol: "TCP" }, ...listAt(c, "ports").slice(1)] }),
      [`adopt ${at}.ports[containerPort=80,protocol="TCP"].protocol`],
    ],
    ["an empty list in place of items", (c) => ({ ...c, ports: [] }), [`change ${at}.ports`]],
    ["an empty list where nothing is", (c) => ({ ...c, volumeDevices: [] }), []],
    ["a text in place of a list", (c) => ({ ...c, env: "x" }), [`change ${at}.env`]],
    ["null in place of a value", (c) => ({ ...c, image: null }), [`change ${at}.image`]],
  ];
  for (const [title, change, expected] of cases) {
    it(`Deployment with ${title}`, () => {
      const { live, desired } = pair("Deployment");
      expect(differences(live, withContainer(desired, change)).sort()).toEqual(expected.sort());
    });
  }

  it("sees a default in an atomic list only where the server is known to fill it in", () => {
    const { live, desired } = pair("NetworkPolicy");
    const ports = { ingress: [{ ports: [{ port: 80 }] }] };
    const shorter = object({ ...desired, spec: { ...objectAt(desired, "spec"), ...ports } });
    expect(differences(live, shorter)).toEqual([]);
    const other = object({
      ...live,
      spec: { ...objectAt(live, "spec"), ingress: [{ ports: [{ port: 80, protocol: "UDP" }] }] },
    });
    expect(differences(other, shorter)).toEqual(["change .spec.ingress"]);
  });

  it("compares a Secret's stringData with the data that it became", () => {
    const { live, desired } = pair("Secret with stringData");
    expect(differences(live, object({ ...desired, stringData: { a: "grüße", b: "x" } }))).toEqual([
      "change .stringData.b",
    ]);
    const drifted = object({ ...live, data: { a: "eA==", b: "" } });
    expect(compareDesired(drifted, desired, "helm").unchanged).toBe(false);
  });
});

describe("compareDesired on small objects", () => {
  const cases: [string, KubeObject, JsonValue, string[]][] = [
    ["equal", configMap({ a: "1" }, { "f:data": { "f:a": {} } }), { a: "1" }, []],
    ["others' members beside ours", configMap({ a: "1", b: "2" }, { "f:data": { "f:a": {} } }), { a: "1" }, []],
    ["drift", configMap({ a: "9" }, { "f:data": { "f:a": {} } }), { a: "1" }, ["change .data.a"]],
    [
      "text that looks like a quantity is text",
      configMap({ a: "1" }, { "f:data": { "f:a": {} } }),
      { a: "1000m" },
      ["change .data.a"],
    ],
    ["no entry of ours", configMap({ a: "1" }, {}, { managedFields: [] }), { a: "1" }, ["undecided ", "adopt .data.a"]],
    ["an unreadable entry", configMap({ a: "1" }, "x"), { a: "1" }, ["undecided ", "adopt .data.a"]],
    ["a dropped zero value", configMap({}, { "f:data": { "f:a": {} } }), { a: "" }, []],
    [
      "a lost map of which nothing but null is wanted",
      configMap({}, { "f:data": { "f:a": { "f:b": {} } } }),
      { a: { b: null } },
      ["add .data.a"],
    ],
    [
      "a map of which nothing but null is wanted",
      configMap({ a: {} }, { "f:data": { "f:a": { "f:b": {} } } }),
      { a: { b: null } },
      [],
    ],
    ["a lost value", configMap({}, { "f:data": { "f:a": {} } }), { a: "1" }, ["change .data.a"]],
    [
      "a number too large to tell",
      configMap({ a: 2 ** 60 }, { "f:data": { "f:a": {} } }),
      { a: 2 ** 60 },
      ["change .data.a"],
    ],
  ];
  for (const [title, live, data, expected] of cases) {
    it(title, () => {
      expect(differences(live, object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data }))).toEqual(
        expected,
      );
    });
  }

  it("is undecided between versions", () => {
    const live = configMap({ a: "1" }, { "f:data": { "f:a": {} } });
    expect(
      differences(
        object({ ...live, apiVersion: "v2" }),
        object({ ...live, apiVersion: "v1", metadata: { name: "a" } }),
      ),
    ).toContain("undecided ");
  });

  it("ends on objects as deep as a hostile chart makes them", () => {
    let deep: JsonValue = "x";
    for (let i = 0; i < 5000; i++) deep = { a: deep };
    const live = configMap({}, { "f:data": {} });
    expect(differences(live, object({ ...live, metadata: { name: "a" }, data: deep })).length).toBeGreaterThan(0);
  });

  it("stays linear in a list of thousands of items that leave a key to its default", () => {
    const ports = Array.from({ length: 3000 }, (_, i) => ({ containerPort: i }));
    const keys = ports.map(({ containerPort }) => [
      `k:{"containerPort":${containerPort},"protocol":"TCP"}`,
      { ".": {}, "f:containerPort": {} },
    ]);
    const fields = { "f:ports": Object.fromEntries(keys) };
    const live = object({ ...configMap({}, fields), ports: ports.map((port) => ({ ...port, protocol: "TCP" })) });
    const desired = object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, ports });
    expect(differences(live, desired)[0]).toBe("undecided .ports");
  });
});

describe("conflicts", () => {
  const { live, desired } = pair("scaled Deployment");
  const refusal = memberAt(recorded, "scaled Deployment", "refusal", "message");
  const causes = listAt(recorded, "scaled Deployment", "refusal", "detail", "causes").map((cause) => ({
    reason: String(memberAt(cause, "reason")),
    message: String(memberAt(cause, "message")),
    field: String(memberAt(cause, "field")),
  }));
  const error = new KubeError("apply-conflict", String(refusal), { status: 409, causes });

  it("are predicted as the server told them", () => {
    const predicted = predictConflicts(live, desired, "helm");
    expect(conflictMessage(predicted)).toBe(refusal);
    expect(predicted[0]).toMatchObject({
      field: ".spec.replicas",
      manager: "kubectl",
      subresource: "scale",
      operation: "Update",
      apiVersion: "apps/v1",
      liveValue: 5,
      desiredValue: 1,
    });
    expect(predicted.map(({ time }) => typeof time)).toContain("string");
  });
  it("are read from the server's refusal, and found again in the live object", () => {
    const printed = conflictsOf(error);
    expect(conflictMessage(printed)).toBe(refusal);
    for (const one of printed) {
      const found = locateConflict(one, live, desired);
      expect(found).toMatchObject({ field: one.field, manager: one.manager });
      expect(valueAt(live, found?.path ?? [])).toEqual(found?.liveValue);
    }
    expect(
      locateConflict(
        { manager: "nobody", operation: "Apply", apiVersion: "", subresource: "", field: ".x" },
        live,
        desired,
      ),
    ).toBeUndefined();
  });
  it("of appliers name no version", () => {
    const cause = { reason: "FieldManagerConflict", message: 'conflict with "a \\"b\\""', field: ".data.a" };
    const one = new KubeError("apply-conflict", "", {
      causes: [cause, { ...cause, message: "nonsense" }, { ...cause, reason: "Other" }],
    });
    expect(conflictsOf(one)).toEqual([
      { manager: 'a "b"', operation: "Apply", apiVersion: "", subresource: "", field: ".data.a" },
    ]);
    expect(conflictMessage(conflictsOf(one))).toBe('Apply failed with 1 conflict: conflict with "a \\"b\\"": .data.a');
  });
  it("do not arise from equal values, from what is not wanted, nor between versions", () => {
    const other = {
      manager: "argo",
      operation: "Apply",
      apiVersion: "v1",
      fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } },
    };
    const held = configMap({ a: "1", b: "2" }, {}, { managedFields: [other] });
    const want = (data: JsonValue): KubeObject =>
      object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data });
    expect(predictConflicts(held, want({ a: "1", c: "3" }), "helm")).toEqual([]);
    expect(predictConflicts(held, want({ a: "2" }), "helm").map(({ field }) => field)).toEqual([".data.a"]);
    expect(predictConflicts(held, want({ a: "2" }), "argo")).toEqual([]);
    const older = configMap({ a: "1" }, {}, { managedFields: [{ ...other, apiVersion: "v1beta1" }] });
    expect(predictConflicts(older, want({ a: "2" }), "helm")).toEqual([]);
  });
});

describe("removeLeaves", () => {
  const desired = object({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels: { "app.kubernetes.io/managed-by": "Helm", a: "b" } },
    spec: {
      replicas: 2,
      strategy: { type: "Recreate" },
      template: {
        spec: {
          containers: [
            { name: "web", image: "x" },
            { name: "side", image: "y", tty: true, ports: [{ containerPort: 80, name: "p" }] },
          ],
        },
      },
      finalizers: ["x"],
    },
  });
  const f = (...names: string[]): FieldPath => names.map((name) => ({ kind: "field", name }));
  const container = (name: string, ...rest: FieldPath): FieldPath => [
    ...f("spec", "template", "spec", "containers"),
    { kind: "key", fields: [{ name: "name", value: name }] },
    ...rest,
  ];
  const port = (...rest: FieldPath): FieldPath =>
    container(
      "side",
      ...f("ports"),
      {
        kind: "key",
        fields: [
          { name: "containerPort", value: 80 },
          { name: "protocol", value: "TCP" },
        ],
      },
      ...rest,
    );

  it("takes leaves out and leaves the rest alone", () => {
    const before = JSON.stringify(desired);
    const {
      object: left,
      yielded,
      refused,
    } = removeLeaves(desired, [f("spec", "replicas"), container("side", ...f("tty"))]);
    expect([yielded.length, refused]).toEqual([2, []]);
    expect(memberAt(left, "spec", "replicas")).toBeUndefined();
    expect(listAt(left, "spec", "template", "spec", "containers")[1]).toEqual({
      name: "side",
      image: "y",
      ports: [{ containerPort: 80, name: "p" }],
    });
    expect(JSON.stringify(desired)).toBe(before);
  });
  it("drops maps that become empty", () => {
    expect(memberAt(removeLeaves(desired, [f("spec", "strategy", "type")]).object, "spec", "strategy")).toBeUndefined();
  });
  const refusals: [string, FieldPath, string][] = [
    ["the name of a list item", container("side", ...f("name")), "identity"],
    ["a list item", container("side"), "item"],
    ["the last leaf of a list item", container("web", ...f("image")), "last-leaf"],
    ["the last leaf of a list item with a key left to its default", port(...f("name")), "last-leaf"],
    ["a member of a set", [...f("spec", "finalizers"), { kind: "value", value: "x" }], "item"],
    ["the object's name", f("metadata", "name"), "identity"],
    ["the object's kind", f("kind"), "identity"],
    ["a label that says whose it is", f("metadata", "labels", "app.kubernetes.io/managed-by"), "identity"],
    ["what is not there", f("spec", "paused"), "absent"],
    ["what is not there in an item", container("none", ...f("image")), "absent"],
    ["nothing", [], "absent"],
  ];
  for (const [title, path, reason] of refusals) {
    it(`refuses ${title}`, () => {
      const { object: left, refused } = removeLeaves(desired, [path]);
      expect(refused).toEqual([{ path, reason }]);
      expect(left).toEqual(desired);
    });
  }
});

describe("migrationPatch", () => {
  const entry = (manager: string, operation: string, fields: JsonValue, more: JsonObject = {}): JsonObject => ({
    manager,
    operation,
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...more,
  });
  const live = (...managedFields: JsonObject[]): KubeObject =>
    object({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", resourceVersion: "7", managedFields } });
  const [a, b] = [{ "f:a": {} }, { "f:b": {} }];
  const cases: [string, KubeObject, JsonValue | undefined][] = [
    ["nothing of ours", live(entry("kubectl", "Update", a)), undefined],
    ["only our apply", live(entry("helm", "Apply", a)), undefined],
    [
      "our update becomes the apply",
      live(entry("x", "Update", b), entry("helm", "Update", a)),
      [entry("x", "Update", b), entry("helm", "Apply", a)],
    ],
    [
      "our update joins the apply",
      live(entry("helm", "Update", b), entry("helm", "Apply", a)),
      [entry("helm", "Apply", { ...a, ...b })],
    ],
    [
      "updates in other versions are dropped",
      live(entry("helm", "Apply", a), entry("helm", "Update", b, { apiVersion: "v0" })),
      [entry("helm", "Apply", a)],
    ],
    ["subresources stay", live(entry("helm", "Update", b, { subresource: "status" })), undefined],
  ];
  for (const [title, of, expected] of cases) {
    it(title, () => {
      const patch = migrationPatch(of, "helm");
      if (expected === undefined) expect(patch).toBeUndefined();
      else {
        expect(patch).toEqual([
          { op: "replace", path: "/metadata/managedFields", value: expected },
          { op: "replace", path: "/metadata/resourceVersion", value: "7" },
        ]);
      }
    });
  }
});
