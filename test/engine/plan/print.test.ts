import { describe, expect, test } from "vitest";
import { hasChanges, printPlan } from "../../../engine/plan/print.ts";
import type { PlanReport, ReportObject } from "../../../engine/plan/report.ts";

const one = (over: Partial<ReportObject>): ReportObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "default",
  name: "web",
  change: "changed",
  dryRun: "sent",
  fields: [],
  yielded: [],
  conflicts: [],
  ...over,
});

const report: PlanReport = {
  action: "upgrade",
  mode: "upgrade",
  release: { name: "web", namespace: "default", revision: 3, base: 2 },
  chart: { name: "web", version: "1.0.0" },
  applicable: false,
  problems: ['Deployment default/web: .spec.x is owned by "kubectl"'],
  steps: [],
  objects: [
    one({
      fields: [
        { path: ".data.color", before: "red", after: "blue" },
        { path: ".data.new", after: "two\nlines" },
        { path: ".data.old", before: ["x"] },
      ],
    }),
    one({ kind: "Namespace", namespace: "", name: "n", change: "unchanged" }),
    one({
      kind: "Secret",
      name: "s",
      fields: [{ path: ".data.p", before: "(masked aaaaaaaaaaaa)", after: "(masked bbbbbbbbbbbb)" }],
    }),
    one({
      kind: "Thing",
      name: "t",
      change: "created",
      dryRun: "impossible",
      reason: "its kind Thing is brought by the same plan",
    }),
    one({
      kind: "Deployment",
      change: "unchanged",
      yielded: [".spec.replicas"],
      conflicts: [
        { field: ".spec.replicas", manager: "hpa", decision: "yield", reason: "an autoscaler owns the replicas" },
      ],
    }),
    one({ kind: "Job", name: "\u001b[31mred", change: "deleted" }),
  ],
  hooks: [{ event: "pre-upgrade", kind: "Job", name: "migrate", weight: 0, path: "x" }],
  warnings: ["deprecated"],
  counts: { created: 1, changed: 2, unchanged: 2, deleted: 1, kept: 0 },
};

const TEXT = `Plan: upgrade default/web, revision 3

~ ConfigMap default/web changed
    ~ .data.color: red → blue
    + .data.new: "two\\nlines"
    - .data.old: ["x"]

~ Secret default/s changed
    ~ .data.p: (masked aaaaaaaaaaaa) → (masked bbbbbbbbbbbb)

+ Thing default/t created (not tried: its kind Thing is brought by the same plan)

= Deployment default/web unchanged
    ! .spec.replicas is owned by "hpa": yield (an autoscaler owns the replicas)
    .spec.replicas is left to its owner

- Job default/\\x1b[31mred deleted

Hooks:
  pre-upgrade: Job migrate

Warnings:
  deprecated

This plan cannot be applied:
  Deployment default/web: .spec.x is owned by "kubectl"

1 to create, 2 to change, 1 to delete, 2 unchanged, 1 hook to run.
`;

describe("a printed plan", () => {
  test("reads as a difference, field by field, and moves no cursor", () => {
    expect(printPlan(report, { color: false })).toBe(TEXT);
  });

  test("is the same text in colours, which only a terminal gets", () => {
    const colored = printPlan(report, { color: true });
    expect(colored).not.toBe(TEXT);
    expect(colored.replaceAll(/\u001b\[\d+m/g, "")).toBe(TEXT);
  });

  test.each([
    [report, true],
    [{ ...report, counts: { created: 0, changed: 0, unchanged: 4, deleted: 0, kept: 1 } }, true],
    [{ ...report, hooks: [], counts: { created: 0, changed: 0, unchanged: 4, deleted: 0, kept: 1 } }, false],
  ])("says whether anything changes", (of, expected) => {
    expect(hasChanges(of)).toBe(expected);
  });
});
