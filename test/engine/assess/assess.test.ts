import { describe, expect, test } from "vitest";
import { assessRelease, type AssessInput, wasPostRendered } from "../../../engine/assess/assess.ts";
import type { ObjectFacts } from "../../../engine/assess/facts.ts";
import { type Finding, mergeParts, type ReleaseAssessment, verdictOf } from "../../../engine/assess/finding.ts";
import type { GitOpsObjects } from "../../../engine/assess/gitops-objects.ts";
import { handOverSteps } from "../../../engine/assess/hand-over.ts";
import { printAssessment } from "../../../engine/assess/print.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { goMap } from "../../../engine/go/value.ts";
import { keyOf, keyText } from "../../../engine/object/gvk.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import type { Release, ReleaseStatus } from "../../../engine/release/release.ts";
import { chartOf } from "../../support/operation.ts";

const SOURCE = "---\n# Source: web/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";
const chart = await chartOf("web", {});

function release(status: ReleaseStatus = "deployed", applyMethod: Release["applyMethod"] = "ssa"): Release {
  const info = { description: "", status };
  return {
    name: "web",
    namespace: "shop",
    version: 1,
    info,
    chart,
    config: goMap(),
    manifest: SOURCE,
    hooks: [],
    applyMethod,
    labels: {},
  };
}

function object(metadata: JsonObject = {}, kind = "ConfigMap", apiVersion = "v1"): KubeObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop", ...metadata } };
}

function facts(over: Partial<ObjectFacts> = {}, live: KubeObject = object()): ObjectFacts {
  const present = { kind: "present", object: live } as const;
  return { object: object(), served: "yes", live: present, conflicts: [], warnings: [], ...over };
}

const NO_GITOPS: GitOpsObjects = { objects: [], complete: new Set(), unread: [] };

function assess(over: Partial<AssessInput>): readonly string[] {
  const kubeVersion = { major: "1", minor: "35" };
  const input = { release: release(), facts: [], scaled: new Map(), gitops: NO_GITOPS, kubeVersion, ...over };
  return assessRelease(input).flatMap((one) => [
    `${one.severity} ${one.code}: ${one.message}`.split(":")[0] ?? "",
    ...one.objects.map(({ kind, field = "", manager = "", detail = "" }) =>
      [" ", kind, field, manager, detail].filter((part) => part !== "").join(" "),
    ),
  ]);
}

describe("the findings about a release", () => {
  test.each<[string, Partial<AssessInput>, readonly string[]]>([
    ["are none, where there is nothing", { facts: [facts()] }, []],
    ["name a pending operation", { release: release("pending-upgrade") }, ["blocker pending"]],
    ["name a failed one", { release: release("failed") }, ["attention failed"]],
    ["name a record of Helm 3", { release: release("deployed", "") }, ["note helm3-record"]],
    ["name client-side patches", { release: release("deployed", "csa") }, ["note client-side-apply"]],
    [
      "name conflicts that fail, and none that is left to an autoscaler",
      {
        facts: [
          facts({
            conflicts: [
              { field: ".data.a", manager: "kubectl", decision: "fail" },
              { field: ".spec.replicas", manager: "hpa", decision: "yield" },
            ],
          }),
        ],
        scaled: new Map([[keyText(keyOf(object())), "x"]]),
      },
      ["blocker conflict", "  ConfigMap .data.a kubectl", "note autoscaled", "  ConfigMap x"],
    ],
    [
      "name what the server would not take",
      { facts: [facts({ refused: "Invalid, spec.selector: FieldValueInvalid" })] },
      ["blocker refused", "  ConfigMap Invalid, spec.selector: FieldValueInvalid"],
    ],
    [
      "name kinds that are gone, which is no reading that failed",
      { facts: [facts({ served: "no", live: { kind: "unreadable", why: "no such kind" } })] },
      ["blocker api-removed", "  ConfigMap v1 ConfigMap: no version of the kind is served"],
    ],
    [
      "take a deprecation from the server's warning",
      { facts: [facts({ warnings: ["v1 ConfigMap is deprecated in v9+", "unknown field"] })] },
      ["attention api-deprecated", "  ConfigMap v1 ConfigMap is deprecated in v9+"],
    ],
    [
      "take a deprecation from Kubernetes' table where the server said nothing",
      { facts: [facts({ object: object({}, "Endpoints") })] },
      [
        "attention api-deprecated",
        "  Endpoints v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
      ],
    ],
    [
      "name what could not be read",
      { facts: [facts({ live: { kind: "unreadable", why: "forbidden" } }), facts({ unasked: "forbidden" })] },
      ["attention unreadable", "  ConfigMap forbidden", "  ConfigMap the dry run was not allowed: forbidden"],
    ],
    ["name a record that cannot be read", { unbuilt: "bad YAML" }, ["attention unreadable"]],
    [
      "put what blocks first",
      { release: release("failed", ""), facts: [facts({ live: { kind: "absent" }, refused: "x" })] },
      ["blocker refused", "  ConfigMap x", "attention failed", "note helm3-record", "note missing", "  ConfigMap"],
    ],
  ])("%s", (_, over, expected) => {
    expect(assess(over)).toEqual(expected);
  });

  test("give one finding for two Applications each, and an unnamed trace to none of them", () => {
    const label = (name: string): JsonObject => ({ labels: { "argocd.argoproj.io/instance": name } });
    const entry = { manager: "argocd-controller", operation: "Apply", apiVersion: "v1", fieldsV1: {} };
    const lives = [label("a"), label("b"), { managedFields: [entry] }].map((metadata, i) =>
      object({ ...metadata, name: `web-${i}` }),
    );
    expect(
      assess({ facts: lives.map((live) => facts({}, live)) }).filter((line) => !line.startsWith(" ")),
    ).toHaveLength(3);
  });
});

describe("a manifest", () => {
  test.each([
    ["of Helm's own was not post-rendered", SOURCE + SOURCE, false],
    ["that is empty was not", "", false],
    ["without Helm's comments was", SOURCE.replace(/#.*\n/, ""), true],
    ["with a document that the post-renderer added was", `${SOURCE}---\nkind: Secret\n`, true],
    [
      "with a document that Helm 4 named for a post-renderer was",
      SOURCE.replace("web/templates/map.yaml", "generated-by-postrender-0.yaml"),
      true,
    ],
  ])("%s", (_, manifest, expected) => {
    expect(wasPostRendered(manifest)).toBe(expected);
  });
});

describe("a hand-over", () => {
  const of = { release: { name: "web", namespace: "shop" }, name: "store", namespace: "flux" };
  test.each(["flux-helmrelease", "flux-kustomization", "argocd-application"] as const)(
    "from %s lets Slipway apply before the tool gives its fields up, and needs no stop when it is gone",
    (tool) => {
      const steps = handOverSteps({ ...of, tool, gone: false });
      const at = (text: string): number => steps.findIndex((step) => step.includes(text));
      expect(at("--alongside")).toBeGreaterThan(0);
      expect(at("--field-manager=")).toBeGreaterThan(at("--alongside"));
      expect(steps.some((step) => step.startsWith("back 1: "))).toBe(true);
      const left = handOverSteps({ ...of, tool, gone: true });
      expect(left[0]).toMatch(/^to Slipway 1: slipway upgrade /);
      expect(left.some((step) => step.startsWith("back"))).toBe(false);
    },
  );
});

function item(from: number, to: number, findings: readonly Finding[]): ReleaseAssessment {
  const named = { name: "web", namespace: "shop", revision: 1, status: "deployed", chart: "web-1", appVersion: "" };
  const written = { generation: "helm4", applyMethod: "server-side", verdict: verdictOf(findings) } as const;
  return { ...named, ...written, description: "", objects: { from, to, total: 4 }, findings };
}

function missing(name: string): Finding {
  const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name };
  return { code: "missing", severity: "note", message: "gone", objects: [at], todo: ["make it"] };
}

describe("parts of a release", () => {
  test("are put together: findings once, objects all, the worst verdict", () => {
    const blocker: Finding = { code: "conflict", severity: "blocker", message: "fields", objects: [], todo: [] };
    const [merged, ...rest] = mergeParts([item(0, 2, [missing("a")]), item(2, 4, [missing("b"), blocker])]);
    expect(rest).toEqual([]);
    expect(merged).toMatchObject({ verdict: "blocked", objects: { from: 0, to: 4, total: 4 } });
    expect(merged?.findings.map((one) => [one.code, one.objects.map(({ name }) => name)])).toEqual([
      ["missing", ["a", "b"]],
      ["conflict", []],
    ]);
  });
});

describe("an assessment in print", () => {
  test("is a table, the findings, what to do once for all, and a sum", () => {
    const text = printAssessment(
      { items: [item(0, 4, [missing("a")])], unread: [{ what: "Applications", why: "forbidden" }] },
      { width: 80, color: false },
    );
    expect(text).toBe(`RELEASE   HELM  APPLY   STATUS    OBJECTS  FOUND  VERDICT
shop/web  4     server  deployed  4        1      READY

shop/web: web-1, revision 1
  note       missing: gone
             - ConfigMap shop/a

What to do
  missing
    > make it

Not read:
  - Applications: forbidden

1 release: 0 blocked, 0 to look at, 1 ready. Nothing was changed.
`);
  });

  test("cuts long names by the columns that there are, and paints only for terminals", () => {
    const long = { ...item(0, 4, []), name: "n".repeat(53), namespace: "s".repeat(63) };
    const plain = printAssessment({ items: [long], unread: [] }, { width: 80, color: false });
    for (const line of plain.split("\n").slice(0, 2)) expect(line.length).toBeLessThanOrEqual(80);
    const painted = printAssessment({ items: [long], unread: [] }, { width: 80, color: true });
    expect(painted).toContain("\u001b[32mREADY\u001b[0m");
  });

  test("says when there is nothing", () => {
    expect(printAssessment({ items: [], unread: [] }, { width: 80, color: false })).toBe("There are no releases.\n");
  });
});
