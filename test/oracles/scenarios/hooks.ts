import { BAD, chart, deployment, hook, map, mapHook, VALUES } from "./charts.ts";
import { failed, ok, post, type Scenario, theme } from "./scenario.ts";

const LIFE = [
  ok("install web @web"),
  ok("upgrade web @web --set a=1"),
  ok("rollback web 1"),
  ok("uninstall web --keep-history"),
] as const;
const ALL = "pre-install,post-install,pre-upgrade,post-upgrade,pre-rollback,post-rollback,pre-delete,post-delete";
const POLICIES = [
  "before-hook-creation",
  "hook-succeeded",
  "hook-failed",
  "before-hook-creation,hook-succeeded",
  "hook-succeeded,hook-failed",
  "hook-failed,before-hook-creation",
  "Hook-Succeeded, whatever",
];
const ABC = (fate: string, b: string): Readonly<Record<string, string>> => ({
  a: hook("hook-a", "pre-install", { weight: "-1", policy: "hook-succeeded" }),
  b: hook("hook-b", "pre-install", { weight: "0", policy: b, fate }),
  c: hook("hook-c", "pre-install", { weight: "5" }),
  m: map(),
});
const POD =
  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook-pod\n  annotations: {helm.sh/hook: pre-install}\nspec:\n  restartPolicy: Never\n  containers: [{name: c, image: x}]\n";

const rows: Parameters<typeof theme>[1] = [
  ...POLICIES.map(
    (policy) =>
      [
        `policy ${policy} on all events`,
        { web: chart({ a: map(), h: mapHook("hook-x", ALL, `helm.sh/hook-delete-policy: "${policy}"`) }) },
        ...LIFE,
      ] as const,
  ),
  ...POLICIES.slice(0, 5).map(
    (policy) =>
      [
        `a job that fails, policy ${policy}`,
        { web: chart({ a: map(), h: hook("hook-x", "post-install", { fate: "fail", policy }) }) },
        failed("install web @web"),
      ] as const,
  ),
  ["A, B and C succeed", { web: chart(ABC("end", "hook-succeeded,hook-failed")) }, ok("install web @web")],
  ["B fails", { web: chart(ABC("fail", "hook-succeeded,hook-failed")) }, failed("install web @web")],
  ["B fails and stays", { web: chart(ABC("fail", "hook-succeeded")) }, failed("install web @web")],
  ["B times out", { web: chart(ABC("never", "hook-failed")) }, failed("install web @web --timeout 2s")],
  [
    "B cannot be made",
    {
      web: chart({
        ...ABC("end", ""),
        b: mapHook("hook-b", "pre-install", 'helm.sh/hook-delete-policy: "hook-failed"', "{a: 1}"),
      }),
    },
    failed("install web @web"),
  ],
  [
    "weights, names and kinds tell the order",
    {
      web: chart({
        z: mapHook("hook-z", "pre-install", 'helm.sh/hook-weight: "2"'),
        y: mapHook("hook-y", "pre-install", 'helm.sh/hook-weight: "2"'),
        x: mapHook("hook-x", "pre-install", 'helm.sh/hook-weight: "-2"'),
        w: mapHook("hook-w", "pre-install", 'helm.sh/hook-weight: "nothing"'),
        v: mapHook("hook-v", "pre-install", 'helm.sh/hook-weight: "+1"'),
        s: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook-y\n  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: '2'}\n",
      }),
    },
    ok("install web @web"),
  ],
  [
    "an event that is told twice",
    { web: chart({ a: map(), h: mapHook("hook-x", "pre-install,pre-install") }) },
    ok("install web @web"),
  ],
  [
    "an event that nobody knows",
    { web: chart({ a: map(), h: mapHook("hook-x", "pre-install,whenever") }) },
    ok("install web @web"),
  ],
  [
    "logs of what succeeds",
    {
      web: chart({
        h: hook("hook-x", "pre-install", { logs: "hook-succeeded" }),
        i: hook("hook-y", "post-install", { logs: "hook-failed" }),
      }),
    },
    ok("install web @web"),
  ],
  [
    "logs of what fails",
    {
      web: chart({
        g: hook("hook-w", "pre-install", { logs: "hook-succeeded", weight: "-1" }),
        h: hook("hook-x", "pre-install", { logs: "hook-failed", fate: "fail" }),
      }),
    },
    failed("install web @web"),
  ],
  ["a pod", { web: chart({ a: map(), p: POD }) }, ok("install web @web")],
  [
    "test hooks are kept and not run",
    { web: chart({ a: map(), t: POD.replace("pre-install", "test-success") }) },
    ok("install web @web"),
    ok("upgrade web @web"),
  ],
  [
    "a hook that somebody else made",
    { web: chart({ a: map(), h: mapHook("hook-x", "pre-install", 'helm.sh/hook-delete-policy: "hook-failed"') }) },
    post("/api/v1/namespaces/NS/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "hook-x" },
      data: { mine: "x" },
    }),
    ok("install web @web"),
  ],
  [
    "a hook in the way, client-side",
    { web: chart({ a: map(), h: mapHook("hook-x", "pre-install", 'helm.sh/hook-delete-policy: "hook-failed"') }) },
    post("/api/v1/namespaces/NS/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "hook-x" } }),
    failed("install web @web --server-side=false"),
  ],
  [
    "client-side hooks",
    { web: chart({ a: map(), h: mapHook("hook-x", ALL) }) },
    ok("install web @web --server-side=false"),
    ok("upgrade web @web"),
    ok("rollback web 1"),
    ok("uninstall web --keep-history"),
  ],
  [
    "before an upgrade fails",
    {
      web: chart({ a: map() }),
      bad: chart({ a: map("one", "{color: blue}"), h: hook("hook-x", "pre-upgrade", { fate: "fail" }) }),
    },
    ok("install web @web"),
    failed("upgrade web @bad"),
    ok("upgrade web @web"),
    ok("rollback web 1"),
  ],
  [
    "behind an upgrade fails",
    {
      web: chart({ a: map() }),
      bad: chart({
        a: map("one", "{color: blue}"),
        n: map("new"),
        h: hook("hook-x", "post-upgrade", { fate: "fail" }),
      }),
    },
    ok("install web @web"),
    failed("upgrade web @bad --cleanup-on-fail"),
    failed("upgrade web @bad --rollback-on-failure"),
  ],
  [
    "before a rollback fails",
    { web: chart({ a: map(), h: hook("hook-x", "pre-rollback", { fate: "fail" }) }) },
    ok("install web @web"),
    ok("upgrade web @web"),
    failed("rollback web 1"),
    ok("rollback web 2 --no-hooks"),
  ],
  [
    "behind a rollback fails",
    { web: chart({ a: map(), h: hook("hook-x", "post-rollback", { fate: "fail" }) }) },
    ok("install web @web"),
    ok("upgrade web @web"),
    failed("rollback web 1"),
    ok("uninstall web"),
  ],
  [
    "before an uninstall fails",
    { web: chart({ a: map(), h: hook("hook-x", "pre-delete", { fate: "fail" }) }) },
    ok("install web @web"),
    failed("uninstall web"),
    ok("uninstall web --no-hooks --keep-history"),
  ],
  [
    "behind an uninstall fails",
    { web: chart({ a: map(), h: hook("hook-x", "post-delete", { fate: "fail" }) }) },
    ok("install web @web"),
    failed("uninstall web --keep-history"),
    ok("uninstall web --no-hooks"),
  ],
  [
    "behind an uninstall fails, and no history is kept",
    { web: chart({ a: map(), h: hook("hook-x", "post-delete", { fate: "fail" }) }) },
    ok("install web @web"),
    failed("uninstall web"),
  ],
  [
    "an install that is undone runs hooks",
    {
      web: chart({
        a: map(),
        b: BAD,
        h: mapHook("hook-x", "pre-delete,post-delete"),
        p: mapHook("hook-p", "pre-install,post-install"),
      }),
    },
    failed("install web @web --rollback-on-failure"),
  ],
  [
    "an install whose undoing fails",
    { web: chart({ a: map(), b: BAD, h: hook("hook-x", "pre-delete", { fate: "fail" }) }) },
    failed("install web @web --rollback-on-failure"),
  ],
  [
    "an upgrade whose undoing fails",
    { web: chart({ a: map(), h: hook("hook-x", "pre-rollback", { fate: "fail" }) }), bad: chart({ a: map(), b: BAD }) },
    ok("install web @web"),
    failed("upgrade web @bad --rollback-on-failure"),
  ],
  [
    "a hook of a kind that nobody knows",
    {
      web: chart({
        a: map(),
        h: "apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: hook-x\n  annotations: {helm.sh/hook: pre-install}\n",
      }),
    },
    failed("install web @web"),
  ],
  [
    "a hook that is a workload",
    {
      web: chart(
        {
          a: map(),
          d: deployment("hooked", "never").replace(
            "name: web",
            "name: hook-d\n  annotations: {helm.sh/hook: pre-install}",
          ),
        },
        { "values.yaml": VALUES },
      ),
    },
    ok("install web @web"),
  ],
];

export const hooks: readonly Scenario[] = theme("hooks", rows);
