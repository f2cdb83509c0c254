import { beforeEach, describe, expect, test } from "vitest";
import type { JudgePlan } from "../../../engine/action/judge.ts";
import { PluginError, type PolicyFinding, type PolicyPlan } from "../../../engine/plugin/index.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import {
  type Bench,
  chartOf,
  install,
  openBench,
  rollback,
  testRelease,
  uninstall,
  upgrade,
} from "../../support/operation.ts";

const SOURCES = {
  "values.yaml": "color: red\n",
  "templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { color: {{ .Values.color }} }
---
apiVersion: v1
kind: Secret
metadata: { name: web }
stringData: { password: canary-hidden }
data: { token: Y2FuYXJ5LWhpZGRlbg== }
{{- if eq .Values.color "red" }}
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: hook, annotations: { helm.sh/hook: post-delete } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: checks, annotations: { helm.sh/hook: "test" } }
`,
};

const WEB = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "web" };
const DENY: PolicyFinding = { severity: "deny", object: WEB, field: "data.color", message: "must not be blue" };
const WARN: PolicyFinding = { severity: "warn", object: { ...WEB, namespace: "" }, field: "", message: "is odd" };

const LISTED = `apiVersion: v1
kind: List
metadata: { name: pre, annotations: { helm.sh/hook: pre-install } }
items:
- apiVersion: v1
  kind: Pod
  metadata: { name: privileged }
  spec: { hostNetwork: true, restartPolicy: Never, containers: [{ name: c, image: x }] }
- apiVersion: v1
  kind: SecretList
  items:
  - metadata: { name: listed }
    stringData: { password: canary-hidden }
`;
/** The API server refuses it when it is written. */
const UNDECODABLE = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {nonsense: 1}\n";
/** Helm's, for an operation that failed and was undone. */
const WORDS = {
  install: "been uninstalled due to rollback-on-failure",
  upgrade: "been rolled back due to rollback-on-failure",
};

let bench: Bench;
let seen: PolicyPlan[];
let judge: JudgePlan;

beforeEach(async () => {
  const local = openReadyCluster();
  seen = [];
  judge = async () => [];
  bench = openBench(local.transport, {
    judge: async (plan, signal) => {
      seen.push(plan);
      return await judge(plan, signal);
    },
  });
  bench.charts.set("web", await chartOf("web", SOURCES));
});

function told(plan: PolicyPlan | undefined): readonly string[] {
  return (plan?.objects ?? []).map(({ action, hook, object }) => {
    const { name } = object["metadata"] as { name: string };
    return `${action} ${hook === undefined ? "" : `(${hook.join()}) `}${String(object["kind"])} ${name}`;
  });
}

const blue = () => upgrade("web", "web", { values: { color: "blue" } });

function writes(since: number): readonly string[] {
  return bench.requests
    .slice(since)
    .filter((one) => one.method !== "GET")
    .map((one) => `${one.method} ${one.path}`);
}

describe("a policy", () => {
  test("sees everything that is written or deleted, and every hook", async () => {
    await bench.run(install("web", "web"));
    await bench.run(blue());
    await bench.run(rollback("web", 1));
    await bench.run(uninstall("web"));
    const hooks = ["create (post-delete) ConfigMap hook", "create (test) ConfigMap checks"];
    expect(seen.map((plan) => plan.action)).toEqual(["install", "upgrade", "rollback", "uninstall"]);
    expect(seen[0]?.release).toEqual({ name: "web", namespace: "default" });
    expect(told(seen[0]).toSorted()).toEqual(
      ["create ConfigMap web", "create Secret web", "create ServiceAccount web", ...hooks].toSorted(),
    );
    expect(told(seen[1]).toSorted()).toEqual(
      ["update ConfigMap web", "update Secret web", "delete ServiceAccount web", ...hooks].toSorted(),
    );
    expect(told(seen[2])).toContain("create ServiceAccount web");
    expect(told(seen[3]).toSorted()).toEqual(
      ["delete ConfigMap web", "delete Secret web", "delete ServiceAccount web", hooks[0] ?? ""].toSorted(),
    );
  });

  test("sees what a hook that is a list brings, without values of Secrets in it", async () => {
    bench.charts.set("listed", await chartOf("listed", { "templates/all.yaml": LISTED }));
    await bench.run(install("web", "listed"));
    expect(told(seen[0])).toEqual(["create (pre-install) Pod privileged", "create (pre-install) Secret listed"]);
    expect(JSON.stringify(seen)).not.toContain("canary-hidden");
  });

  test("sees no values of Secrets", async () => {
    await bench.run(install("web", "web"));
    await bench.run(uninstall("web"));
    expect(JSON.stringify(seen)).toContain('"password":"hidden"');
    expect(JSON.stringify(seen)).not.toMatch(/canary-hidden|Y2FuYXJ5/);
  });

  test.each([
    ["an install", "install", () => install("web", "web")],
    ["an upgrade", "upgrade", blue],
    ["a rollback", "rollback", () => rollback("web", 1)],
    ["an uninstall", "uninstall", () => uninstall("web")],
  ] as const)("denies %s before anything is written", async (_, action, request) => {
    if (action !== "install") {
      await bench.run(install("web", "web"));
      await bench.run(blue());
    }
    judge = async () => [{ policy: "colors", findings: [WARN, DENY, DENY] }];
    const since = bench.requests.length;
    const { outcome, events } = await bench.run(request());
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "policy-denied",
      message: expect.stringContaining(
        "refused by policy; nothing was written:\n- colors: ConfigMap default/web data.color: must not be blue\n- colors: ",
      ),
      detail: { findings: [{ policy: "colors", object: WEB, field: "data.color", message: "must not be blue" }, {}] },
    });
    expect(writes(since)).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "warning", message: "colors: ConfigMap web: is odd" }),
    );
  });

  test("sees of a test the hooks that it runs, and denies them before anything is written", async () => {
    await bench.run(install("web", "web"));
    judge = async () => [{ policy: "colors", findings: [DENY] }];
    const since = bench.requests.length;
    expect((await bench.run(testRelease("web"))).outcome).toMatchObject({ kind: "failed", code: "policy-denied" });
    expect(writes(since)).toEqual([]);
    expect(seen[1]?.action).toBe("test");
    expect(told(seen[1])).toEqual(["create (test) ConfigMap checks"]);
    await bench.run(testRelease("web", { exclude: ["checks"] }));
    expect(told(seen[2])).toEqual([]);
  });

  test.each([
    ["install", [], install("web", "bad", { rollbackOnFailure: true })],
    ["upgrade", [install("web", "web")], upgrade("web", "bad", { rollbackOnFailure: true })],
  ] as const)("does not keep a failed %s from being undone, and is heard", async (action, before, request) => {
    bench.charts.set("bad", await chartOf("web", { ...SOURCES, "templates/bad.yaml": UNDECODABLE }));
    for (const one of before) await bench.run(one);
    const undo = action === "install" ? "uninstall" : "rollback";
    const answers: readonly (readonly [JudgePlan, string])[] = [
      [
        async () => [{ policy: "colors", findings: [DENY] }],
        "denied, and done all the same to undo what failed: colors: ",
      ],
      [
        () => Promise.reject(new PluginError("timeout", "plugin colors: it did not end within 5 ms")),
        "done to undo what failed, though a policy could not judge it: plugin colors: ",
      ],
    ];
    for (const [answer, message] of answers) {
      judge = async (plan) => (plan.action === undo ? await answer(plan) : []);
      const { outcome, events } = await bench.run(request);
      expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining(WORDS[action]) });
      expect(events).toContainEqual(
        expect.objectContaining({ type: "warning", message: expect.stringContaining(message) }),
      );
    }
  });

  test("that only warns lets it happen, and is heard", async () => {
    judge = async () => [{ policy: "colors", findings: [WARN] }];
    const { outcome, events } = await bench.run(install("web", "web"));
    expect(outcome.kind).toBe("succeeded");
    expect(events).toContainEqual({
      type: "warning",
      level: "WARN",
      message: "colors: ConfigMap web: is odd",
      detail: { policy: "colors", object: WARN.object, field: "" },
    });
  });

  test("that cannot judge admits nothing", async () => {
    judge = () => Promise.reject(new PluginError("timeout", "plugin colors: it did not end within 5 ms"));
    const { outcome } = await bench.run(install("web", "web"));
    expect(outcome).toMatchObject({ code: "refused", detail: { cause: "timeout" } });
    expect(writes(0)).toEqual([]);
  });

  test("names ten denials and counts the rest", async () => {
    judge = async () => [{ policy: "p", findings: Array.from({ length: 12 }, () => DENY) }];
    const { outcome } = await bench.run(install("web", "web"));
    expect(outcome.kind === "failed" && outcome.message.split("\n")).toHaveLength(12);
    expect(outcome.kind === "failed" && outcome.message).toMatch(/- and 2 more$/);
  });

  const COPIES = `apiVersion: v1
kind: Secret
metadata: { name: a-very-long-secret-name }
stringData: { password: canary-hidden, url: "postgres://a-very-long-secret-name:5432/of-the-canary" }
data: { token: Y2FuYXJ5LXBhY2tlZA== }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: copy
  annotations: { password: canary-hidden, token: canary-packed }
`;
  const NAMED = { apiVersion: "v1", kind: "Secret", namespace: "", name: "a-very-long-secret-name" };
  const LEAKS: readonly (readonly [string, Partial<PolicyFinding>, Partial<PolicyFinding>])[] = [
    ["a message", { message: "password is canary-hidden!" }, { message: "password is [secret]!" }],
    [
      "base64 in a message, and a part of a longer one",
      { message: "Y2FuYXJ5LXBhY2tlZA== and 5432/of-the-canary" },
      { message: "[secret] and [secret]" },
    ],
    ["a message, quoted", { message: '{"a": "canary\\u002dpacked"}' }, { message: '{"a": "[secret]"}' }],
    ["a field", { field: "metadata.annotations[canary-packed]" }, { field: "metadata.annotations[[secret]]" }],
    ["a made-up object", { object: { ...WEB, name: "canary-hidden" } }, { object: { ...WEB, name: "[secret]" } }],
    ["the name of an object of the plan, which stays", { object: NAMED }, { object: NAMED }],
    ["what a value is called by, from the user", { message: "it is the-users-own" }, { message: "it is [secret]" }],
    ["nothing secret", {}, {}],
  ];

  test.each(LEAKS)("tells no values of Secrets, wherever it found them: %s", async (_, leak, shown) => {
    bench.charts.set("copies", await chartOf("copies", { "templates/all.yaml": COPIES }));
    const request = install("web", "copies", { values: { password: "the-users-own" } });
    judge = async () => [
      {
        policy: "p",
        findings: [
          { ...DENY, ...leak },
          { ...WARN, ...leak },
        ],
      },
    ];
    const { outcome, events } = await bench.run(request);
    const { severity: _severity, ...denied } = { ...DENY, ...shown };
    expect(outcome).toMatchObject({ code: "policy-denied", detail: { findings: [{ policy: "p", ...denied }] } });
    expect(outcome.kind === "failed" && outcome.message).toContain(denied.message);
    const { message = WARN.message, ...place } = { object: WARN.object, field: WARN.field, ...shown };
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "warning",
        message: expect.stringContaining(message),
        detail: { policy: "p", ...place },
      }),
    );
    for (const secret of ["canary-hidden", "canary-packed", "Y2FuYXJ5", "of-the-canary", "the-users-own"])
      expect(JSON.stringify([outcome, events])).not.toContain(secret);
  });

  test("hides what it says beyond a megabyte, and what is secret before, across findings", async () => {
    bench.charts.set("copies", await chartOf("copies", { "templates/all.yaml": COPIES }));
    const split = ["it begins with canary-", "hidden and ends"].map((message) => ({
      ...DENY,
      object: NAMED,
      field: "",
      message,
    }));
    const many = Array.from({ length: 1100 }, (_, at) => ({ ...DENY, message: `${at} `.padEnd(1000, "x") }));
    judge = async () => [{ policy: "p", findings: [...split, ...many] }];
    const { outcome } = await bench.run(install("web", "copies"));
    const shown = [
      { field: "", message: "it begins with [secret]" },
      { field: "", message: "[secret] and ends" },
      { field: "data.color", message: expect.stringMatching(/^0 x/) },
      ...many.slice(2).map(() => ({})),
      { message: "[hidden: what is secret in the input cannot be told]" },
    ];
    expect(outcome).toMatchObject({ code: "policy-denied", detail: { findings: shown } });
  });

  test("judges a plan, and again what applies it", async () => {
    const planned = await bench.plan(install("web", "web"));
    judge = async () => [{ policy: "colors", findings: [DENY] }];
    expect((await bench.apply(planned)).outcome).toMatchObject({ code: "policy-denied" });
    expect(seen).toHaveLength(2);
  });
});
