import { assert, dictionary, jsonValue, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../engine/object/object.ts";
import { diffObjects } from "../../../engine/plan/diff.ts";
import { factsText, objectFacts, type PlanFacts, staleChanges } from "../../../engine/plan/facts.ts";
import { createMasker } from "../../../engine/plan/mask.ts";
import type { PlannedObject } from "../../../engine/plan/plan.ts";

const MAPPING = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
  verbs: [],
} as const;

const wanted: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: { replicas: 2, template: { spec: { containers: [{ name: "c", image: "a" }] } } },
};

interface Live {
  readonly replicas?: number;
  readonly image?: string;
  readonly paused?: boolean;
  readonly version?: string;
  readonly uid?: string;
  readonly owner?: string;
  readonly time?: string;
  readonly ready?: number;
}

function live(over: Live = {}): KubeObject {
  const container = { 'k:{"name":"c"}': { ".": {}, "f:name": {}, "f:image": {} } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "web",
      namespace: "default",
      uid: over.uid ?? "u1",
      resourceVersion: over.version ?? "1",
      managedFields: [
        {
          manager: over.owner ?? "helm",
          operation: over.owner === undefined ? "Apply" : "Update",
          apiVersion: "apps/v1",
          time: over.time ?? "2026-01-01T00:00:00Z",
          fieldsType: "FieldsV1",
          fieldsV1: { "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": container } } } },
        },
      ],
    },
    spec: {
      replicas: over.replicas ?? 2,
      ...(over.paused === undefined ? {} : { paused: over.paused }),
      template: { spec: { containers: [{ name: "c", image: over.image ?? "a" }] } },
    },
    status: { readyReplicas: over.ready ?? 0 },
  };
}

function planned(over: Partial<PlannedObject> = {}): PlannedObject {
  return { object: wanted, mapping: MAPPING, write: "apply", yielded: [], force: false, migrate: false, ...over };
}

function facts(
  of: KubeObject | undefined,
  over: Partial<PlanFacts> = {},
  plan: Partial<PlannedObject> = {},
): PlanFacts {
  return {
    action: "upgrade",
    mode: "upgrade",
    chart: { name: "web", version: "1.0.0", pinned: { digest: "sha256:1" } },
    values: { a: 1 },
    seed: "s",
    clock: 1,
    revision: 2,
    base: 1,
    options: { conflicts: "default" },
    hooks: [],
    objects: [objectFacts(planned(plan), of)],
    ...over,
  };
}

describe("the facts of a plan", () => {
  test.each<[string, Live]>([
    ["resourceVersion", { version: "99" }],
    ["times of managers", { time: "2026-02-02T00:00:00Z" }],
    ["status", { ready: 7 }],
    ["a field that the chart does not set", { paused: true }],
  ])("are the same after a change of %s", (_, over) => {
    expect(factsText(facts(live(over)))).toBe(factsText(facts(live())));
    expect(staleChanges(facts(live()), facts(live(over)))).toEqual([]);
  });

  test.each<[string, PlanFacts, string]>([
    [
      "a value",
      facts(live({ replicas: 5 })),
      "Deployment default/web: .spec.replicas has another value in the cluster",
    ],
    [
      "a value in a list",
      facts(live({ image: "b" })),
      'Deployment default/web: .spec.template.spec.containers[name="c"].image has another value in the cluster',
    ],
    ["the uid", facts(live({ uid: "u2" })), "Deployment default/web was deleted and made again meanwhile"],
    ["its absence", facts(undefined), "Deployment default/web was deleted meanwhile"],
    [
      "an owner",
      facts(live({ owner: "kubectl" })),
      'Deployment default/web: .spec.replicas is owned by "kubectl" using apps/v1 now',
    ],
    ["a decision", facts(live(), {}, { force: true }), "Deployment default/web would be written in another way"],
    [
      "the chart",
      facts(live(), { chart: { name: "web", version: "1.0.0", pinned: { digest: "sha256:2" } } }),
      "the chart is another one",
    ],
    ["values", facts(live(), { values: { a: 2 } }), "the values are others"],
    ["the seed", facts(live(), { seed: "t" }), "the request is another one"],
    ["the conflict policy", facts(live(), { options: { conflicts: "helm" } }), "the request is another one"],
    [
      "the revision",
      facts(live(), { revision: 3 }),
      "the release is at another revision: the plan makes revision 2, the next one now is 3",
    ],
    [
      "an object more",
      facts(live(), { objects: [...facts(live()).objects, { ...objectFacts(planned(), live()), name: "x" }] }),
      "Deployment default/x was not part of the plan",
    ],
    ["an object less", facts(live(), { objects: [] }), "Deployment default/web is no longer part of the plan"],
  ])("are others after a change of %s", (_, after, message) => {
    const before = facts(live());
    expect(factsText(after)).not.toBe(factsText(before));
    expect(staleChanges(before, after)[0]?.message).toBe(message);
  });

  test("do not look at the value of a field that is left to its owner, only at who that is", () => {
    const yielded = { yielded: [".spec.replicas"] };
    expect(staleChanges(facts(live(), {}, yielded), facts(live({ replicas: 9 }), {}, yielded))).toEqual([]);
    const other = staleChanges(facts(live(), {}, yielded), facts(live({ owner: "x" }), {}, yielded));
    expect(other.map((one) => one.field)).toContain(".spec.replicas");
  });

  test("make equal texts whatever the order of members", () => {
    assert(
      property(dictionary(string(), jsonValue()), (values) => {
        const turned = Object.fromEntries(Object.entries(values).toReversed());
        const [a, b] = [JSON.parse(JSON.stringify(values)), JSON.parse(JSON.stringify(turned))];
        expect(factsText(facts(live(), { values: a }))).toBe(factsText(facts(live(), { values: b })));
      }),
    );
  });

  test("make other texts for any other values", () => {
    assert(
      property(jsonValue(), jsonValue(), (a, b) => {
        const [one, two] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
        const same = factsText(facts(live(), { values: one })) === factsText(facts(live(), { values: two }));
        expect(same).toBe(staleChanges(facts(live(), { values: one }), facts(live(), { values: two })).length === 0);
      }),
    );
  });
});

describe("a difference", () => {
  const object = (spec: KubeObject["metadata"], metadata: KubeObject["metadata"] = {}): KubeObject => ({
    apiVersion: "v1",
    kind: "X",
    metadata: { name: "a", ...metadata },
    spec,
  });
  test.each([
    ["nothing", object({ a: 1 }), object({ a: 1 }), []],
    ["a scalar", object({ a: 1 }), object({ a: 2 }), [[".spec.a", 1, 2]]],
    ["a new field", object({}), object({ a: { b: 1 } }), [[".spec.a.b", undefined, 1]]],
    ["a field that goes", object({ a: 1 }), object({}), [[".spec.a", 1, undefined]]],
    ["an empty map", object({}), object({ a: {} }), [[".spec.a", undefined, {}]]],
    ["another kind of value", object({ a: [1] }), object({ a: "x" }), [[".spec.a", [1], "x"]]],
    [
      "a named item",
      object({
        l: [
          { name: "x", v: 1 },
          { name: "y", v: 1 },
        ],
      }),
      object({
        l: [
          { name: "x", v: 1 },
          { name: "y", v: 2 },
        ],
      }),
      [['.spec.l[name="y"].v', 1, 2]],
    ],
    [
      "the order of named items",
      object({ l: [{ name: "x" }, { name: "y" }] }),
      object({ l: [{ name: "y" }, { name: "x" }] }),
      [[".spec.l", [{ name: "x" }, { name: "y" }], [{ name: "y" }, { name: "x" }]]],
    ],
    ["a list of scalars", object({ l: [1, 2] }), object({ l: [2] }), [[".spec.l", [1, 2], [2]]]],
    [
      "what only the server writes",
      object({}, { resourceVersion: "1", generation: 1, managedFields: [], uid: "a" }),
      object({}, { resourceVersion: "2", generation: 2, creationTimestamp: "x", uid: "b" }),
      [],
    ],
    [
      "a member named __proto__",
      object(JSON.parse('{"__proto__":1}')),
      object(JSON.parse('{"__proto__":2}')),
      [[".spec.__proto__", 1, 2]],
    ],
  ])("of %s", (_, before, after, expected) => {
    const found = diffObjects(before, after).map((one) => [one.field, one.before, one.after]);
    expect(found).toEqual(expected);
  });
});

describe("masking", () => {
  const CANARY = "canary-91aa0c";
  const secret: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { p: btoa(CANARY) } };
  const pod: KubeObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" } };
  const hash = async (text: string): Promise<string> => `h${text.length}`;
  const field = (name: string) => ({ kind: "field", name }) as const;
  const masker = createMasker({
    hash,
    objects: [secret],
    values: { db: { password: "hunter22", existingSecret: "my-secret-name" } },
  });

  test.each([
    ["data of a Secret", secret, [field("data"), field("p")], "x", "(masked h1)"],
    [
      "a copy in an annotation of a Secret",
      secret,
      [field("metadata"), field("annotations"), field("k")],
      "x",
      "(masked h1)",
    ],
    ["the type of a Secret", secret, [field("type")], "Opaque", "Opaque"],
    ["a Secret's text elsewhere", pod, [field("spec")], `url://${CANARY}@x`, "(masked h21)"],
    ["a Secret's text in base64 elsewhere", pod, [field("spec")], { a: [btoa(CANARY)] }, { a: ["(masked h20)"] }],
    ["a sensitive value elsewhere", pod, [field("spec")], "hunter22", "(masked h8)"],
    ["the name of a Secret", pod, [field("spec")], "my-secret-name", "my-secret-name"],
    [
      "a variable with a telling name",
      pod,
      [field("env")],
      [
        { name: "API_TOKEN", value: "t" },
        { name: "A", value: "t" },
      ],
      [
        { name: "API_TOKEN", value: "(masked h1)" },
        { name: "A", value: "t" },
      ],
    ],
    [
      "its value alone",
      pod,
      [field("env"), { kind: "key", fields: [{ name: "name", value: "API_TOKEN" }] } as const, field("value")],
      "t",
      "(masked h1)",
    ],
    ["anything else", pod, [field("spec")], 5, 5],
  ])("of %s", async (_, object, path, value, expected) => {
    expect(await masker.value(object, path, value)).toEqual(expected);
  });

  test("cuts secrets out of texts", () => {
    expect(masker.text(`no ${CANARY}, no hunter22`)).toBe("no (masked), no (masked)");
  });
});
