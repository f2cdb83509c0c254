import { describe, expect, test } from "vitest";
import { type ConflictSubject, decideConflict, matchesField, matchesGlob } from "../../../engine/plan/policy.ts";

const replicas: ConflictSubject = {
  field: ".spec.replicas",
  manager: "kubectl",
  subresource: "scale",
  group: "apps",
  kind: "Deployment",
  autoscaled: false,
};

describe("without rules", () => {
  test.each([
    ["a person's kubectl scale fails", replicas, "fail"],
    ["replicas of the HPA controller are yielded", { ...replicas, manager: "kube-controller-manager" }, "yield"],
    ["replicas of keda are yielded", { ...replicas, manager: "keda" }, "yield"],
    [
      "the controller manager elsewhere fails",
      { ...replicas, manager: "kube-controller-manager", subresource: "" },
      "fail",
    ],
    [
      "replicas of an object that an autoscaler targets are yielded, whoever wrote them",
      { ...replicas, autoscaled: true },
      "yield",
    ],
    ["other fields of such an object fail", { ...replicas, autoscaled: true, field: ".spec.paused" }, "fail"],
  ])("%s", (_, subject, decision) => {
    expect(decideConflict(subject, []).decision).toBe(decision);
  });
});

describe("rules", () => {
  test("decide in order, the first that matches", () => {
    const rules = [
      { kinds: ["StatefulSet"], decision: "force" },
      { fields: [".spec.replicas"], managers: ["kube*"], decision: "yield" },
      { decision: "force" },
    ] as const;
    expect(decideConflict(replicas, rules)).toEqual({ decision: "yield", reason: "rule 2 of the conflict policy" });
    expect(decideConflict({ ...replicas, manager: "x" }, rules).decision).toBe("force");
  });

  test("may name a kind with its group", () => {
    expect(decideConflict(replicas, [{ kinds: ["apps/Deployment"], decision: "force" }]).decision).toBe("force");
    expect(decideConflict(replicas, [{ kinds: ["extensions/Deployment"], decision: "force" }]).decision).toBe("fail");
  });
});

describe("a field pattern", () => {
  const image = '.spec.template.spec.containers[name="a.b[\\"]"].image';
  test.each([
    [".spec.replicas", ".spec.replicas", true],
    [".spec.*", ".spec.replicas", true],
    [".spec", ".spec.replicas", false],
    [".spec.**", ".spec.template.spec", true],
    [".spec.**", ".spec", true],
    [".spec.**", ".status.x", false],
    [".spec.template.spec.containers[*].image", image, true],
    [".spec.template.spec.containers[*].**", image, true],
    [".spec.template.spec.containers.*.image", image, true],
    [".spec.template.spec.containers[*]", image, false],
  ])("%s matches %s: %s", (pattern, field, expected) => {
    expect(matchesField(pattern, field)).toBe(expected);
  });
});

test.each([
  ["kube*", "kubectl", true],
  ["*ctl", "kubectl", true],
  ["k*e*l", "kubectl", true],
  ["ab*ba", "aba", false],
  ["*", "", true],
  ["kubectl", "kubectl-edit", false],
  ["*b*b", "ab", false],
])("the manager pattern %s matches %s: %s", (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});
