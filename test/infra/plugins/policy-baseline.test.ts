import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { isJsonObject, listAt } from "../../../engine/object/json.ts";
import { openPlugin } from "../../support/first-party-plugin.ts";
import { BASELINE_TABLE } from "./baseline-table.ts";
import { schemaProblem } from "./message-schema.ts";

const call = await openPlugin("policy-baseline");

async function judge(
  objects: readonly JsonObject[],
  config: Readonly<Record<string, string>> = {},
  action = "create",
): Promise<readonly JsonValue[]> {
  const planned = objects.map((object) => ({ action, object }));
  const input = { plan: { action: "install", release: { name: "r", namespace: "team" }, objects: planned } };
  const answer = await call(input, config);
  if ("error" in answer) throw new Error(answer.error);
  expect(schemaProblem("policy/v1", "input", input)).toBe("");
  expect(schemaProblem("policy/v1", "output", answer.output)).toBe("");
  return listAt(answer.output, "results");
}

const fieldsOf = (results: readonly JsonValue[]): readonly JsonValue[] =>
  results.map((result) => (isJsonObject(result) ? (result["field"] ?? null) : null));

const PRIVILEGED = { containers: [{ name: "a", securityContext: { privileged: true } }] };
const TEMPLATE = { spec: PRIVILEGED };
const FIELD = "spec.containers[0].securityContext.privileged";

/** Kinds, and where they have their pod. */
const KINDS: readonly (readonly [kind: string, object: JsonObject, field: string | undefined])[] = [
  ["Pod", { spec: PRIVILEGED }, FIELD],
  ["Deployment", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["StatefulSet", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["DaemonSet", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["ReplicaSet", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["ReplicationController", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["Job", { spec: { template: TEMPLATE } }, `spec.template.${FIELD}`],
  ["CronJob", { spec: { jobTemplate: { spec: { template: TEMPLATE } } } }, `spec.jobTemplate.spec.template.${FIELD}`],
  ["PodTemplate", { template: TEMPLATE }, `template.${FIELD}`],
  ["ConfigMap", { data: { spec: "x" } }, undefined],
  ["Pod", {}, undefined],
  ["Pod", { spec: null }, undefined],
];

describe("policy-baseline", () => {
  it.each(BASELINE_TABLE.map((row) => [row.what, row] as const))("judges %s", async (_what, { pod, fields }) => {
    expect(fieldsOf(await judge([pod]))).toEqual(fields);
  });

  it.each(KINDS)("finds the pod of a %s %j", async (kind, more, field) => {
    const object = { apiVersion: "v1", kind, metadata: { name: "n" }, ...more };
    expect(fieldsOf(await judge([object]))).toEqual(field === undefined ? [] : [field]);
  });

  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: 'a"b', namespace: "sys" }, spec: PRIVILEGED };

  it("names severity, object, field and reason", async () => {
    const object = { apiVersion: "v1", kind: "Pod", namespace: "sys", name: 'a"b' };
    const message = "privileged containers are not allowed";
    expect(await judge([pod], { severity: "warn" })).toEqual([{ severity: "warn", object, field: FIELD, message }]);
    expect(await judge([pod])).toEqual([{ severity: "deny", object, field: FIELD, message }]);
  });

  it("leaves alone what is deleted, and namespaces that are exempt, the release's among them", async () => {
    expect(await judge([pod], {}, "delete")).toEqual([]);
    expect(await judge([pod], { exemptNamespaces: "[sys]" })).toEqual([]);
    expect(await judge([{ ...pod, metadata: {} }], { exemptNamespaces: "[team]" })).toEqual([]);
    expect(await judge([pod], { exemptNamespaces: "[team]" })).toHaveLength(1);
  });

  it("refuses to judge by a configuration or a plan that it does not understand", async () => {
    expect(await call({ plan: { objects: [] } }, { severity: "x" })).toEqual({
      error: 'policy-baseline: config severity is "x"; it must be deny or warn',
    });
    expect(await call({ plan: {} })).toEqual({ error: "policy-baseline: the plan has no list of objects" });
    expect(await call({ plan: { objects: [{ object: [] }] } })).toEqual({
      error: "policy-baseline: an object of the plan is no map",
    });
    expect(await call([])).toEqual({ error: "policy-baseline: the message of a policy has no plan" });
  });
});
