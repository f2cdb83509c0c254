import { BROKEN, chart, CRD, map, NEXT, RUNNING, SCHEMED, UNKNOWN, UNRENDERED, VALUES, WEB } from "./charts.ts";
import {
  failed,
  helm3,
  inConfigMaps,
  ok,
  patch,
  refused,
  remove,
  restatus,
  type Scenario,
  type ScenarioStep,
  theme,
} from "./scenario.ts";

const SHOW = map("one", "{values: {{ toJson .Values | quote }}}");
const OLD = chart({ a: SHOW }, { "values.yaml": "a: 1\nmap: {x: 1, y: {z: 2}}\nlist: [1, 2]\nold: true\n" });
const NEW = chart(
  { a: SHOW },
  {
    "values.yaml": "a: 9\nmap: {x: 9, n: 3}\nlist: [9]\nnew: true\n",
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.2.0\nappVersion: '7'\n",
  },
);
const VALUED = { old: OLD, new: NEW };
const SUBBED = {
  web: chart(
    { a: SHOW },
    {
      "Chart.yaml":
        "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: sub, version: 0.1.0, condition: sub.enabled}\n- {name: sub, version: 0.1.0, alias: other}\n",
      "values.yaml": "a: 1\nglobal: {g: 1}\nsub: {enabled: true, s: 2}\n",
      "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
      "charts/sub/values.yaml": "s: 1\nt: {u: 1}\n",
      "charts/sub/templates/a.yaml": map("{{ .Chart.Name }}-sub", "{values: {{ toJson .Values | quote }}}"),
    },
  ),
};

const reuse = theme("reuse", [
  ...["", " --reset-values", " --reuse-values", " --reset-then-reuse-values"].map(
    (how) =>
      [
        `upgrade${how}`,
        VALUED,
        ok("install web @old --set a=2,map.x=5,gone=1"),
        ok(`upgrade web @new${how}`),
        ok(`upgrade web @new${how} --set map.y.z=7,gone=null`),
        ok(`upgrade web @new${how} --set map=null,list[0]=4`),
        ok(`upgrade web @old${how}`),
      ] as const,
  ),
  [
    "of none",
    VALUED,
    ok("install web @old"),
    ok("upgrade web @new --reuse-values --set n=null"),
    ok("upgrade web @new --reset-then-reuse-values"),
    ok("upgrade web @old --reuse-values --set a=5"),
  ],
  [
    "all three at once",
    VALUED,
    ok("install web @old --set a=2"),
    ok("upgrade web @new --reset-then-reuse-values --reuse-values --set b=1"),
  ],
  [
    "a null that comes back",
    VALUED,
    ok("install web @old --set a=null"),
    ok("upgrade web @new --reuse-values --set map=null"),
    ok("upgrade web @new --reuse-values --set map=null"),
    ok("upgrade web @new"),
    ok("rollback web 2"),
  ],
  [
    "of sub-charts",
    SUBBED,
    ok("install web @web --set sub.s=5,other.t.u=6"),
    ok("upgrade web @web --reuse-values --set sub.enabled=false"),
    ok("upgrade web @web --reset-then-reuse-values --set global.g=null,other.t=null"),
    ok("upgrade web @web"),
  ],
  [
    "behind a failure",
    { ...VALUED, broken: BROKEN },
    ok("install web @old --set a=2"),
    failed("upgrade web @broken --set a=3"),
    ok("upgrade web @new --reuse-values --set b=1"),
    ok("upgrade web @new --reuse-values"),
  ],
  [
    "kinds of numbers",
    VALUED,
    ok([
      "install",
      "web",
      "@old",
      "--set",
      "i=1,f=1.5,e=1e3,n=null,t=true,s=007",
      "--set-json",
      'j={"i":1,"f":1.0,"big":12345678901234567890}',
    ]),
    ok("upgrade web @new --reuse-values --set-string i=1,k=true"),
    ok("upgrade web @new --reset-then-reuse-values"),
  ],
]);

const HISTORY = { web: WEB, broken: BROKEN, next: NEXT };
const up = (max: number, color: string): ScenarioStep =>
  ok(`upgrade web @web --history-max ${max} --set color=${color}`);
const history = theme("history", [
  [
    "a limit of one",
    HISTORY,
    ok("install web @web"),
    up(1, "a"),
    up(1, "b"),
    failed("upgrade web @broken --history-max 1"),
    up(1, "c"),
  ],
  [
    "a limit of two",
    HISTORY,
    ok("install web @web"),
    up(2, "a"),
    up(2, "b"),
    failed("upgrade web @broken --history-max 2"),
    failed("upgrade web @broken --history-max 2"),
    refused("rollback web --history-max 2"),
    ok("rollback web 3 --history-max 2"),
    refused("rollback web 1"),
  ],
  [
    "no limit, then a limit",
    HISTORY,
    ok("install web @web"),
    up(0, "a"),
    up(0, "b"),
    up(0, "c"),
    up(3, "d"),
    ok("rollback web 4 --history-max 2"),
  ],
  [
    "more than nine revisions",
    HISTORY,
    ok("install web @web"),
    ...["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map((one) => up(10, one)),
    ok("rollback web"),
    ok("uninstall web --keep-history"),
    refused("upgrade web @web --install"),
  ],
  [
    "a revision that is gone",
    HISTORY,
    ok("install web @web"),
    up(0, "a"),
    up(0, "b"),
    remove("/api/v1/namespaces/NS/secrets/sh.helm.release.v1.web.v2"),
    refused("rollback web"),
    refused("rollback web 2"),
    ok("rollback web 1"),
    ok("uninstall web"),
  ],
  [
    "rollbacks of rollbacks",
    HISTORY,
    ok("install web @web"),
    ok("upgrade web @next"),
    ok("rollback web"),
    ok("rollback web"),
    ok("rollback web 2 --description twice"),
    ok("uninstall web --keep-history"),
    ok("rollback web 1"),
    ok("uninstall web"),
  ],
  [
    "failures only",
    HISTORY,
    failed("install web @broken"),
    refused("install web @web"),
    ok("upgrade web @web"),
    failed("upgrade web @broken"),
    ok("rollback web 2"),
  ],
  [
    "a failure that stands alone, undone",
    HISTORY,
    failed("install web @broken"),
    failed("upgrade web @broken --rollback-on-failure"),
    ok("uninstall web --keep-history --description over"),
  ],
]);

const labels = theme("labels", [
  [
    "that stay, change and go",
    HISTORY,
    ok("install web @web -l team=a,tier=b"),
    ok("upgrade web @web -l tier=c"),
    ok("upgrade web @next -l team=null,new=1"),
    ok("rollback web 1"),
    ok("uninstall web --keep-history"),
  ],
  [
    "that the system has",
    HISTORY,
    refused("install web @web -l status=mine"),
    ok("install web @web"),
    refused("upgrade web @web -l createdAt=1"),
  ],
  [
    "that cannot be",
    HISTORY,
    refused("install web @web -l a=b@c"),
    ok("install web @web"),
    refused("upgrade web @web -l a=b@c"),
  ],
]);

const STATES = [
  "superseded",
  "uninstalled",
  "uninstalling",
  "unknown",
  "failed",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
];
const PENDING = /^pending/u;
const statuses = theme("status", [
  ...STATES.map((status) => {
    const upgradable = status === "superseded" || status === "failed";
    return [
      `a release that is ${status}`,
      HISTORY,
      ok("install web @web"),
      restatus(1, status),
      refused("install web @web"),
      upgradable ? ok("upgrade web @web") : refused("upgrade web @web"),
      ok("rollback web 1"),
    ] as const;
  }),
  ...STATES.slice(0, 5).map(
    (status) =>
      [
        `behind a good one, one that is ${status}`,
        HISTORY,
        ok("install web @web"),
        up(0, "a"),
        restatus(1, "deployed"),
        restatus(2, status),
        ok("upgrade web @next"),
        ok("uninstall web"),
      ] as const,
  ),
  ...STATES.filter((status) => !PENDING.test(status)).map(
    (status) =>
      [
        `uninstalls one that is ${status}`,
        HISTORY,
        ok("install web @web"),
        restatus(1, status),
        status === "uninstalled" ? refused("uninstall web --keep-history") : ok("uninstall web --keep-history"),
        ok("uninstall web"),
      ] as const,
  ),
]);

const dryRuns = theme("dry-run", [
  [
    "of an install",
    { web: WEB, unknown: UNKNOWN, unrendered: UNRENDERED, crds: { ...WEB, "crds/a.yaml": CRD } },
    ok("install web @web --dry-run=client"),
    ok("install web @web --dry-run=server"),
    ok("install web @unknown --dry-run=client"),
    refused("install web @unknown --dry-run=server"),
    refused("install web @unrendered --dry-run=client"),
    ok("install web @crds --dry-run=server --create-namespace"),
  ],
  [
    "of an install whose name is taken",
    HISTORY,
    ok("install web @web"),
    ok("install web @web --dry-run=client"),
    ok("install web @web --dry-run=server --replace"),
  ],
  [
    "of an upgrade",
    { ...HISTORY, unknown: UNKNOWN },
    refused("upgrade web @web --dry-run=client"),
    ok("upgrade web @web --dry-run=server --install"),
    ok("install web @web"),
    ok("upgrade web @next --dry-run=client"),
    ok("upgrade web @next --dry-run=server --description later"),
    refused("upgrade web @unknown --dry-run=client"),
  ],
  [
    "of what looks things up",
    { web: chart({ a: map("one", '{found: {{ len (lookup "v1" "ConfigMap" .Release.Namespace "") | quote }}}') }) },
    ok("install web @web --dry-run=client"),
    ok("install web @web"),
    ok("upgrade web @web"),
    ok("upgrade web @web --dry-run=server"),
  ],
  [
    "of an uninstall",
    HISTORY,
    ok("install web @web"),
    patch("/api/v1/namespaces/NS/configmaps/one", { metadata: { labels: { "app.kubernetes.io/managed-by": "me" } } }),
    ok("uninstall web --dry-run"),
  ],
]);

const three = theme("helm3", [
  [
    "upgraded as it is",
    { web: RUNNING },
    helm3("install web @web -l a=b"),
    ok("upgrade web @web --set color=blue"),
    ok("upgrade web @web --server-side=true --force-conflicts"),
    ok("rollback web 1"),
    ok("uninstall web --keep-history"),
  ],
  [
    "upgraded, and changed by others",
    { web: WEB },
    helm3("install web @web"),
    patch("/api/v1/namespaces/NS/configmaps/one", { data: { color: "grey", more: "x" } }),
    ok("upgrade web @web --set color=blue"),
    ok("rollback web 1 --server-side=true --force-conflicts"),
  ],
  [
    "back and forth",
    { web: WEB, next: NEXT },
    ok("install web @web"),
    helm3("upgrade web @next"),
    ok("upgrade web @web"),
    helm3("rollback web 1"),
    ok("upgrade web @next --server-side=true --force-conflicts"),
    ok("rollback web 2"),
  ],
  [
    "that failed",
    { web: WEB, broken: BROKEN },
    helm3("install web @web"),
    failed("upgrade web @broken"),
    ok("rollback web 1"),
    helm3("upgrade web @web"),
    ok("uninstall web"),
  ],
  [
    "that force cannot reach",
    { web: WEB },
    helm3("install web @web"),
    failed("upgrade web @web --force-conflicts"),
    ok("upgrade web @web --force-replace"),
  ],
]);

const drivers = theme("driver", [
  [
    "config maps",
    { web: WEB, next: NEXT, broken: BROKEN },
    ...[
      ok("install web @web -l a=b"),
      ok("upgrade web @next"),
      failed("upgrade web @broken"),
      ok("rollback web 1"),
      refused("rollback web 9"),
      ok("uninstall web --keep-history"),
      ok("uninstall web"),
    ].map(inConfigMaps),
  ],
  [
    "both, which do not know each other",
    { web: WEB },
    ok("install web @web"),
    inConfigMaps(refused("upgrade web @web")),
    inConfigMaps(ok("install web @web")),
    ok("uninstall web"),
  ],
  [
    "config maps with a limit",
    { web: WEB },
    ...[ok("install web @web"), up(2, "a"), up(2, "b"), ok("uninstall web")].map(inConfigMaps),
  ],
]);

const rendering = theme("rendering", [
  [
    "a schema",
    { web: SCHEMED },
    refused("install web @web --set color=toolong"),
    ok("install web @web"),
    refused("upgrade web @web --set color=toolong"),
    refused("upgrade web @web --set color=1"),
  ],
  ["what is not YAML", { web: chart({ a: "a: b: c\n" }) }, refused("install web @web")],
  ["what is no object", { web: chart({ a: "just: text\n" }) }, refused("install web @web")],
  [
    "nothing at all",
    { web: chart({ a: "{{/* nothing */}}\n" }) },
    ok("install web @web"),
    ok("upgrade web @web"),
    ok("rollback web"),
    ok("uninstall web"),
  ],
  [
    "lists, and several documents",
    {
      web: chart({
        a: `${map("one")}---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: three}}\n`,
      }),
    },
    ok("install web @web"),
    ok("upgrade web @web"),
    ok("uninstall web"),
  ],
  [
    "an object of another namespace",
    { web: chart({ a: map(), b: map("two").replace("name: two", "name: two\n  namespace: not-there") }) },
    failed("install web @web"),
  ],
  [
    "what tells its release",
    { web: chart({ a: map("one", "{it: {{ toJson .Release | quote }}}") }) },
    ok("install web @web"),
    ok("upgrade web @web"),
    ok("upgrade web @web --install"),
    ok("rollback web 1"),
  ],
  [
    "notes",
    {
      web: chart(
        { a: map() },
        { "values.yaml": VALUES, "templates/NOTES.txt": "{{ .Release.Revision }} <&> {{ .Values.color }}\n" },
      ),
    },
    ok("install web @web"),
    ok("upgrade web @web --set color=blue"),
    ok("rollback web 1"),
    ok("uninstall web --keep-history"),
  ],
]);

export const records: readonly Scenario[] = [
  ...reuse,
  ...history,
  ...labels,
  ...statuses,
  ...dryRuns,
  ...three,
  ...drivers,
  ...rendering,
];
