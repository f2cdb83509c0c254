import { expect, test } from "vitest";
import { parsePlan, planText } from "../../../engine/action/plan-text.ts";
import { CONFIG_MAPS, SECRETS } from "../../../engine/kube/mapping.ts";
import type { Plan, PlannedObject } from "../../../engine/plan/plan.ts";

const planned = (name: string, mapping = CONFIG_MAPS): PlannedObject => ({
  object: { apiVersion: "v1", kind: mapping.kind, metadata: { name }, mapping: { of: "its own" } },
  mapping,
  write: "create",
  yielded: [],
  force: false,
  migrate: false,
});

const plan: Plan = {
  namespace: planned("space"),
  crds: [{ name: "crds/a.yaml", objects: [planned("a")] }],
  hooks: [{ index: 1, objects: [{ object: planned("hook").object, mapping: SECRETS }] }],
  objects: [
    planned("a"),
    planned("b", SECRETS),
    planned("c", { ...CONFIG_MAPS }),
    planned("d", { ...SECRETS, verbs: [] }),
  ],
  removals: [{ object: planned("e").object, mapping: SECRETS, write: "keep" }],
  manner: "update",
  batches: [{ titles: ["one"], from: 0, to: 4 }],
};

test("a plan comes back from its text as it was", () => {
  expect(parsePlan(planText(plan))).toEqual(plan);
});

test("each way to reach a kind stands in it once, however many objects it has", () => {
  const kept: { readonly mappings: unknown } = JSON.parse(planText({ ...plan, crds: [], hooks: [] }));
  expect(kept.mappings).toEqual([CONFIG_MAPS, SECRETS, { ...SECRETS, verbs: [] }]);
});
