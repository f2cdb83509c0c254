import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../engine/errors.ts";
import { firstTrue, parseReadiness } from "../../../engine/kube/readiness-expression.ts";
import { annotatedStatus, annotationProblem } from "../../../engine/kube/status-annotated.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { parseObject } from "../../../engine/object/read.ts";

function object(status: JsonObject, annotations: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  const parsed = parseObject({
    apiVersion: "example.com/v1",
    kind: "Foo",
    metadata: { name: "x", annotations, ...metadata },
    status,
  });
  if (parsed === undefined) throw new Error("not an object");
  return parsed;
}

const STATUS: JsonObject = {
  phase: "Running",
  succeeded: 2,
  ratio: 0.5,
  done: true,
  conditions: [
    { type: "Other", status: "False", observed: 1 },
    { type: "Ready", status: "True", observed: 3 },
  ],
};

describe("a readiness expression", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["status.conditions[?(@.type=='Ready')].status=='True'", true],
    ["status.conditions[?(@.type=='Ready')].status == True", true],
    [".status.conditions[?(@.type=='Ready')].status=='False'", false],
    ["$.status.phase=='Running'", true],
    ['status.phase!="Pending"', true],
    ["status.conditions[?(@.observed>2)].type=='Ready'", true],
    ["status.conditions[*].type=='Ready'", true],
    ["metadata.name=='x'", true],
    ["status.missing=='x'", false],
    ["status.missing!='x'", false],
    ["status.succeeded>=2", true],
    ["status.succeeded>2", false],
    ["status.ratio<1", true],
    ["status.ratio<=0.4", false],
    ["status.done==true", true],
    ["status.done=='true'", false],
    ["status.phase>='Run'", true],
    ["status.phase>1", false],
    ['["{.succeeded} == 1", "{.succeeded} == 2"]', true],
    ['["{.succeeded} == 1"]', false],
    ["[\"{.conditions[?(@.type=='Ready')].status} == True\"]", true],
    ["{.phase} == Running", true],
    ['["status.phase == Running"]', true],
  ];
  it.each(rows)("%s is %s", (text, is) => {
    const expressions = parseReadiness(text);
    if (typeof expressions === "string") throw new Error(expressions);
    expect(firstTrue(expressions, object(STATUS)) !== undefined).toBe(is);
  });

  it.each([
    ["status.phase", "has no =="],
    ["status.phase==", "no value"],
    ["status.phase=={}", "no value"],
    ["", "has no =="],
    ["status[?(@.a==1)]", "has no =="],
    ["status.conditions[x]=='x'", "invalid array index"],
    ['["{.a} == 1"', "no JSON list"],
    ["[1]", "no JSON list"],
    ["[]", "empty"],
    [`a=='${"x".repeat(5000)}'`, "longer than"],
    [JSON.stringify(Array.from({ length: 21 }, () => "{.a} == 1")), "more than 20"],
    ['["{.a}{.b} == 1"]', "single path"],
  ])("%s is refused", (text, why) => {
    expect(parseReadiness(text)).toContain(why);
  });
});

describe("an object that says itself when it is ready", () => {
  const both = (success: string, failure: string) => ({
    "helm.sh/readiness-success": success,
    "helm.sh/readiness-failure": failure,
  });
  const [good, bad] = ["status.phase=='Running'", "status.phase=='Broken'"];

  it.each([
    ["ready", object(STATUS, both(good, bad)), "Current"],
    ["failed", object({ phase: "Broken" }, both(good, bad)), "Failed"],
    ["failed, when both are met", object(STATUS, both(good, good)), "Failed"],
    ["on its way", object({}, both(good, bad)), "InProgress"],
    [
      "on its way, when it speaks of an older generation",
      object({ ...STATUS, observedGeneration: 1 }, both(good, bad), { generation: 2 }),
      "InProgress",
    ],
  ])("is %s", (_, one, status) => {
    expect(annotatedStatus(one)?.status).toBe(status);
    expect(annotationProblem(one)).toBeUndefined();
  });

  it.each([
    ["only one annotation", { "helm.sh/readiness-success": good }, "needs helm.sh/readiness-failure beside it"],
    ["only the other", { "helm.sh/readiness-failure": good }, "needs helm.sh/readiness-success beside it"],
    ["one that cannot be read", both(good, "nonsense"), "helm.sh/readiness-failure cannot be read"],
  ])("is waited for by its kind with %s", (_, annotations, problem) => {
    const one = object(STATUS, annotations);
    expect(annotatedStatus(one)).toBeUndefined();
    expect(annotationProblem(one)).toContain(problem);
  });

  it("is left to its kind's rules when it says nothing, or goes", () => {
    expect(annotatedStatus(object(STATUS))).toBeUndefined();
    const going = object(STATUS, both(good, bad), { deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(annotatedStatus(going)).toBeUndefined();
  });
});
