import { describe, expect, test } from "vitest";
import { deletePolicies, isDeletedAt, isLoggedAt, selectHooks } from "../../../engine/hooks/select.ts";
import type { Hook } from "../../../engine/manifest/hook.ts";

function hook(name: string, over: Partial<Hook> = {}): Hook {
  return {
    name,
    kind: "Job",
    path: `chart/templates/${name}.yaml`,
    manifest: "",
    events: ["pre-install"],
    weight: 0,
    deletePolicies: [],
    outputLogPolicies: [],
    lastRun: { phase: "" },
    ...over,
  };
}

describe("hooks of an event", () => {
  test("run by weight, then by name", () => {
    const hooks = [hook("c"), hook("b", { weight: 5 }), hook("a"), hook("z", { weight: -1 })];
    expect(selectHooks(hooks, "pre-install").map((one) => one.hook.name)).toEqual(["z", "a", "c", "b"]);
  });

  test("of equal weight and name keep their stored order", () => {
    const hooks = [hook("same", { kind: "ConfigMap" }), hook("same", { kind: "Job" })];
    expect(selectHooks(hooks, "pre-install").map((one) => one.index)).toEqual([0, 1]);
  });

  test("are only those that name the event, twice when they name it twice", () => {
    const hooks = [hook("a", { events: ["post-install"] }), hook("b", { events: ["pre-install", "pre-install"] })];
    expect(selectHooks(hooks, "pre-install").map((one) => one.hook.name)).toEqual(["b", "b"]);
  });

  test("sort capital letters before small ones, as bytes do", () => {
    expect(selectHooks([hook("b"), hook("B")], "pre-install").map((one) => one.hook.name)).toEqual(["B", "b"]);
  });
});

describe("a hook's policies", () => {
  test("default to deletion before creation", () => {
    expect(deletePolicies(hook("a"))).toEqual(["before-hook-creation"]);
    expect(isDeletedAt(hook("a"), "before-hook-creation")).toBe(true);
    expect(isDeletedAt(hook("a", { deletePolicies: ["hook-failed"] }), "before-hook-creation")).toBe(false);
  });

  test("never delete a CustomResourceDefinition", () => {
    expect(isDeletedAt(hook("a", { kind: "CustomResourceDefinition" }), "before-hook-creation")).toBe(false);
  });

  test("show logs of jobs and pods only", () => {
    const policies = { outputLogPolicies: ["hook-failed"] } as const;
    expect(isLoggedAt(hook("a", policies), "hook-failed")).toBe(true);
    expect(isLoggedAt(hook("a", policies), "hook-succeeded")).toBe(false);
    expect(isLoggedAt(hook("a", { ...policies, kind: "ConfigMap" }), "hook-failed")).toBe(false);
  });
});
