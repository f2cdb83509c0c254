import {
  BAD,
  BROKEN,
  chart,
  CRD,
  deployment,
  hook,
  map,
  NEVER,
  NEXT,
  RUNNING,
  SCHEMED,
  SERVICE,
  UNKNOWN,
  UNRENDERED,
  VALUES,
  WEB,
} from "./charts.ts";
import { failed, ok, patch, type OutcomeClass, refused, type Scenario, type ScenarioStep } from "./scenario.ts";

// Each flag of each command with each outcome: the rows of the matrix, of which the themes fill more.

const FILES = { "extra.yaml": "color: green\nlist: [1, 2.5, x]\n", "note.txt": "line 1\nline 2\n" };
const NOTES = { "templates/NOTES.txt": "hello {{ .Release.Name }}\n" };
const SUB = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: sub, version: 0.1.0}]\n",
  "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
  "charts/sub/templates/NOTES.txt": "sub of {{ .Release.Name }}\n",
  "charts/sub/templates/a.yaml": map("sub"),
};
const CHARTS = {
  web: { ...WEB, ...FILES, ...NOTES },
  next: { ...NEXT, ...FILES, ...NOTES },
  sub: { ...WEB, ...SUB },
  subbroken: { ...BROKEN, ...SUB },
  broken: { ...BROKEN, ...FILES },
  unrendered: { ...UNRENDERED, ...FILES },
  unknown: { ...UNKNOWN, ...FILES },
  never: NEVER,
  running: RUNNING,
  schemed: SCHEMED,
  crds: { ...WEB, "crds/a.yaml": CRD },
  hookfail: chart({ a: map(), h: hook("hook", "pre-install,pre-upgrade,pre-rollback", { fate: "fail" }) }),
  hookslow: chart({ a: map(), h: hook("hook", "pre-install,pre-upgrade", { fate: "never" }) }),
  immutable: chart({ a: map(), d: deployment("other") }, { "values.yaml": VALUES }),
  delfail: chart({ a: map(), h: hook("hook", "pre-delete", { fate: "fail" }) }),
  held: chart({
    a: map().replace("  name: one", "  name: one\n  finalizers: [example.com/hold]"),
  }),
  crdin: chart({ a: map() }),
  badnew: chart({ a: map(), b: BAD, s: SERVICE }),
};
type ChartName = keyof typeof CHARTS;

/** A flag with what it is asked with; `undefined` where an outcome is told elsewhere. */
interface Row {
  readonly flag: string;
  readonly success?: string | undefined;
  readonly refused?: string | undefined;
  readonly failed?: string | undefined;
}

/** Rows that install and upgrade share; a text is a chart, and more words. */
const RENDERED: readonly Row[] = [
  { flag: "--create-namespace" },
  { flag: "--disable-openapi-validation" },
  { flag: "--enable-dns" },
  { flag: "--labels team=a,tier=b", refused: "web" },
  { flag: "--render-subchart-notes", success: "sub", failed: "subbroken" },
  { flag: "--rollback-on-failure", success: "running --timeout 20s" },
  { flag: "--set color=green,n=1,big=12345678901,list={a,b}" },
  { flag: "--set-file note=+web/note.txt" },
  { flag: '--set-json x={"a":[1,2.5,null]}' },
  { flag: "--set-literal color=a,b" },
  { flag: "--set-string color=1" },
  { flag: "--skip-crds", success: "crds" },
  { flag: "--skip-schema-validation --set color=toolong", success: "schemed" },
  { flag: "--take-ownership" },
  { flag: "-f +web/extra.yaml" },
  { flag: "--description all_is_well" },
  { flag: "--no-hooks", success: "hookfail" },
  { flag: "--timeout 2s", failed: "hookslow" },
  { flag: "--wait=hookOnly", failed: "hookfail" },
  { flag: "--wait=watcher --timeout 20s", success: "running", failed: "never --timeout 2s" },
  { flag: "--wait=legacy --timeout 20s", success: "running", failed: "never --timeout 2s" },
  { flag: "--wait-for-jobs" },
  { flag: "--server-side=true" },
  { flag: "--server-side=false" },
];
const DRY: readonly Row[] = [{ flag: "--dry-run=client", refused: "unrendered" }, { flag: "--dry-run=server" }];

const INSTALLED: readonly Row[] = [...RENDERED, ...DRY, { flag: "--force-conflicts" }, { flag: "--force-replace" }];
const UPGRADED: readonly Row[] = [
  ...RENDERED,
  ...DRY,
  { flag: "--server-side=auto" },
  { flag: "--cleanup-on-fail" },
  { flag: "--history-max 1" },
  { flag: "--install" },
  { flag: "--reset-values" },
  { flag: "--reuse-values" },
  { flag: "--reset-then-reuse-values" },
  { flag: "--force-conflicts" },
];

/** The charts that a row's outcomes name. */
function chartsOf(steps: readonly ScenarioStep[]): Scenario["charts"] {
  const said = JSON.stringify(steps);
  return Object.fromEntries(Object.entries(CHARTS).filter(([name]) => new RegExp(`[@+]${name}\\b`, "u").test(said)));
}

function scenario(title: string, ...steps: readonly ScenarioStep[]): Scenario {
  return { theme: "flags", title, charts: chartsOf(steps), steps };
}

const END = { success: ok, refused, failed } as const;
const DEFAULTS = {
  install: { success: "web", refused: "unknown", failed: "broken" },
  upgrade: { success: "next", refused: "unknown", failed: "broken" },
} as const satisfies Record<string, Record<string, ChartName>>;

/** What a row asks for one outcome. */
function asked(action: "install" | "upgrade", row: Row, outcome: OutcomeClass): ScenarioStep {
  const [name = "", ...more] = (row[outcome] ?? DEFAULTS[action][outcome]).split(" ");
  const flag = outcome === "refused" && row.refused === "web" ? "--labels owner=me" : row.flag;
  const holder = ["web", "next", "broken", "unrendered", "unknown"].includes(name) ? name : "web";
  const words = [action, "web", `@${name}`, ...flag.split(" "), ...more];
  return END[outcome](words.map((word) => word.replace("+web/", `+${holder}/`)));
}

const isDry = (row: Row): boolean => row.flag.startsWith("--dry-run");

const installs = INSTALLED.flatMap((row) => [
  scenario(`install ${row.flag}`, asked("install", row, "refused"), asked("install", row, "success")),
  ...(isDry(row) ? [] : [scenario(`install ${row.flag}, failed`, asked("install", row, "failed"))]),
]);

const upgrades = UPGRADED.map((row) =>
  scenario(
    `upgrade ${row.flag}`,
    ok("install web @web --set color=pink"),
    asked("upgrade", row, "refused"),
    asked("upgrade", row, "success"),
    ...(isDry(row) ? [] : [asked("upgrade", row, "failed")]),
  ),
);

const install = ok("install web @running");
const upgraded = ok("upgrade web @running --set image=other,color=blue");
/** A revision that cannot be gone back to: its selector is another. */
const immutable = failed("upgrade web @immutable");

const ROLLED: readonly string[] = [
  "--description back",
  "--force-conflicts",
  "--no-hooks",
  "--timeout 20s",
  "--wait=hookOnly",
  "--wait=watcher",
  "--wait=legacy",
  "--wait-for-jobs",
  "--server-side=true",
  "--server-side=false",
  "--server-side=auto",
  "--cleanup-on-fail",
  "--history-max 2",
];

const rollbacks: readonly Scenario[] = [
  ...ROLLED.flatMap((flag) => [
    scenario(
      `rollback ${flag}, success and refused`,
      install,
      upgraded,
      ok(`rollback web 1 ${flag}`),
      refused(`rollback web 9 ${flag}`),
    ),
    scenario(`rollback ${flag}, failed`, install, immutable, failed(`rollback web 2 ${flag}`)),
  ]),
  ...["client", "server"].map((how) =>
    scenario(
      `rollback --dry-run=${how}`,
      install,
      upgraded,
      ok(`rollback web --dry-run=${how}`),
      ok(`rollback web 1 --dry-run=${how}`),
      refused(`rollback web 9 --dry-run=${how}`),
      refused(`rollback web 2 --dry-run=${how} --description ${"x".repeat(257)}`),
    ),
  ),
  scenario(
    "rollback --force-replace",
    // Without a Deployment: its controller writes between helm's GET and PUT now and then.
    ok("install web @web --server-side=false"),
    ok("upgrade web @next"),
    ok("rollback web 1 --force-replace"),
    refused("rollback web 9 --force-replace"),
    failed("upgrade web @broken --force-replace"),
    failed("rollback web 4 --force-replace"),
  ),
];

const REMOVED: readonly string[] = [
  "--cascade=background",
  "--cascade=foreground",
  "--cascade=orphan",
  "--description gone",
  "--timeout 20s",
  "--wait=hookOnly",
  "--wait=watcher",
  "--wait=legacy",
];

const uninstalls: readonly Scenario[] = [
  ...REMOVED.flatMap((flag) => [
    scenario(
      `uninstall ${flag}, success and refused`,
      ok("install web @running"),
      ok(`uninstall web --keep-history ${flag}`),
      refused(`uninstall web --keep-history ${flag}`),
      ok(`uninstall web ${flag}`),
    ),
    scenario(`uninstall ${flag}, failed`, ok("install web @delfail"), failed(`uninstall web ${flag}`)),
  ]),
  scenario(
    "uninstall --keep-history and --ignore-not-found",
    ok("uninstall web --ignore-not-found"),
    ok("uninstall web --ignore-not-found --keep-history"),
    ok("install web @delfail --set a=1"),
    failed("uninstall web --keep-history --ignore-not-found"),
    refused("uninstall web --keep-history"),
    ok("uninstall web --keep-history --no-hooks"),
    refused("uninstall web --keep-history --ignore-not-found --no-hooks"),
  ),
  scenario(
    "uninstall --dry-run",
    refused("uninstall web --dry-run"),
    ok("uninstall web --dry-run --ignore-not-found"),
    ok("install web @delfail"),
    ok("uninstall web --dry-run"),
  ),
  scenario(
    "uninstall --no-hooks of what stays",
    ok("install web @held"),
    failed("uninstall web --no-hooks --wait=watcher --timeout 2s"),
    patch("/api/v1/namespaces/NS/configmaps/one", { metadata: { finalizers: null } }),
  ),
];

const odd: readonly Scenario[] = [
  scenario(
    "install --replace",
    ok("install web @web --replace"),
    refused("install web @web --replace"),
    ok("uninstall web --keep-history"),
    ok("install web @next --replace --set color=blue"),
    ok("uninstall web --keep-history"),
    failed("install web @broken --replace"),
    ok("install web @web --replace --take-ownership"),
  ),
  scenario(
    "upgrade --install, once for all",
    ok("upgrade web @web --install --labels a=b"),
    ok("upgrade web @next --install"),
    ok("uninstall web --keep-history"),
    ok("upgrade web @web --install"),
  ),
  scenario("upgrade --install of what fails", failed("upgrade web @broken --install")),
  scenario("upgrade --install of what is refused", refused("upgrade web @unknown --install")),
  scenario("upgrade --install --rollback-on-failure", failed("upgrade web @badnew --install --rollback-on-failure")),
  scenario(
    "upgrade --force-replace",
    ok("install web @web --server-side=false"),
    ok("upgrade web @next --force-replace --set color=blue"),
    refused("upgrade web @unknown --force-replace"),
    failed("upgrade web @broken --force-replace"),
  ),
];

export const flags: readonly Scenario[] = [...installs, ...upgrades, ...rollbacks, ...uninstalls, ...odd];
