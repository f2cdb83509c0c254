import { BAD, BROKEN, chart, CRD, deployment, map, NEXT, noted, RUNNING, SERVICE, THING, WEB } from "./charts.ts";
import { failed, ok, patch, post, refused, remove, type Scenario, type ScenarioStep, theme } from "./scenario.ts";

const MAPS = "/api/v1/namespaces/NS/configmaps";
const DEPLOYMENT = "/apis/apps/v1/namespaces/NS/deployments/web";
const foreign = (
  more: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): ScenarioStep =>
  post(MAPS, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "one", labels, annotations: more },
    data: { color: "grey", mine: "x" },
  });
const owned = { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "@NS@" };
const managed = { "app.kubernetes.io/managed-by": "Helm" };
const one = { web: chart({ a: map() }), two: chart({ a: map(), b: map("two") }) };

const adoption = theme("adoption", [
  ["of nobody's object", one, foreign(), refused("install web @web")],
  [
    "of another release's",
    one,
    foreign({ ...owned, "meta.helm.sh/release-name": "other" }, managed),
    refused("install web @web"),
    failed("install web @web --take-ownership"),
  ],
  ["of one without a label", one, foreign(owned), refused("install web @web")],
  [
    "of another namespace's",
    one,
    foreign({ ...owned, "meta.helm.sh/release-namespace": "other" }, managed),
    refused("install web @web"),
  ],
  ["of one's own", one, foreign(owned, managed), failed("install web @web"), refused("install web @web")],
  ["of one's own, by force", one, foreign(owned, managed), ok("install web @web --force-conflicts")],
  ["of one's own, client-side", one, foreign(owned, managed), ok("install web @web --server-side=false")],
  ["taken by force", one, foreign(), ok("install web @web --take-ownership --force-conflicts")],
  [
    "taken and replaced, client-side",
    one,
    foreign(),
    ok("install web @web --take-ownership --force-replace --server-side=false"),
  ],
  ["taken and replaced, which cannot be", one, foreign(), failed("install web @web --take-ownership --force-replace")],
  [
    "by an upgrade, refused",
    { ...one, web: chart({ a: map("zero") }) },
    ok("install web @web"),
    foreign(),
    refused("upgrade web @two"),
    ok("upgrade web @two --take-ownership --force-conflicts"),
  ],
  [
    "by an upgrade, of one's own",
    { ...one, web: chart({ a: map("zero") }) },
    ok("install web @web"),
    foreign(owned, managed),
    failed("upgrade web @two"),
    ok("upgrade web @two --force-conflicts"),
  ],
  [
    "by an upgrade, of what an older revision wrote client-side",
    { web: WEB, next: NEXT, broken: BROKEN },
    ok("install web @next --server-side=false"),
    failed("upgrade web @broken --force-conflicts"),
    ok("install web @web --replace"),
    ok("upgrade web @next --server-side=true --force-conflicts"),
  ],
  [
    "by a rollback, which asks nobody",
    one,
    ok("install web @two"),
    ok("upgrade web @web"),
    post(MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "two" }, data: { color: "red" } }),
    ok("rollback web 1"),
  ],
]);

const crds = theme("crds", [
  [
    "that come",
    { web: chart({ t: THING }, { "crds/a.yaml": CRD }) },
    ok("install web @web"),
    ok("upgrade web @web --set color=blue"),
    ok("uninstall web"),
  ],
  [
    "that come client-side",
    { web: chart({ t: THING }, { "crds/a.yaml": CRD }) },
    ok("install web @web --server-side=false"),
    ok("upgrade web @web --set color=blue"),
    ok("uninstall web"),
  ],
  [
    "that are there",
    { web: chart({ t: THING }, { "crds/a.yaml": CRD }) },
    ok("install web @web"),
    ok("uninstall web"),
    ok("install web @web"),
  ],
  [
    "that are there, client-side",
    { web: chart({ t: THING }, { "crds/a.yaml": CRD }) },
    ok("install web @web"),
    ok("uninstall web"),
    ok("install web @web --server-side=false"),
  ],
  ["that are skipped", { web: chart({ t: THING }, { "crds/a.yaml": CRD }) }, refused("install web @web --skip-crds")],
  [
    "of a dry run",
    { web: chart({ a: map() }, { "crds/a.yaml": CRD }) },
    ok("install web @web --dry-run=server"),
    ok("install web @web --dry-run=client"),
  ],
  [
    "that the server refuses",
    { web: chart({ a: map() }, { "crds/a.yaml": CRD.replace("Namespaced", "Wrong") }) },
    refused("install web @web"),
  ],
  ["that are none", { web: chart({ a: map() }, { "crds/a.yaml": "# nothing\n" }) }, refused("install web @web")],
  ["that cannot be read", { web: chart({ a: map() }, { "crds/a.yaml": "a: b: c\n" }) }, refused("install web @web")],
  [
    "whose release fails",
    { web: chart({ a: map(), b: BAD }, { "crds/a.yaml": CRD }) },
    failed("install web @web --rollback-on-failure"),
  ],
  [
    "among templates",
    { web: chart({ c: CRD }), more: chart({ c: CRD, t: THING }) },
    ok("install web @web --wait"),
    ok("upgrade web @more"),
    ok("rollback web 1"),
  ],
  [
    "that others changed",
    { web: chart({ a: map() }, { "crds/a.yaml": CRD }) },
    ok("install web @web"),
    ok("uninstall web"),
    patch("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.NS.example.com", {
      spec: { names: { shortNames: ["th"], singular: "thingy" } },
    }),
    refused("install web @web"),
    ok("install web @web --force-conflicts"),
  ],
  [
    "whose kind is gone when the release goes",
    { web: chart({ a: map(), t: THING }, { "crds/a.yaml": CRD }) },
    ok("install web @web"),
    remove("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.NS.example.com"),
    { kind: "until", path: "/apis/NS.example.com/v1", there: false },
    refused("upgrade web @web"),
    failed("rollback web 1"),
    failed("uninstall web --keep-history"),
  ],
]);

const scale = (replicas: number, manager = "kubectl"): ScenarioStep =>
  patch(`${DEPLOYMENT}/scale`, { spec: { replicas } }, { manager });
const recolor = patch(`${MAPS}/one`, { data: { color: "grey", more: "y" } });
const RUN = { web: RUNNING };
const conflicts = theme("conflicts", [
  [
    "replicas that a person scaled",
    RUN,
    ok("install web @web"),
    scale(3),
    failed("upgrade web @web"),
    failed("rollback web 1"),
    ok("upgrade web @web --force-conflicts"),
    ok("upgrade web @web"),
  ],
  [
    "replicas that an autoscaler scaled",
    RUN,
    ok("install web @web"),
    scale(3, "kube-controller-manager"),
    failed("upgrade web @web --set color=blue"),
    ok("rollback web 1 --force-conflicts"),
  ],
  [
    "of two objects",
    RUN,
    ok("install web @web"),
    scale(3),
    recolor,
    failed("upgrade web @web --set color=blue"),
    failed("upgrade web @web --set color=blue --rollback-on-failure --timeout 20s"),
    ok("upgrade web @web --force-conflicts --set color=green"),
  ],
  [
    "of a field that becomes another's",
    { web: WEB },
    ok("install web @web"),
    patch(
      `${MAPS}/one`,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" }, data: { more: "x", color: "red" } },
      { patch: "apply" },
    ),
    ok("upgrade web @web"),
    failed("upgrade web @web --set color=blue"),
    ok("upgrade web @web --set color=blue --force-conflicts"),
  ],
  [
    "that nobody has: drift, client-side",
    { web: WEB },
    ok("install web @web --server-side=false"),
    recolor,
    ok("upgrade web @web"),
    recolor,
    ok("rollback web 1"),
  ],
  [
    "that force what is client-side",
    { web: WEB },
    ok("install web @web --server-side=false"),
    failed("upgrade web @web --force-conflicts"),
    failed("rollback web 1 --force-conflicts"),
  ],
  [
    "with cleaning up",
    { web: RUNNING, more: { ...RUNNING, ...chart({ n: map("new"), p: SERVICE }) } },
    ok("install web @web"),
    recolor,
    failed("upgrade web @more --cleanup-on-fail --set color=blue"),
    failed("upgrade web @more --set color=blue"),
    ok("upgrade web @more --force-conflicts"),
  ],
  [
    "of an object that was deleted",
    { web: WEB },
    ok("install web @web"),
    remove(`${MAPS}/one`),
    ok("upgrade web @web"),
    remove(`${MAPS}/one`),
    ok("rollback web 1"),
    remove(`${MAPS}/one`),
    ok("uninstall web"),
  ],
  [
    "over labels of ownership",
    { web: WEB },
    ok("install web @web"),
    patch(`${MAPS}/one`, { metadata: { labels: { "app.kubernetes.io/managed-by": "me" } } }),
    failed("upgrade web @web"),
    ok("uninstall web"),
  ],
]);

const immutable = theme("immutable", [
  [
    "a selector",
    { web: RUNNING, other: { ...RUNNING, ...chart({ d: deployment("other") }) } },
    ok("install web @web"),
    failed("upgrade web @other"),
    failed("upgrade web @other --rollback-on-failure --timeout 20s"),
    failed("rollback web 2"),
    ok("rollback web 1"),
  ],
  [
    "a selector, client-side",
    { web: RUNNING, other: { ...RUNNING, ...chart({ d: deployment("other") }) } },
    ok("install web @web --server-side=false"),
    failed("upgrade web @other"),
    failed("rollback web 2 --cleanup-on-fail"),
    ok("upgrade web @web"),
  ],
  [
    "a map that says so",
    {
      web: chart({ a: `${map()}immutable: true\n` }),
      other: chart({ a: `${map("one", "{color: blue}")}immutable: true\n`, b: map("two") }),
    },
    ok("install web @web"),
    failed("upgrade web @other"),
    failed("upgrade web @other --cleanup-on-fail"),
    failed("upgrade web @other --rollback-on-failure"),
  ],
  [
    "a map that says so, replaced",
    {
      web: chart({ a: `${map()}immutable: true\n` }),
      other: chart({ a: `${map("one", "{color: blue}")}immutable: true\n` }),
    },
    ok("install web @web --server-side=false"),
    failed("upgrade web @other --force-replace"),
    ok("uninstall web"),
  ],
  [
    "a cluster IP",
    {
      web: chart({ s: SERVICE }),
      other: chart({ s: SERVICE.replace("spec:\n", "spec:\n  clusterIP: 10.96.77.77\n") }),
    },
    ok("install web @web"),
    failed("upgrade web @other"),
    ok("upgrade web @web"),
  ],
  [
    "what is wrong twice",
    { web: WEB, bad: chart({ a: BAD, b: BAD.replace("bad", "worse"), c: map("two") }) },
    ok("install web @web"),
    failed("upgrade web @bad"),
    failed("rollback web 2"),
    ok("rollback web 1"),
  ],
]);

const keep = "helm.sh/resource-policy: keep";
const removal = theme("removal", [
  [
    "of what a chart drops",
    { web: NEXT, less: WEB },
    ok("install web @web"),
    ok("upgrade web @less"),
    ok("rollback web 1"),
  ],
  [
    "of what is kept",
    { web: chart({ a: map(), k: noted("kept", keep) }), less: chart({ a: map() }) },
    ok("install web @web"),
    ok("upgrade web @less"),
    ok("upgrade web @web"),
    ok("uninstall web"),
  ],
  [
    "of what says delete",
    { web: chart({ a: map(), k: noted("kept", "helm.sh/resource-policy: delete") }) },
    ok("install web @web"),
    ok("uninstall web"),
  ],
  [
    "of what somebody kept",
    { web: chart({ a: map(), k: map("kept") }), less: chart({ a: map() }) },
    ok("install web @web"),
    patch(`${MAPS}/kept`, { metadata: { annotations: { "helm.sh/resource-policy": "keep" } } }),
    ok("upgrade web @less"),
    ok("upgrade web @web --take-ownership"),
    ok("uninstall web"),
  ],
  [
    "of what somebody else owns by now",
    { web: chart({ a: map(), b: map("two") }) },
    ok("install web @web"),
    patch(`${MAPS}/one`, { metadata: { annotations: { "meta.helm.sh/release-name": "other" } } }),
    ok("uninstall web --keep-history"),
  ],
  [
    "of what is held",
    { web: chart({ a: map().replace("  name: one", "  name: one\n  finalizers: [example.com/hold]") }) },
    ok("install web @web"),
    ok("uninstall web"),
    patch(`${MAPS}/one`, { metadata: { finalizers: null } }),
  ],
  [
    "of everything",
    { web: chart({}), more: WEB },
    ok("install web @more"),
    ok("upgrade web @web"),
    ok("rollback web 1"),
    ok("uninstall web"),
  ],
  [
    "with a version that moves",
    {
      web: chart({
        r: "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: h\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}}\n",
      }),
      other: chart({
        r: "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: h\nspec: {maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}}\n",
      }),
    },
    ok("install web @web"),
    ok("upgrade web @other"),
    ok("rollback web 1"),
  ],
]);

const waits = theme("waiting", [
  [
    "for what runs",
    { web: RUNNING },
    ok("install web @web --wait --timeout 20s"),
    ok("upgrade web @web --wait --wait-for-jobs --set image=other --timeout 20s"),
    ok("rollback web 1 --wait --timeout 20s"),
    ok("uninstall web --wait --timeout 20s"),
  ],
  [
    "for what never runs, undone",
    { web: RUNNING, never: { ...RUNNING, ...chart({ d: deployment("web", "never") }) } },
    ok("install web @web"),
    failed("upgrade web @never --wait --timeout 8s --rollback-on-failure"),
  ],
  [
    "for what never runs, rolled back to",
    { web: RUNNING, never: { ...RUNNING, ...chart({ d: deployment("web", "never") }) } },
    ok("install web @never"),
    ok("upgrade web @web"),
    failed("rollback web 1 --wait --timeout 2s"),
    ok("rollback web 2"),
  ],
  [
    "for jobs",
    {
      web: chart({
        j: "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: work\nspec:\n  backoffLimit: 0\n  template:\n    metadata: {labels: {oracle/fate: fail}}\n    spec: {restartPolicy: Never, containers: [{name: c, image: x}]}\n",
      }),
    },
    failed("install web @web --wait --wait-for-jobs --timeout 10s"),
  ],
]);

const namespaces = theme("namespace", [
  ["that is there", { web: WEB }, ok("install web @web --create-namespace")],
  [
    "that somebody labelled",
    { web: WEB },
    patch("/api/v1/namespaces/NS", { metadata: { labels: { name: "mine" } } }),
    refused("install web @web --create-namespace"),
    ok("install web @web --create-namespace --server-side=false"),
  ],
  ["whose install fails", { web: BROKEN }, failed("install web @web --create-namespace --description gone")],
]);

export const objects: readonly Scenario[] = [
  ...adoption,
  ...crds,
  ...conflicts,
  ...immutable,
  ...removal,
  ...waits,
  ...namespaces,
];
