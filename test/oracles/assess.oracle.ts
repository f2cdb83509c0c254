import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finding, mergeParts, type ReleaseAssessment } from "../../engine/assess/finding.ts";
import { assessReleases, type AssessQuery, LEAST_REQUESTS } from "../../engine/assess/page.ts";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import type { ClusterRequest } from "../../engine/kube/transport.ts";
import { decodeYamlJson } from "../../engine/encoding/yaml-decode.ts";
import { isJsonObject, memberAt, stringAt } from "../../engine/object/json.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { createHelm, kubectl, required, runProgram } from "../support/helm.ts";
import { chartOf, install, upgrade } from "../support/operation.ts";
import { runRelease } from "../support/run-release.ts";
import { buildTool } from "./build.ts";
import { openSides, type TwoSides } from "./two-sides.ts";

const helm = createHelm();
const helm3 = join(buildTool("helm3"), "helm");
const unique = Date.now().toString(36);
const folder = mkdtempSync(join(tmpdir(), "slipway-assess-"));
const THING = `old${unique}.example.com`;
let cluster: OpenCluster;
let sides: TwoSides;

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata: {color: red}\n";
const DEPLOYMENT =
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: nginx}]}\n";
const LABELLED =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  labels: {helm.toolkit.fluxcd.io/name: shop, helm.toolkit.fluxcd.io/namespace: {{ .Release.Namespace }}}\n";

const CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  web: { "templates/map.yaml": MAP, "templates/deploy.yaml": DEPLOYMENT },
  labelled: { "templates/map.yaml": LABELLED },
  endpoints: {
    "templates/endpoints.yaml":
      "apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: web\nsubsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n",
  },
  thing: { "templates/thing.yaml": `apiVersion: ${THING}/v1beta1\nkind: Thing\nmetadata:\n  name: web\n` },
};

/** A CRD by its real group and kind, with the schema of anything. */
function crd(group: string, kind: string, plural: string, versions: readonly string[]): JsonValue {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind },
      versions: versions.map((name, i) => ({ name, served: true, storage: i === 0, schema })),
    },
  };
}

const CRDS: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases", ["v2"]],
  ["kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations", ["v1"]],
  ["argoproj.io", "Application", "applications", ["v1alpha1"]],
  [THING, "Thing", "things", ["v1", "v1beta1"]],
];

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
  sides = openSides(cluster);
  for (const [name, files] of Object.entries(CHARTS)) {
    write(`${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
    for (const [path, text] of Object.entries(files)) write(`${name}/${path}`, text);
  }
  write("strip", "#!/bin/sh\nexec grep -v '^#'\n");
  chmodSync(join(folder, "strip"), 0o755);
  for (const [group, kind, plural, versions] of CRDS) {
    await sides.send(
      "POST",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      crd(group, kind, plural, versions),
    );
    await until(async () => (await sides.send("GET", `/apis/${group}/${versions[0]}/${plural}`)) !== undefined);
  }
});
afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it does not come");
}

async function three(...args: readonly string[]): Promise<void> {
  const home = mkdtempSync(join(folder, "home-"));
  const env = { PATH: process.env["PATH"], HOME: home, KUBECONFIG: required("KUBECONFIG") };
  const end = await runProgram(helm3, args, { env, cwd: folder });
  if (end.code !== 0) throw new Error(`${args.join(" ")}: ${end.stderr}`);
}

function chart(name: string): string {
  return join(folder, name);
}

const mapPath = (ns: string): string => `/api/v1/namespaces/${ns}/configmaps/web`;
const deployPath = (ns: string): string => `/apis/apps/v1/namespaces/${ns}/deployments/web`;
const merge = (manager: string) => ({ type: "application/merge-patch+json", manager });
const apply = (manager: string) => ({ type: "application/apply-patch+yaml", manager });

/** A finding in one line, then one for each of its objects. */
function lines(found: ReleaseAssessment | undefined): readonly string[] {
  return (found?.findings ?? []).flatMap((one: Finding) => [
    `${one.severity} ${one.code}`,
    ...one.objects.map(({ kind, field, manager, detail }) =>
      [` ${kind}`, field, manager, detail].filter((part) => part !== undefined).join(" "),
    ),
  ]);
}

interface Scene {
  readonly title: string;
  readonly make: (namespace: string) => Promise<unknown>;
  readonly expected: readonly string[];
  readonly verdict: ReleaseAssessment["verdict"];
  readonly made?: string;
  /** What a message of the findings says. */
  readonly says?: string;
}

/** What is expected was written down before it was run. */
const SCENES: readonly Scene[] = [
  {
    title: "a release of Helm 3 that somebody also applied with kubectl",
    make: async (ns) => {
      await three("install", "web", chart("web"), "-n", ns);
      write(`${ns}.yaml`, MAP);
      await kubectl("apply", "-n", ns, "-f", join(folder, `${ns}.yaml`));
    },
    made: "helm3 client-side",
    verdict: "ready",
    expected: [
      "note helm3-record",
      "note last-applied",
      " ConfigMap",
      "note client-side-fields",
      " Deployment helm",
      " ConfigMap helm",
    ],
  },
  {
    title: "a release of Helm 3 whose fields others changed",
    make: async (ns) => {
      await three("install", "web", chart("web"), "-n", ns);
      await sides.send("PATCH", mapPath(ns), { data: { color: "green" } }, merge("somebody"));
      await sides.send("PATCH", `${deployPath(ns)}/scale`, { spec: { replicas: 2 } }, merge("kubectl"));
    },
    made: "helm3 client-side",
    verdict: "blocked",
    expected: [
      "blocker conflict",
      " ConfigMap .data.color somebody",
      " Deployment .spec.replicas kubectl",
      "note helm3-record",
      "note client-side-fields",
      " ConfigMap helm",
      " Deployment helm",
    ],
  },
  {
    title: "a release that Helm 4 wrote client-side",
    make: (ns) => helm("install", "web", chart("web"), "-n", ns, "--server-side=false"),
    made: "helm4 client-side",
    verdict: "ready",
    expected: ["note client-side-apply", "note client-side-fields", " ConfigMap helm", " Deployment helm"],
  },
  {
    title: "a release that Helm 4 applied",
    make: (ns) => helm("install", "web", chart("web"), "-n", ns),
    made: "helm4 server-side",
    verdict: "ready",
    expected: [],
  },
  {
    title: "an autoscaled release",
    make: async (ns) => {
      await helm("install", "web", chart("web"), "-n", ns);
      await kubectl("autoscale", "deployment", "web", "-n", ns, "--min=2", "--max=9");
      await sides.send("PATCH", `${deployPath(ns)}/scale`, { spec: { replicas: 5 } }, merge("kube-controller-manager"));
    },
    verdict: "ready",
    expected: ["note autoscaled", " Deployment HorizontalPodAutoscaler NS/web"],
  },
  {
    title: "a release that an Application manages, too",
    make: async (ns) => {
      await helm("install", "web", chart("web"), "-n", ns);
      const annotations = { "argocd.argoproj.io/tracking-id": `shop-${ns}:/ConfigMap:${ns}/web` };
      const map = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "web", annotations },
        data: { color: "red" },
      };
      await sides.send("PATCH", mapPath(ns), map, apply("argocd-controller"));
      const deployment = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: { replicas: 3 },
      };
      await sides.send("PATCH", deployPath(ns), deployment, apply("argocd-controller"));
      await make("Application", ns, `shop-${ns}`, {
        syncPolicy: { automated: {} },
      });
    },
    verdict: "blocked",
    says: 'the Argo CD Application "shop-NS" also manages objects',
    expected: [
      "blocker managed-by-gitops",
      " ConfigMap annotation argocd.argoproj.io/tracking-id",
      " Deployment field manager argocd-controller",
    ],
  },
  {
    title: "a release that a suspended HelmRelease made",
    make: async (ns) => {
      await helm("install", "web", chart("labelled"), "-n", ns);
      await make("HelmRelease", ns, "shop", {
        releaseName: "web",
        suspend: true,
      });
    },
    verdict: "blocked",
    says: 'the Flux HelmRelease "NS/shop" (paused) also manages objects',
    expected: ["blocker managed-by-gitops", " ConfigMap label helm.toolkit.fluxcd.io/name"],
  },
  {
    title: "a release that a HelmRelease names, without a trace on its objects",
    make: async (ns) => {
      await helm("install", "web", chart("web"), "-n", ns);
      await make("HelmRelease", ns, "web", { chart: {} });
    },
    verdict: "attention",
    says: 'the Flux HelmRelease "NS/web" makes this release',
    expected: ["attention managed-by-gitops"],
  },
  {
    title: "traces of a Kustomization that is gone",
    make: async (ns) => {
      await helm("install", "web", chart("web"), "-n", ns);
      const labels = { "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": ns };
      await sides.send("PATCH", mapPath(ns), { metadata: { labels } }, merge("somebody"));
    },
    verdict: "blocked",
    says: 'the Flux Kustomization "NS/apps" (which is no longer there) also manages',
    expected: ["blocker managed-by-gitops", " ConfigMap label kustomize.toolkit.fluxcd.io/name"],
  },
  {
    title: "a kind that Kubernetes is going to drop",
    make: (ns) => helm("install", "web", chart("endpoints"), "-n", ns),
    verdict: "attention",
    expected: [
      "attention api-deprecated",
      " Endpoints v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ],
  },
  {
    title: "a version that the server no longer serves",
    make: async (ns) => {
      await helm("install", "web", chart("thing"), "-n", ns);
      const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
      const versions = [
        { name: "v1", served: true, storage: true, schema },
        { name: "v1beta1", served: false, storage: false, schema },
      ];
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.${THING}`;
      await sides.send("PATCH", path, { spec: { versions } }, merge("somebody"));
      await until(async () => (await sides.send("GET", `/apis/${THING}/v1beta1/things`)) === undefined);
    },
    verdict: "blocked",
    expected: ["blocker api-removed", ` Thing ${THING}/v1beta1 Thing: the kind is served in another version`],
  },
  {
    title: "a release of Helm 3 that went through a post-renderer",
    make: (ns) => three("install", "web", chart("web"), "-n", ns, "--post-renderer", join(folder, "strip")),
    verdict: "attention",
    expected: [
      "attention post-renderer",
      "note helm3-record",
      "note client-side-fields",
      " ConfigMap helm",
      " Deployment helm",
    ],
  },
  {
    title: "an object that somebody deleted",
    make: async (ns) => {
      await helm("install", "web", chart("web"), "-n", ns);
      await sides.send("DELETE", mapPath(ns));
    },
    verdict: "ready",
    expected: ["note missing", " ConfigMap"],
  },
];

/** Makes an object of a GitOps tool. */
async function make(kind: keyof typeof TOOLS, namespace: string, name: string, spec: JsonObject): Promise<void> {
  const [apiVersion, plural] = TOOLS[kind];
  const object = { apiVersion, kind, metadata: { name, namespace }, spec };
  await sides.send("POST", `/apis/${apiVersion}/namespaces/${namespace}/${plural}`, object);
}

const TOOLS = {
  HelmRelease: ["helm.toolkit.fluxcd.io/v2", "helmreleases"],
  Application: ["argoproj.io/v1alpha1", "applications"],
} as const;

async function assess(query: Partial<AssessQuery> = {}, more: Partial<Parameters<typeof assessReleases>[0]> = {}) {
  const whole = { namespace: "", name: "", limit: 100, requests: 2000, ...query };
  return await assessReleases({ cluster: cluster.transport, ...more }, whole);
}

const made = new Map<string, string>();

describe("the assessment finds", () => {
  test.each(SCENES)("$title", async ({ title, make: prepare, expected, verdict, made: by, says }) => {
    const namespace = await sides.space();
    made.set(namespace, title);
    await prepare(namespace);
    const since = statSync(required("ORACLE_AUDIT_LOG")).size;
    const { items, unread, next } = await assess({ namespace });
    expect(writesSince(since)).toEqual([]);
    expect([unread, next]).toEqual([[], undefined]);
    expect(items).toHaveLength(1);
    const [found] = items;
    expect([...lines(found)].sort()).toEqual(expected.map((line) => line.replaceAll("NS", namespace)).toSorted());
    expect(found?.verdict).toBe(verdict);
    if (by !== undefined) expect(`${found?.generation} ${found?.applyMethod}`).toBe(by);
    if (says !== undefined)
      expect(found?.findings.map((one) => one.message).join("\n")).toContain(says.replaceAll("NS", namespace));
  });
});

/** Requests in the audit log that change something; those of the control plane aside. */
function writesSince(from: number): readonly string[] {
  const text = readFileSync(required("ORACLE_AUDIT_LOG")).subarray(from).toString();
  return text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line): JsonObject => JSON.parse(line))
    .filter((event) => !(stringAt(event, "user", "username") ?? "").startsWith("system:"))
    .filter((event) => !["get", "list", "watch"].includes(stringAt(event, "verb") ?? ""))
    .map((event) => `${stringAt(event, "verb")} ${stringAt(event, "requestURI")}`)
    .filter((line) => !line.includes("dryRun=All"));
}

describe("an assessment", () => {
  test("sees writes in the audit log, were there any", async () => {
    const since = statSync(required("ORACLE_AUDIT_LOG")).size;
    await sides.space();
    expect(writesSince(since)).toEqual([expect.stringMatching(/^create \/api\/v1\/namespaces/)]);
  });

  test("foretells the conflicts that the real helm meets", async () => {
    const namespace = [...made].find(([, title]) => title.includes("whose fields others changed"))?.[0] ?? "";
    const end = await helm.tried("upgrade", "web", chart("web"), "-n", namespace, "--server-side=true");
    expect(end.code).not.toBe(0);
    const [found] = (await assess({ namespace })).items;
    const conflicts = found?.findings.find((one) => one.code === "conflict")?.objects ?? [];
    for (const { field = "", manager = "" } of conflicts) {
      expect(end.stderr).toContain(`"${manager}"`);
      expect(end.stderr).toContain(field);
    }
    expect(end.stderr.match(/conflicts? with "/g)).toHaveLength(conflicts.length);
  });

  test("of the whole cluster is the same page by page, within the requests of each", async () => {
    const whole = await assess();
    expect(whole.items.length).toBeGreaterThanOrEqual(SCENES.length);
    const parts: ReleaseAssessment[] = [];
    let after: string | undefined;
    for (let i = 0; i < 100; i++) {
      let requests = 0;
      const send = (request: ClusterRequest) => {
        requests++;
        return cluster.transport.send(request);
      };
      const query = { requests: LEAST_REQUESTS, ...(after === undefined ? {} : { after }) };
      const page = await assess(query, { cluster: { send } });
      expect(requests).toBeLessThanOrEqual(LEAST_REQUESTS);
      parts.push(...page.items);
      after = page.next;
      if (after === undefined) break;
    }
    expect(after).toBeUndefined();
    const outline = (items: readonly ReleaseAssessment[]): readonly string[] =>
      items.map((one) => `${one.namespace} ${one.verdict} ${lines(one).toSorted().join(";")}`);
    expect(outline(mergeParts(parts))).toEqual(outline(whole.items));
  });

  test("says what an identity may not read, and goes on", async () => {
    const namespace = await sides.space();
    await helm("install", "web", chart("web"), "-n", namespace);
    await sides.send("PATCH", mapPath(namespace), { data: { color: "green" } }, merge("somebody"));
    await kubectl("create", "role", "reader", "-n", namespace, "--verb=get,list", "--resource=secrets,configmaps");
    await kubectl("create", "rolebinding", "reader", "-n", namespace, "--role=reader", "--user=reader");
    const { items, unread } = await assess({ namespace }, { as: { user: "reader" } });
    expect(unread.map(({ what }) => what)).toEqual([
      "HorizontalPodAutoscalers",
      "HelmReleases",
      "Kustomizations",
      "Applications",
    ]);
    expect(unread[0]?.why).toContain('User "reader" cannot list resource "horizontalpodautoscalers"');
    const text = lines(items[0]).join("\n");
    expect(text).toContain("attention unreadable");
    expect(text).toMatch(/ Deployment deployments.apps "web" is forbidden: User "reader" cannot get/);
    expect(text).toMatch(
      / ConfigMap the dry run was not allowed: configmaps "web" is forbidden: User "reader" cannot patch/,
    );
    expect(text).toContain(" ConfigMap .data.color somebody");
  });

  test("is refused where the records may not be listed", async () => {
    await expect(assess({}, { as: { user: "nobody" } })).rejects.toThrow(/secrets is forbidden/);
  });

  test("is printed by the command in columns, as JSON and as YAML", async () => {
    const env = { KUBECONFIG: required("KUBECONFIG"), HOME: folder, COLUMNS: "80" };
    const run = (...argv: readonly string[]) => runRelease(["assess", ...argv], { cwd: folder, env });
    const table = await run("-A");
    expect(table).toMatchObject({ code: 0, stderr: "" });
    expect(table.stdout.split("\n")[0]).toMatch(/^RELEASE +HELM +APPLY +STATUS +OBJECTS +FOUND +VERDICT$/);
    const json: JsonObject = JSON.parse((await run("-A", "-o", "json")).stdout);
    expect((json["items"] as readonly JsonValue[]).length).toBeGreaterThanOrEqual(SCENES.length);
    expect((await run("web", "-n", [...made.keys()][0] ?? "", "-o", "yaml")).stdout).toMatch(/^items:\n/);
    const lengths = table.stdout.split("\n").filter((line) => !/[^ ]{50}/.test(line));
    for (const line of lengths) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe("a hand-over by the steps that the assessment tells", () => {
  test("from an Application: nothing is written before it is said, no field is lost, and later upgrades need no flag", async () => {
    const namespace = await sides.space();
    sides.bench.charts.set("deploy", await chartOf("web", { "templates/deploy.yaml": DEPLOYMENT }));
    const metadata = { name: "web", namespace, labels: { "argocd.argoproj.io/instance": "shop" } };
    const deployment: JsonObject = decodeYaml(DEPLOYMENT);
    await sides.send("PATCH", deployPath(namespace), { ...deployment, metadata }, apply("argocd-controller"));
    const since = statSync(required("ORACLE_AUDIT_LOG")).size;
    const { outcome } = await sides.bench.run(install("web", "deploy", { namespace }));
    expect(outcome).toMatchObject({ kind: "failed", code: "managed-by-gitops" });
    expect(writesSince(since)).toEqual([]);

    const once = { namespace, install: true, alongside: true, takeOwnership: true } as const;
    expect((await sides.bench.run(upgrade("web", "deploy", once))).outcome.kind).toBe("succeeded");
    const before = await sides.send("GET", deployPath(namespace));
    const empty = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace } };
    await sides.send("PATCH", deployPath(namespace), empty, apply("argocd-controller"));
    const after = (await sides.send("GET", deployPath(namespace))) ?? {};
    expect(memberAt(after, "spec")).toEqual(memberAt(before, "spec"));
    expect(stringAt(after, "metadata", "labels", "argocd.argoproj.io/instance")).toBeUndefined();
    expect((await sides.bench.run(upgrade("web", "deploy", { namespace }))).outcome.kind).toBe("succeeded");
    expect((await assess({ namespace })).items[0]?.findings).toEqual([]);
  });

  test("from a HelmRelease whose labels are in the manifest: one upgrade alongside takes them off", async () => {
    const namespace = await sides.space();
    sides.bench.charts.set("plain", await chartOf("web", { "templates/map.yaml": MAP }));
    await three("install", "web", chart("labelled"), "-n", namespace);
    const refused = await sides.bench.run(upgrade("web", "plain", { namespace }));
    expect(refused.outcome).toMatchObject({ kind: "failed", code: "managed-by-gitops" });
    const once = { namespace, alongside: true } as const;
    expect((await sides.bench.run(upgrade("web", "plain", once))).outcome.kind).toBe("succeeded");
    expect((await sides.bench.run(upgrade("web", "plain", { namespace }))).outcome.kind).toBe("succeeded");
  });

  test("to a tool: a forgotten release leaves its objects", async () => {
    const namespace = await sides.space();
    await helm("install", "web", chart("web"), "-n", namespace);
    await kubectl("delete", "secret", "-n", namespace, "-l", "owner=helm,name=web");
    expect(await sides.send("GET", deployPath(namespace))).toBeDefined();
    expect((await assess({ namespace })).items).toEqual([]);
  });
});

function decodeYaml(text: string): JsonObject {
  const value = decodeYamlJson(text);
  if (!isJsonObject(value)) throw new Error("no object");
  return value;
}
