import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ActionRequest } from "../../engine/action/request.ts";
import type { JsonValue } from "../../engine/errors.ts";
import { memberAt } from "../../engine/object/json.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { createHelm, runProgram } from "../support/helm.ts";
import { type ChartSources, install, rollback, uninstall, upgrade } from "../support/operation.ts";
import { buildTool } from "./build.ts";
import { errorOf, messageOf, openSides, type SeenRecord, type TwoSides } from "./two-sides.ts";

const helm = createHelm();
const helm3 = join(buildTool("helm3"), "helm");
const GROUP = `/apis/sides${Date.now().toString(36)}.example.com/v1`;
const API = GROUP.slice("/apis/".length);
let cluster: OpenCluster;
let sides: TwoSides;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  sides = openSides(cluster);
  await sides.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd("things", "Thing"));
  await until(async () => (await sides.send("GET", `${GROUP}/things`)) !== undefined);
});
afterAll(async () => {
  await cluster.close();
});

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it does not come");
}

function crd(plural: string, kind: string): JsonValue {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${API.split("/")[0]}` },
    spec: {
      group: API.split("/")[0] ?? "",
      scope: "Namespaced",
      names: { plural, kind },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  strategy: {{ toJson .Values.strategy }}
  selector: {matchLabels: {app: {{ .Values.app }}}}
  template:
    metadata:
      labels: {app: {{ .Values.app }}}
    spec:
      containers:
      - name: c
        image: nginx
        env: {{ toJson .Values.env }}
        ports: {{ toJson .Values.ports }}
`;
const VALUES = `replicas: 2
color: red
app: web
strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
env: [{name: A, value: a}, {name: B, value: b}]
ports: [{containerPort: 80}]
`;
const MAP =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata: {color: {{ .Values.color }}, {{ .Values.color }}: x}\n";
const THING = `apiVersion: ${API}\nkind: Thing\nmetadata:\n  name: {{ .Release.Name }}\nspec: {color: {{ .Values.color }}, same: 1}\n`;
const SERVICE =
  "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  selector: {app: web}\n  ports: [{port: 80, name: {{ .Values.color }}}]\n";
const WEB: ChartSources = {
  "values.yaml": VALUES,
  "templates/deploy.yaml": DEPLOYMENT,
  "templates/map.yaml": MAP,
  "templates/thing.yaml": THING,
  "templates/service.yaml": SERVICE,
};
const JOB = (policy: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-delete-policy: ${policy}\nspec:\n  backoffLimit: 0\n  template:\n    metadata: {labels: {oracle/fate: end}}\n    spec: {restartPolicy: Never, containers: [{name: c, image: x}]}\n`;

const OBJECTS = [
  "/apis/apps/v1/namespaces/NS/deployments/web",
  "/api/v1/namespaces/NS/configmaps/web",
  "/api/v1/namespaces/NS/services/web",
  "/apis/batch/v1/namespaces/NS/jobs/hook",
  `${GROUP}/namespaces/NS/things/web`,
];

/** What both sides do next, in namespaces of their own. */
type Turn =
  | {
      readonly helm: readonly string[];
      readonly ours: (namespace: string) => ActionRequest;
      /** Helm 3 does it on both sides. */
      readonly three?: boolean;
    }
  | { readonly poke: (namespace: string) => Promise<unknown> };

interface Scene {
  readonly title: string;
  /** Charts by name; helm's arguments name their folders. */
  readonly charts: Readonly<Record<string, ChartSources>>;
  readonly turns: readonly Turn[];
}

const CSA = "--server-side=false";
const web = { web: WEB };
const first: Turn = {
  helm: ["install", "web", "@web", CSA],
  ours: (namespace) => install("web", "web", { namespace, serverSide: false }),
};
const applied: Turn = { helm: ["install", "web", "@web"], ours: (namespace) => install("web", "web", { namespace }) };
/** Others change what the chart says, and what it does not say. */
const drift: Turn = {
  poke: async (namespace) => {
    const [deployment, map, service, , thing] = OBJECTS.map((path) => path.replaceAll("NS", namespace));
    const strategic = { type: "application/strategic-merge-patch+json", manager: "somebody" };
    const merge = { type: "application/merge-patch+json", manager: "somebody" };
    await sides.send(
      "PATCH",
      deployment ?? "",
      {
        spec: {
          replicas: 7,
          template: {
            spec: {
              containers: [
                { name: "side", image: "side" },
                { name: "c", env: [{ name: "Z", value: "z" }] },
              ],
            },
          },
        },
      },
      strategic,
    );
    await sides.send(
      "PATCH",
      map ?? "",
      { metadata: { labels: { mine: "x" } }, data: { color: "grey", more: "y" } },
      merge,
    );
    await sides.send("PATCH", service ?? "", { spec: { ports: [{ port: 81, name: "other" }] } }, strategic);
    await sides.send("PATCH", thing ?? "", { spec: { color: "grey", same: 2, more: true } }, merge);
  },
};
/** The Deployment's controller has nothing more to write: it would come between helm's reading and replacing. */
const settled: Turn = {
  poke: async (namespace) => {
    const path = (OBJECTS[0] ?? "").replaceAll("NS", namespace);
    let quiet = 0;
    let before: JsonValue | undefined;
    for (let look = 0; look < 100 && quiet < 6; look++) {
      const version = memberAt(await sides.send("GET", path), "metadata", "resourceVersion");
      quiet = version === before ? quiet + 1 : 0;
      before = version;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  },
};
/** Objects of the release's names that belong to nobody. */
const foreign: Turn = {
  poke: async (namespace) => {
    await sides.send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web", labels: { mine: "x" } },
      data: { color: "grey", mine: "y" },
    });
    await sides.send("POST", `${GROUP}/namespaces/${namespace}/things`, {
      apiVersion: API,
      kind: "Thing",
      metadata: { name: "web" },
      spec: { color: "grey", mine: true },
    });
  },
};
const change = "color=blue,replicas=3,env[0].name=B,env[0].value=b,env[1].name=C,env[1].value=c,strategy=null";
const CHANGED = {
  color: "blue",
  replicas: 3,
  env: [
    { name: "B", value: "b" },
    { name: "C", value: "c" },
  ],
  strategy: null,
};

const SCENES: readonly Scene[] = [
  {
    title: "a client-side release, changed by others, upgraded and rolled back",
    charts: web,
    turns: [
      first,
      { helm: ["upgrade", "web", "@web"], ours: (namespace) => upgrade("web", "web", { namespace }) },
      drift,
      {
        helm: ["upgrade", "web", "@web", "--set", "color=blue"],
        ours: (namespace) => upgrade("web", "web", { namespace, values: { color: "blue" } }),
      },
      drift,
      {
        helm: ["upgrade", "web", "@web", "--set", change],
        ours: (namespace) => upgrade("web", "web", { namespace, values: CHANGED }),
      },
      { helm: ["rollback", "web", "1"], ours: (namespace) => rollback("web", 1, { namespace }) },
    ],
  },
  {
    title: "client-side, server-side, client-side again, and back",
    charts: web,
    turns: [
      first,
      drift,
      {
        helm: ["upgrade", "web", "@web", "--server-side=true", "--force-conflicts", "--set", "color=blue"],
        ours: (namespace) =>
          upgrade("web", "web", { namespace, serverSide: true, forceConflicts: true, values: { color: "blue" } }),
      },
      {
        helm: ["upgrade", "web", "@web", CSA, "--set", "color=green"],
        ours: (namespace) => upgrade("web", "web", { namespace, serverSide: false, values: { color: "green" } }),
      },
      { helm: ["rollback", "web", "2"], ours: (namespace) => rollback("web", 2, { namespace }) },
      {
        helm: ["rollback", "web", "1", "--server-side=auto"],
        ours: (namespace) => rollback("web", 1, { namespace, serverSide: "auto" }),
      },
      {
        helm: ["rollback", "web", "1", "--server-side=true"],
        ours: (namespace) => rollback("web", 1, { namespace, serverSide: true }),
      },
    ],
  },
  {
    title: "objects that are replaced",
    charts: web,
    turns: [
      first,
      drift,
      settled,
      {
        helm: ["upgrade", "web", "@web", "--force-replace", "--set", "color=blue"],
        ours: (namespace) => upgrade("web", "web", { namespace, forceReplace: true, values: { color: "blue" } }),
      },
      drift,
      settled,
      {
        helm: ["rollback", "web", "1", "--force-replace"],
        ours: (namespace) => rollback("web", 1, { namespace, forceReplace: true }),
      },
      settled,
      {
        helm: ["upgrade", "web", "@web", "--force-replace", "--set", "app=other"],
        ours: (namespace) =>
          upgrade("web", "web", { namespace, forceReplace: true, conflicts: "helm", values: { app: "other" } }),
      },
    ],
  },
  {
    title: "what the server refuses to change",
    charts: { web: { ...WEB, "templates/thing.yaml": "" } },
    turns: [
      first,
      {
        helm: ["upgrade", "web", "@web", "--set", "app=other"],
        ours: (namespace) => upgrade("web", "web", { namespace, values: { app: "other" } }),
      },
      {
        helm: ["upgrade", "web", "@web", "--set", "replicas=many"],
        ours: (namespace) => upgrade("web", "web", { namespace, values: { replicas: "many" } }),
      },
      {
        helm: ["upgrade", "web", "@web", "--set", "env[0].name=A,env[0].value=1"],
        ours: (namespace) => upgrade("web", "web", { namespace, values: { env: [{ name: "A", value: 1 }] } }),
      },
      {
        helm: ["upgrade", "web", "@web", "--set", "ports[0].name=x"],
        ours: (namespace) => upgrade("web", "web", { namespace, values: { ports: [{ name: "x" }] } }),
      },
    ],
  },
  {
    title: "replacing what is applied server-side, which fails",
    charts: web,
    turns: [
      applied,
      {
        helm: ["upgrade", "web", "@web", "--force-replace"],
        ours: (namespace) => upgrade("web", "web", { namespace, forceReplace: true, conflicts: "helm" }),
      },
      {
        helm: ["rollback", "web", "1", "--force-replace"],
        ours: (namespace) => rollback("web", 1, { namespace, forceReplace: true, conflicts: "helm" }),
      },
    ],
  },
  {
    title: "forcing conflicts that client-side writes do not have, which fails",
    charts: web,
    turns: [
      first,
      {
        helm: ["upgrade", "web", "@web", "--force-conflicts"],
        ours: (namespace) => upgrade("web", "web", { namespace, forceConflicts: true, conflicts: "helm" }),
      },
      {
        helm: ["rollback", "web", "1", "--force-conflicts"],
        ours: (namespace) => rollback("web", 1, { namespace, forceConflicts: true, conflicts: "helm" }),
      },
    ],
  },
  {
    title: "an install with options that only an adoption looks at",
    charts: web,
    turns: [
      {
        helm: ["install", "web", "@web", "--force-replace"],
        ours: (namespace) => install("web", "web", { namespace, forceReplace: true }),
      },
    ],
  },
  {
    title: "a client-side install that takes objects over",
    charts: web,
    turns: [
      foreign,
      {
        helm: ["install", "web", "@web", CSA],
        ours: (namespace) => install("web", "web", { namespace, serverSide: false }),
      },
      {
        helm: ["install", "web", "@web", CSA, "--take-ownership"],
        ours: (namespace) => install("web", "web", { namespace, serverSide: false, takeOwnership: true }),
      },
    ],
  },
  {
    title: "an install that replaces what it takes over",
    charts: web,
    turns: [
      foreign,
      {
        helm: ["install", "web", "@web", CSA, "--take-ownership", "--force-replace"],
        ours: (namespace) =>
          install("web", "web", { namespace, serverSide: false, takeOwnership: true, forceReplace: true }),
      },
    ],
  },
  {
    title: "a server-side install that would replace what it takes over",
    charts: web,
    turns: [
      foreign,
      {
        helm: ["install", "web", "@web", "--take-ownership", "--force-replace"],
        ours: (namespace) =>
          install("web", "web", { namespace, takeOwnership: true, forceReplace: true, conflicts: "helm" }),
      },
    ],
  },
  {
    title: "an upgrade that takes objects over",
    charts: { web: { "values.yaml": VALUES, "templates/service.yaml": SERVICE }, all: WEB },
    turns: [
      foreign,
      first,
      {
        helm: ["upgrade", "web", "@all", "--take-ownership"],
        ours: (namespace) => upgrade("web", "all", { namespace, takeOwnership: true }),
      },
    ],
  },
  {
    title: "hooks, made anew and in the way",
    charts: {
      web: { ...WEB, "templates/hook.yaml": JOB("before-hook-creation") },
      kept: { ...WEB, "templates/hook.yaml": JOB("hook-failed") },
    },
    turns: [
      first,
      { helm: ["upgrade", "web", "@web"], ours: (namespace) => upgrade("web", "web", { namespace }) },
      { helm: ["upgrade", "web", "@kept"], ours: (namespace) => upgrade("web", "kept", { namespace }) },
    ],
  },
  {
    title: "a namespace that is there",
    charts: web,
    turns: [
      {
        helm: ["install", "web", "@web", CSA, "--create-namespace"],
        ours: (namespace) => install("web", "web", { namespace, serverSide: false, createNamespace: true }),
      },
    ],
  },
  {
    title: "CRDs that are there and that come",
    charts: {
      web: {
        ...WEB,
        "crds/a.yaml": JSON.stringify(crd("things", "Thing")),
        "crds/b.yaml": JSON.stringify(crd("others", "Other")),
      },
    },
    turns: [
      {
        helm: ["install", "web", "@web", CSA, "--force-conflicts"],
        ours: (namespace) => install("web", "web", { namespace, serverSide: false, forceConflicts: true }),
      },
      first,
    ],
  },
  {
    title: "a release of Helm 3, upgraded as it is and then server-side",
    charts: web,
    turns: [
      { three: true, helm: ["install", "web", "@web"], ours: (namespace) => install("web", "web", { namespace }) },
      drift,
      {
        helm: ["upgrade", "web", "@web", "--set", change],
        ours: (namespace) => upgrade("web", "web", { namespace, values: CHANGED }),
      },
      {
        helm: ["upgrade", "web", "@web", "--server-side=true", "--force-conflicts"],
        ours: (namespace) => upgrade("web", "web", { namespace, serverSide: true, forceConflicts: true }),
      },
      { helm: ["rollback", "web", "1"], ours: (namespace) => rollback("web", 1, { namespace }) },
      { three: true, helm: ["upgrade", "web", "@web"], ours: (namespace) => upgrade("web", "web", { namespace }) },
      { helm: ["upgrade", "web", "@web"], ours: (namespace) => upgrade("web", "web", { namespace }) },
    ],
  },
  {
    title: "a release of Helm 3 that is gone but for its history",
    charts: web,
    turns: [
      {
        three: true,
        helm: ["install", "web", "@web", "-l", "team=a"],
        ours: (namespace) => install("web", "web", { namespace }),
      },
      {
        three: true,
        helm: ["uninstall", "web", "--keep-history"],
        ours: (namespace) => uninstall("web", { namespace }),
      },
      { helm: ["rollback", "web", "1"], ours: (namespace) => rollback("web", 1, { namespace }) },
      { helm: ["uninstall", "web"], ours: (namespace) => uninstall("web", { namespace }) },
    ],
  },
];

describe("both sides", () => {
  test.each(SCENES)("play $title alike", async ({ charts, turns, title }) => {
    const [theirs, ours] = [await sides.space(), await sides.space()];
    const key = title.replaceAll(/[^a-z]+/gu, "-");
    const folders = new Map<string, string>();
    for (const [name, sources] of Object.entries(charts))
      folders.set(name, await sides.chart(`${key}-${name}`, sources));
    let count = 0;
    for (const turn of turns) {
      const at = `turn ${++count}`;
      if ("poke" in turn) {
        await turn.poke(theirs);
        await turn.poke(ours);
        continue;
      }
      const args = turn.helm.map((word) => folders.get(word.slice(1)) ?? word);
      if (turn.three === true) {
        for (const namespace of [theirs, ours]) {
          const ended = await runProgram(helm3, [...args, "-n", namespace]);
          if (ended.code !== 0) throw new Error(ended.stderr);
        }
        continue;
      }
      const ended = await helm.tried(...args, "-n", theirs);
      const request = turn.ours(ours);
      const driven = await sides.bench.run(
        "chart" in request
          ? { ...request, chart: { ...request.chart, digest: `${key}-${request.chart.digest}` } }
          : request,
      );
      expect(messageOf(driven, ours), at).toBe(errorOf(ended, theirs));
      await compare(theirs, ours, at);
    }
  });
});

async function compare(theirs: string, ours: string, at: string): Promise<void> {
  for (const path of OBJECTS) {
    expect(await sides.look(path, ours), `${at}: ${path}`).toEqual(await sides.look(path, theirs));
  }
  for (let revision = 1; revision < 9; revision++) {
    const [a, b] = [await sides.record(theirs, revision), await sides.record(ours, revision)];
    expect(b, `${at}: revision ${revision}`).toEqual(a);
  }
}

describe("records", () => {
  test("in ConfigMaps are helm's", async () => {
    const dir = await sides.chart("maps", { "templates/map.yaml": MAP, "values.yaml": VALUES });
    const [theirs, ours] = [await sides.space(), await sides.space()];
    const mapped = openSides(cluster, { records: "configmap" });
    await mapped.chart("maps", { "templates/map.yaml": MAP, "values.yaml": VALUES });
    const env = { ...process.env, HELM_DRIVER: "configmap" };
    const program = process.env["HELM"] ?? "helm";
    const turns: readonly (readonly [readonly string[], ActionRequest])[] = [
      [["install", "web", dir, "-l", "team=a"], install("web", "maps", { namespace: ours, labels: { team: "a" } })],
      [
        ["upgrade", "web", dir, "--set", "color=blue"],
        upgrade("web", "maps", { namespace: ours, values: { color: "blue" } }),
      ],
      [["install", "web", dir], install("web", "maps", { namespace: ours })],
      [["rollback", "web", "9"], rollback("web", 9, { namespace: ours })],
      [["uninstall", "web", "--keep-history"], uninstall("web", { namespace: ours, keepHistory: true })],
    ];
    for (const [args, request] of turns) {
      const ended = await runProgram(program, [...args, "-n", theirs], { env });
      const driven = await mapped.bench.run(request);
      expect(messageOf(driven, ours), args.join(" ")).toBe(errorOf(ended, theirs));
      const seen = async (namespace: string): Promise<readonly (SeenRecord | undefined)[]> => [
        await sides.record(namespace, 1, "configmaps"),
        await sides.record(namespace, 2, "configmaps"),
        await sides.record(namespace, 1),
      ];
      expect(await seen(ours), args.join(" ")).toEqual(await seen(theirs));
    }
  });

  test.each(["secret", "configmap"] as const)(
    "that are too large for a %s are refused in helm's words, before anything is done",
    async (records) => {
      const noise = Array.from({ length: 1_200_000 }, () =>
        String.fromCharCode(33 + Math.floor(Math.random() * 90)),
      ).join("");
      const sources = { "templates/map.yaml": MAP, "values.yaml": VALUES, "files/noise.txt": noise };
      const dir = await sides.chart("large", sources);
      const [theirs, ours] = [await sides.space(), await sides.space()];
      const large = openSides(cluster, { records });
      await large.chart("large", sources);
      const env = { ...process.env, HELM_DRIVER: records };
      const ended = await runProgram(process.env["HELM"] ?? "helm", ["install", "web", dir, "-n", theirs], { env });
      const driven = await large.bench.run(install("web", "large", { namespace: ours, createNamespace: true }));
      expect(messageOf(driven, ours).replace(/ \(it has .*/u, "")).toBe(errorOf(ended, theirs));
      expect(large.bench.requests.filter((one) => one.method !== "GET")).toEqual([]);
      const slim = await large.bench.run(install("web", "large", { namespace: ours, recordChart: "slim" }));
      expect(messageOf(slim, ours)).toBe("");
    },
  );

  test("without templates and files are good enough for helm", async () => {
    const sources = { ...WEB, "files/noise.txt": "noise", "templates/NOTES.txt": "hello {{ .Values.color }}\n" };
    const dir = await sides.chart("slim", sources);
    const ns = await sides.space();
    const driven = await sides.bench.run(
      install("web", "slim", { namespace: ns, recordChart: "slim", values: { color: "blue" } }),
    );
    expect(messageOf(driven, ns)).toBe("");
    expect((await sides.record(ns, 1))?.document).toContain('"templates":null');
    expect(await helm("get", "all", "web", "-n", ns)).toContain("color: blue");
    expect(await helm("get", "values", "web", "-n", ns, "--all")).toContain("replicas: 2");
    await helm("upgrade", "web", dir, "-n", ns, "--reuse-values", "--set", "replicas=1");
    expect(await helm("get", "values", "web", "-n", ns, "--all")).toContain("color: blue");
    await helm("rollback", "web", "1", "-n", ns);
    expect((await sides.record(ns, 3))?.document).toContain('"templates":null');
    const back = await sides.bench.run(
      upgrade("web", "slim", { namespace: ns, reuse: "reuse", values: { replicas: 4 } }),
    );
    expect(messageOf(back, ns)).toBe("");
    expect((await sides.look(OBJECTS[0] ?? "", ns))?.["spec"]).toMatchObject({ replicas: 4 });
    await helm("uninstall", "web", "-n", ns);
  });
});
