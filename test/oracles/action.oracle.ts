import { gunzipSync } from "node:zlib";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getHistory, getManifest, getStatus, getValues, listReleases } from "../../engine/action/index.ts";
import type { ActionRequest, InstallRequest, UpgradeRequest } from "../../engine/action/request.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { encodeJson } from "../../engine/encoding/json-encode.ts";
import { openKubeconfig, type OpenCluster } from "../../infra/node/cluster-transport.ts";
import { createHelm } from "../support/helm.ts";
import {
  type Bench,
  chartOf,
  type ChartSources,
  type Driven,
  install,
  openBench,
  rollback,
  uninstall,
  upgrade,
} from "../support/operation.ts";

const helm = createHelm();
const folder = mkdtempSync(join(tmpdir(), "slipway-action-"));
const unique = Date.now().toString(36);
/** Reads of an operation besides its objects: what the cluster serves, and records. */
const MOST_READS = 6;
let cluster: OpenCluster;
let bench: Bench;
let spaces = 0;

beforeAll(async () => {
  cluster = await openKubeconfig({ trust: "operator", path: process.env["KUBECONFIG"] ?? "" });
  bench = openBench(cluster.transport);
});
afterAll(async () => {
  await cluster.close();
});

/** A chart for both sides: a folder for helm, loaded files for us. Gives the folder. */
async function chart(key: string, name: string, sources: ChartSources, version = "0.1.0"): Promise<string> {
  const files: ChartSources = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...sources };
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, key, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  bench.charts.set(key, await chartOf(name, sources, version));
  return join(folder, key);
}

/** A namespace of its own: each test has one for helm and one for us. */
async function space(): Promise<string> {
  const name = `action-${unique}-${++spaces}`;
  await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

async function send(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: JsonObject,
  type = "application/json",
): Promise<Answer | undefined> {
  const answer = await cluster.transport.send({
    method,
    path,
    headers: { accept: "application/json", "content-type": type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(type.includes("apply")
      ? {
          query: [
            ["fieldManager", "somebody"],
            ["force", "true"],
          ] as const,
        }
      : {}),
  });
  const json = JSON.parse(await new Response(answer.body).text());
  if (answer.status >= 300 && answer.status !== 404) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`);
  return answer.status === 404 ? undefined : json;
}

/** What the API server answers, as far as the tests look into it. */
interface Answer {
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly managedFields: readonly JsonObject[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly replicas?: number;
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly known?: boolean;
  };
  readonly items: readonly Answer[];
}

/** What is there for sure. */
async function get(path: string): Promise<Answer> {
  const found = await send("GET", path);
  if (found === undefined) throw new Error(`${path} is not there`);
  return found;
}

/** `kubectl scale`. */
async function scale(namespace: string, name: string, replicas: number, manager = "kubectl"): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`;
  await cluster.transport.send({
    method: "PATCH",
    path,
    query: [["fieldManager", manager]],
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { replicas } }),
  });
}

async function record(
  namespace: string,
  name: string,
  revision: number,
): Promise<{ labels: Record<string, string>; text: string } | undefined> {
  const secret = await send("GET", `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v${revision}`);
  if (secret === undefined) return undefined;
  const packed = Buffer.from(Buffer.from(secret.data["release"] ?? "", "base64").toString(), "base64");
  return { labels: secret.metadata.labels, text: gunzipSync(packed).toString() };
}

const TIME = /"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[-+]\d\d:\d\d)"/gu;

/** A record's document with times and the namespace's name taken out, modification times of files too. */
function plain(text: string, namespace: string): string {
  return text
    .replaceAll(/"modtime":"[^"]*",?/gu, "")
    .replaceAll(",}", "}")
    .replaceAll(/"schemamodtime":"[^"]*"/gu, '"schemamodtime":""')
    .replaceAll(TIME, '"TIME"')
    .replaceAll(namespace, "NS");
}

/** What both histories say: revision, status and description. */
async function storyOf(namespace: string, name: string): Promise<readonly (readonly [number, string, string])[]> {
  const out = await helm.tried("history", name, "-n", namespace, "-o", "json");
  if (out.code !== 0) return [];
  const lines: { revision: number; status: string; description: string }[] = JSON.parse(out.stdout);
  return lines.map((line) => [line.revision, line.status, line.description.replaceAll(namespace, "NS")] as const);
}

function messageOf(driven: Driven, namespace: string): string {
  return driven.outcome.kind === "failed"
    ? driven.outcome.message.replaceAll(namespace, "NS")
    : `(${driven.outcome.kind})`;
}

/** The last error line of the command, with its continuation lines. */
function errorOf(stderr: string, namespace: string): string {
  const at = stderr.lastIndexOf("Error: ");
  return stderr
    .slice(at + "Error: ".length)
    .trimEnd()
    .replaceAll(namespace, "NS");
}

const WEB: ChartSources = {
  "values.yaml": "replicas: 2\ncolor: red\n",
  "templates/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  labels: {a: b}\ndata:\n  color: {{ .Values.color }}\n",
  "templates/svc.yaml":
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  selector: {app: {{ .Release.Name }}}\n  ports:\n  - port: 80\n",
  "templates/deploy.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: {{ .Release.Name }}}}\n  template:\n    metadata:\n      labels: {app: {{ .Release.Name }}}\n    spec:\n      containers:\n      - name: c\n        image: nginx\n        resources: {limits: {cpu: 1000m, memory: 1Gi}}\n",
  "templates/NOTES.txt": "Thank you for installing {{ .Release.Name }} <&>\n",
};

function job(name: string, annotations: string, fate = "end"): string {
  return `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations:\n${annotations}\nspec:\n  backoffLimit: 0\n  template:\n    metadata:\n      labels: {oracle/fate: ${fate}}\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: c\n        image: busybox\n`;
}

describe("a release that we made", () => {
  test("has the record that helm writes, times aside, through its whole life", async () => {
    const dir = await chart("whole", "web", {
      ...WEB,
      "templates/hook.yaml": job(
        "{{ .Release.Name }}-hook",
        "    helm.sh/hook: pre-install,post-upgrade\n    helm.sh/hook-weight: '3'",
      ),
      "templates/test.yaml":
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\nspec:\n  containers: [{name: c, image: x}]\n",
      "README.md": "read me\n",
    });
    const [theirs, ours] = [await space(), await space()];
    await helm("install", "web", dir, "-n", theirs, "--set", "color=blue", "-l", "team=a");
    await succeed(install("web", "whole", { namespace: ours, values: { color: "blue" }, labels: { team: "a" } }));
    await helm("upgrade", "web", dir, "-n", theirs, "--set", "replicas=3", "-l", "tier=b");
    await succeed(upgrade("web", "whole", { namespace: ours, values: { replicas: 3 }, labels: { tier: "b" } }));
    await helm("rollback", "web", "1", "-n", theirs);
    await succeed(rollback("web", 1, { namespace: ours }));
    await helm("uninstall", "web", "-n", theirs, "--keep-history");
    await succeed(uninstall("web", { namespace: ours, keepHistory: true }));
    for (const revision of [1, 2, 3]) {
      const [a, b] = [await record(theirs, "web", revision), await record(ours, "web", revision)];
      expect(plain(b?.text ?? "", ours), `revision ${revision}`).toBe(plain(a?.text ?? "", theirs));
      expect(Object.keys(b?.labels ?? {}).sort()).toEqual(Object.keys(a?.labels ?? {}).sort());
      expect({ ...b?.labels, modifiedAt: "", createdAt: "" }).toEqual({ ...a?.labels, modifiedAt: "", createdAt: "" });
    }
    expect(await storyOf(ours, "web")).toEqual(await storyOf(theirs, "web"));
  });

  test("has the objects that helm makes, owned as helm owns them", async () => {
    const dir = await chart("objects", "web", WEB);
    const [theirs, ours] = [await space(), await space()];
    await helm("install", "web", dir, "-n", theirs);
    await succeed(install("web", "objects", { namespace: ours }));
    for (const path of [
      "api/v1/namespaces/NS/configmaps/web",
      "api/v1/namespaces/NS/services/web",
      "apis/apps/v1/namespaces/NS/deployments/web",
    ]) {
      const [a, b] = [await ownedPart(`/${path}`, theirs), await ownedPart(`/${path}`, ours)];
      expect(b).toEqual(a);
    }
  });

  test("is read, changed and removed by helm", async () => {
    const dir = await chart("ours-theirs", "web", WEB);
    const ns = await space();
    await succeed(install("web", "ours-theirs", { namespace: ns, values: { color: "blue" } }));
    expect(JSON.parse(await helm("list", "-n", ns, "-o", "json"))).toMatchObject([
      { name: "web", revision: "1", status: "deployed", chart: "web-0.1.0" },
    ]);
    expect(JSON.parse(await helm("status", "web", "-n", ns, "-o", "json"))).toMatchObject({
      info: { status: "deployed", description: "Install complete" },
    });
    expect(await helm("get", "manifest", "web", "-n", ns)).toBe(
      `${await getManifest({ cluster: cluster.transport }, { name: "web", namespace: ns })}\n`,
    );
    expect(JSON.parse(await helm("get", "values", "web", "-n", ns, "-o", "json"))).toEqual({ color: "blue" });
    expect(await helm("get", "notes", "web", "-n", ns)).toContain("Thank you for installing web <&>");
    await helm("upgrade", "web", dir, "-n", ns, "--set", "replicas=3");
    await helm("rollback", "web", "1", "-n", ns);
    expect(await storyOf(ns, "web")).toEqual([
      [1, "superseded", "Install complete"],
      [2, "superseded", "Upgrade complete"],
      [3, "deployed", "Rollback to 1"],
    ]);
    await helm("uninstall", "web", "-n", ns);
    expect(await send("GET", `/apis/apps/v1/namespaces/${ns}/deployments/web`)).toBeUndefined();
    expect(await storyOf(ns, "web")).toEqual([]);
  });
});

describe("a release that helm made", () => {
  test("is read, changed and removed by us", async () => {
    const dir = await chart("theirs-ours", "web", WEB);
    const ns = await space();
    await helm("install", "web", dir, "-n", ns, "--set", "color=blue,n=1");
    const read = { cluster: cluster.transport };
    const query = { name: "web", namespace: ns };
    expect(await listReleases(read, { namespace: ns })).toMatchObject([
      { name: "web", revision: 1, status: "deployed" },
    ]);
    expect(encodeJson(await getValues(read, query))).toBe('{"color":"blue","n":1}');
    expect((await getStatus({ ...read, now: Date.now() }, query)).resources.map((one) => one.object.kind)).toEqual([
      "ConfigMap",
      "Service",
      "Deployment",
    ]);
    const changed = await succeed(upgrade("web", "theirs-ours", { namespace: ns, values: { replicas: 3 } }));
    expect(results(changed)).toEqual(["ConfigMap configured", "Service unchanged", "Deployment configured"]);
    await succeed(rollback("web", 1, { namespace: ns }));
    expect((await getHistory(read, query)).map((one) => [one.revision, one.status])).toEqual([
      [1, "superseded"],
      [2, "superseded"],
      [3, "deployed"],
    ]);
    await succeed(uninstall("web", { namespace: ns }));
    expect(await storyOf(ns, "web")).toEqual([]);
    expect(await send("GET", `/api/v1/namespaces/${ns}/configmaps/web`)).toBeUndefined();
  });

  test("and never changed since is left alone: three record writes and nothing else", async () => {
    const dir = await chart("unchanged", "web", WEB);
    const ns = await space();
    await helm("install", "web", dir, "-n", ns);
    bench.requests.length = 0;
    const driven = await succeed(upgrade("web", "unchanged", { namespace: ns }));
    expect(results(driven)).toEqual(["ConfigMap unchanged", "Service unchanged", "Deployment unchanged"]);
    expect(bench.requests.filter((one) => one.method !== "GET").map((one) => one.method)).toEqual([
      "POST",
      "PUT",
      "PUT",
    ]);
  });

  test("with more objects of a kind than a page holds is read by pages, not object by object", async () => {
    const maps = `{{- range $i := until 1000 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: m{{ $i }}
data:
  v: {{ if eq $i 0 }}{{ $.Values.first | default "a" | quote }}{{ else }}a{{ end }}
{{- end }}
`;
    await chart("thousand", "web", { "templates/all.yaml": maps });
    const namespace = await space();
    // Every namespace has a ConfigMap of the API server's, too: 1,001 are three pages.
    const life = [
      { request: install("web", "thousand", { namespace }), writes: 1002, pages: 1 },
      { request: upgrade("web", "thousand", { namespace }), writes: 3, pages: 3 },
      { request: upgrade("web", "thousand", { namespace, values: { first: "b" } }), writes: 4, pages: 3 },
      { request: uninstall("web", { namespace }), writes: 1004, pages: 3 },
    ];
    for (const { request, writes, pages } of life) {
      bench.requests.length = 0;
      await succeed(request);
      const reads = bench.requests.filter((one) => one.method === "GET");
      expect(bench.requests.length - reads.length).toBe(writes);
      expect(reads.filter((one) => one.path.endsWith("/configmaps")).length).toBe(pages);
      expect(reads.length - pages).toBeLessThanOrEqual(MOST_READS);
    }
  });

  test("client-side is taken over by server-side apply, and drops what the chart drops", async () => {
    const dir = await chart("csa", "web", WEB);
    await chart(
      "csa2",
      "web",
      {
        ...WEB,
        "templates/cm.yaml":
          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  other: x\n",
      },
      "0.2.0",
    );
    const ns = await space();
    await helm("install", "web", dir, "-n", ns, "--server-side=false");
    await succeed(upgrade("web", "csa2", { namespace: ns, serverSide: true }));
    const live = await get(`/api/v1/namespaces/${ns}/configmaps/web`);
    expect(live.data).toEqual({ other: "x" });
    expect(live.metadata.managedFields.map((one) => [one["manager"], one["operation"]])).toEqual([["helm", "Apply"]]);
  });
});

/** A scene that both sides play in namespaces of their own: the same error, the same history. */
interface Scene {
  readonly title: string;
  readonly first?: ChartSources;
  readonly before?: (namespace: string) => Promise<void>;
  readonly second: ChartSources;
  readonly args: readonly string[];
  readonly request: (key: string, namespace: string) => ActionRequest;
  /** The history is not compared where we refuse before writing. */
  readonly refused?: boolean;
}

const up =
  (over: Partial<UpgradeRequest> = {}) =>
  (key: string, namespace: string) =>
    upgrade("web", key, { namespace, ...over });
const inst =
  (over: Partial<InstallRequest> = {}) =>
  (key: string, namespace: string) =>
    install("web", key, { namespace, ...over });
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n";
const HOOK = "    helm.sh/hook: ";

const SCENES: readonly Scene[] = [
  { title: "an install of a name in use", first: WEB, second: WEB, args: ["install", "web", "CHART"], request: inst() },
  { title: "an upgrade of nothing", second: WEB, args: ["upgrade", "web", "CHART"], request: up() },
  {
    title: "a rollback of nothing",
    second: WEB,
    args: ["rollback", "web", "1"],
    request: (_, namespace) => rollback("web", 1, { namespace }),
  },
  {
    title: "a rollback to no revision",
    first: WEB,
    second: WEB,
    args: ["rollback", "web", "7"],
    request: (_, namespace) => rollback("web", 7, { namespace }),
  },
  {
    title: "an uninstall of nothing",
    second: WEB,
    args: ["uninstall", "web"],
    request: (_, namespace) => uninstall("web", { namespace }),
  },
  {
    title: "an object of somebody else",
    before: async (namespace) => {
      await send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "one" },
      });
    },
    second: { "templates/a.yaml": MAP },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "a kind that nobody knows",
    second: { "templates/a.yaml": "apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: x\n" },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "a template that fails",
    second: { "templates/a.yaml": '{{ fail "no way" }}' },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "an object that the server refuses, at install",
    second: { "templates/a.yaml": `${MAP}data: {a: 1}\n`, "templates/b.yaml": MAP.replace("one", "two") },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "an object that the server refuses, at upgrade",
    first: { "templates/a.yaml": MAP },
    second: { "templates/a.yaml": `${MAP}wrong: true\n` },
    args: ["upgrade", "web", "CHART"],
    request: up(),
  },
  {
    title: "a new object that the server refuses, at upgrade",
    first: { "templates/a.yaml": MAP },
    second: { "templates/a.yaml": MAP, "templates/b.yaml": `${MAP.replace("one", "two")}wrong: true\n` },
    args: ["upgrade", "web", "CHART"],
    request: up(),
  },
  {
    title: "a hook that fails at install",
    second: { "templates/a.yaml": job("bad", `${HOOK}pre-install`, "fail") },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "a hook that fails behind an upgrade",
    first: { "templates/a.yaml": MAP },
    second: {
      "templates/a.yaml": MAP,
      "templates/h.yaml": job("bad", `${HOOK}post-upgrade\n    helm.sh/hook-delete-policy: hook-failed`, "fail"),
    },
    args: ["upgrade", "web", "CHART"],
    request: up(),
  },
  {
    title: "a hook that cannot be made",
    second: {
      "templates/a.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\n  annotations:\n${HOOK}pre-install\ndata: {a: 1}\n`,
    },
    args: ["install", "web", "CHART"],
    request: inst(),
  },
  {
    title: "a hook that never ends",
    second: { "templates/a.yaml": job("slow", `${HOOK}pre-install`, "never") },
    args: ["install", "web", "CHART", "--timeout", "2s"],
    request: inst({ timeout: 2000 }),
  },
  {
    title: "a workload that never gets ready",
    second: {
      "templates/a.yaml": (WEB["templates/deploy.yaml"] ?? "").replace(
        "labels: {app: {{ .Release.Name }}}\n    spec",
        "labels: {app: {{ .Release.Name }}, oracle/fate: never}\n    spec",
      ),
      "values.yaml": "replicas: 1\n",
    },
    args: ["install", "web", "CHART", "--wait", "--timeout", "3s"],
    request: inst({ wait: "watcher", timeout: 3000 }),
  },
  {
    title: "a failed upgrade that is rolled back",
    first: { "templates/a.yaml": MAP },
    second: { "templates/a.yaml": `${MAP}wrong: true\n` },
    args: ["upgrade", "web", "CHART", "--rollback-on-failure"],
    request: up({ rollbackOnFailure: true }),
  },
  {
    title: "a failed install that is uninstalled",
    second: { "templates/a.yaml": MAP, "templates/b.yaml": `${MAP.replace("one", "two")}wrong: true\n` },
    args: ["install", "web", "CHART", "--rollback-on-failure"],
    request: inst({ rollbackOnFailure: true }),
  },
  {
    title: "a failed upgrade that is cleaned up",
    first: { "templates/a.yaml": MAP },
    second: { "templates/a.yaml": `${MAP}wrong: true\n`, "templates/b.yaml": MAP.replace("one", "two") },
    args: ["upgrade", "web", "CHART", "--cleanup-on-fail"],
    request: up({ cleanupOnFail: true }),
  },
  {
    title: "replicas that a person scaled, under helm's own rules",
    first: WEB,
    before: (namespace) => scale(namespace, "web", 5),
    second: WEB,
    args: ["upgrade", "web", "CHART"],
    request: up({ conflicts: "helm" }),
  },
  {
    title: "replicas that a person scaled, under the default rules",
    first: WEB,
    before: (namespace) => scale(namespace, "web", 5),
    second: WEB,
    args: ["upgrade", "web", "CHART"],
    request: up(),
    refused: true,
  },
  {
    title: "fields that several others own",
    first: WEB,
    before: async (namespace) => {
      await scale(namespace, "web", 5);
      const body = {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: { template: { spec: { containers: [{ name: "c", image: "other" }] } } },
      };
      await send(
        "PATCH",
        `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
        body,
        "application/apply-patch+yaml",
      );
    },
    second: WEB,
    args: ["upgrade", "web", "CHART"],
    request: up(),
    refused: true,
  },
];

describe("helm's own words for", () => {
  test.each(SCENES)("$title", async (scene) => {
    const key = `scene-${SCENES.indexOf(scene)}`;
    const first = scene.first === undefined ? undefined : await chart(`${key}-first`, "web", scene.first);
    const second = await chart(key, "web", scene.second, "0.2.0");
    const [theirs, ours] = [await space(), await space()];
    if (first !== undefined) {
      await helm("install", "web", first, "-n", theirs);
      await succeed(install("web", `${key}-first`, { namespace: ours }));
    }
    await scene.before?.(theirs);
    await scene.before?.(ours);
    const theirEnd = await helm.tried(...scene.args.map((arg) => (arg === "CHART" ? second : arg)), "-n", theirs);
    const ourEnd = await bench.run(scene.request(key, ours));
    expect(theirEnd.code).toBe(1);
    expect(messageOf(ourEnd, ours)).toBe(errorOf(theirEnd.stderr, theirs));
    if (scene.refused === true) {
      expect((await storyOf(ours, "web")).length).toBe((await storyOf(theirs, "web")).length - 1);
      return;
    }
    expect(await storyOf(ours, "web")).toEqual(await storyOf(theirs, "web"));
    expect(await names(ours)).toEqual(await names(theirs));
  });
});

describe("replicas", () => {
  test("that an autoscaler scaled stay, and the rest of the upgrade goes on", async () => {
    await chart("hpa", "web", WEB);
    const ns = await space();
    await succeed(install("web", "hpa", { namespace: ns }));
    await scale(ns, "web", 7, "kube-controller-manager");
    const driven = await succeed(upgrade("web", "hpa", { namespace: ns, values: { color: "green", replicas: 4 } }));
    const live = await get(`/apis/apps/v1/namespaces/${ns}/deployments/web`);
    expect(live.spec.replicas).toBe(7);
    expect(driven.events.filter((event) => event.type === "conflict")).toMatchObject([
      { decision: "yield", manager: "kube-controller-manager", field: ".spec.replicas" },
    ]);
    expect((await get(`/api/v1/namespaces/${ns}/configmaps/web`)).data).toEqual({ color: "green" });
  });

  test("of a workload that an HPA targets stay, whoever scaled it", async () => {
    await chart("hpa2", "web", WEB);
    const ns = await space();
    await succeed(install("web", "hpa2", { namespace: ns }));
    await send("POST", `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`, {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "h" },
      spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
    });
    await scale(ns, "web", 6);
    await succeed(upgrade("web", "hpa2", { namespace: ns }));
    expect((await get(`/apis/apps/v1/namespaces/${ns}/deployments/web`)).spec.replicas).toBe(6);
  });

  test("that a person scaled are taken over by force, or yielded by a rule", async () => {
    await chart("force", "web", WEB);
    const ns = await space();
    await succeed(install("web", "force", { namespace: ns }));
    await scale(ns, "web", 5);
    await succeed(
      upgrade("web", "force", { namespace: ns, conflicts: [{ fields: [".spec.replicas"], decision: "yield" }] }),
    );
    expect((await get(`/apis/apps/v1/namespaces/${ns}/deployments/web`)).spec.replicas).toBe(5);
    await succeed(upgrade("web", "force", { namespace: ns, forceConflicts: true }));
    expect((await get(`/apis/apps/v1/namespaces/${ns}/deployments/web`)).spec.replicas).toBe(2);
  });

  test("that a person scaled are explained field by field", async () => {
    await chart("explain", "web", WEB);
    const ns = await space();
    await succeed(install("web", "explain", { namespace: ns }));
    await scale(ns, "web", 5);
    const { outcome } = await bench.run(upgrade("web", "explain", { namespace: ns }));
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "conflict",
      detail: {
        conflicts: [
          {
            field: ".spec.replicas",
            manager: "kubectl",
            live: 5,
            wanted: 2,
            object: { kind: "Deployment", name: "web", namespace: ns },
          },
        ],
      },
    });
  });
});

describe("a field that somebody wrote in another version of the kind", () => {
  const HPA: ChartSources = {
    "values.yaml": "max: 3\nmin: 1\n",
    "templates/hpa.yaml":
      "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  minReplicas: {{ .Values.min }}\n  maxReplicas: {{ .Values.max }}\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}\n",
  };
  const at = (ns: string, version: string): string =>
    `/apis/autoscaling/${version}/namespaces/${ns}/horizontalpodautoscalers/web`;
  const edited = async (ns: string): Promise<void> => {
    await cluster.transport.send({
      method: "PATCH",
      path: at(ns, "v1"),
      query: [["fieldManager", "kubectl-edit"]],
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ spec: { maxReplicas: 9 } }),
    });
  };
  const specOf = async (ns: string): Promise<unknown> => {
    const { minReplicas, maxReplicas } = { ...(await get(at(ns, "v2"))).spec };
    return [minReplicas, maxReplicas];
  };

  test("is refused in helm's words before anything is written, and follows rules", async () => {
    const dir = await chart("hpa", "web", HPA);
    const [theirs, ours] = [await space(), await space()];
    await helm("install", "web", dir, "-n", theirs);
    await succeed(install("web", "hpa", { namespace: ours }));
    for (const ns of [theirs, ours]) await edited(ns);
    const theirEnd = await helm.tried("upgrade", "web", dir, "-n", theirs, "--set", "min=2");
    const values = { min: 2 };
    const ourEnd = await bench.run(upgrade("web", "hpa", { namespace: ours, values }));
    expect(messageOf(ourEnd, ours)).toBe(errorOf(theirEnd.stderr, theirs));
    expect(ourEnd.outcome).toMatchObject({
      code: "conflict",
      detail: { conflicts: [{ field: ".spec.maxReplicas", live: 9, wanted: 3 }] },
    });
    expect((await storyOf(ours, "web")).length).toBe(1);
    const left = [{ fields: [".spec.maxReplicas"], decision: "yield" }] as const;
    await succeed(upgrade("web", "hpa", { namespace: ours, values, conflicts: left }));
    expect(await specOf(ours)).toEqual([2, 9]);
    const taken = [{ decision: "force" }] as const;
    await succeed(upgrade("web", "hpa", { namespace: ours, values: { min: 3 }, conflicts: taken }));
    expect(await specOf(ours)).toEqual([3, 3]);
  });
});

test("what an upgrade no longer wants and another release owns is deleted by helm, and by us under its policy alone", async () => {
  const two = { "templates/a.yaml": MAP, "templates/b.yaml": MAP.replace("name: one", "name: b") };
  await chart("two-maps", "web", two);
  const dir = await chart("one-map", "web", { "templates/a.yaml": MAP });
  for (const by of ["helm", "us as helm", "us"] as const) {
    const ns = await space();
    await succeed(install("web", "two-maps", { namespace: ns }));
    const path = `/api/v1/namespaces/${ns}/configmaps/b`;
    const annotations = { "meta.helm.sh/release-name": "other" };
    await send("PATCH", path, { metadata: { annotations } }, "application/merge-patch+json");
    if (by === "helm") await helm("upgrade", "web", dir, "-n", ns);
    else await succeed(upgrade("web", "one-map", { namespace: ns, conflicts: by === "us" ? "default" : "helm" }));
    expect((await send("GET", path)) === undefined, by).toBe(by !== "us");
  }
});

describe("CRDs", () => {
  const crd = (group: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: foos.${group}\nspec:\n  group: ${group}\n  scope: Namespaced\n  names: {kind: Foo, plural: foos, singular: foo}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}\n`;

  test("of crds/ are there before the objects that need them, and before capabilities are told", async () => {
    const group = `a${unique}.example.com`;
    await chart("crds", "web", {
      "crds/foo.yaml": crd(group),
      "templates/foo.yaml": `apiVersion: ${group}/v1\nkind: Foo\nmetadata:\n  name: x\nspec:\n  known: {{ .Capabilities.APIVersions.Has "${group}/v1/Foo" }}\n`,
    });
    const ns = await space();
    await succeed(install("web", "crds", { namespace: ns }));
    expect((await get(`/apis/${group}/v1/namespaces/${ns}/foos/x`)).spec).toEqual({ known: true });
    await succeed(uninstall("web", { namespace: ns }));
    expect(await send("GET", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/foos.${group}`)).toBeDefined();
  });

  test("that the server refuses leave no record, as with helm", async () => {
    const dir = await chart("bad-crd", "web", {
      "crds/foo.yaml": crd(`b${unique}.example.com`).replace("scope: Namespaced", "scope: Wrong"),
      "templates/a.yaml": MAP,
    });
    const [theirs, ours] = [await space(), await space()];
    const theirEnd = await helm.tried("install", "web", dir, "-n", theirs);
    const ourEnd = await bench.run(install("web", "bad-crd", { namespace: ours }));
    expect(messageOf(ourEnd, ours)).toBe(errorOf(theirEnd.stderr, theirs));
    expect(await storyOf(ours, "web")).toEqual([]);
  });

  test("that the server refuses leave a name that is taken again free, as with helm", async () => {
    const good = await chart("good-web", "web", { "templates/a.yaml": MAP });
    const bad = await chart("worse-crd", "web", {
      "crds/foo.yaml": crd(`c${unique}.example.com`).replace("scope: Namespaced", "scope: Wrong"),
      "templates/a.yaml": MAP,
    });
    const [theirs, ours] = [await space(), await space()];
    await helm("install", "web", good, "-n", theirs);
    await helm("uninstall", "web", "-n", theirs, "--keep-history");
    await helm.tried("install", "web", bad, "-n", theirs, "--replace");
    const theirStory = await storyOf(theirs, "web");
    await succeed(install("web", "good-web", { namespace: ours }));
    await succeed(uninstall("web", { namespace: ours, keepHistory: true }));
    await bench.run(install("web", "worse-crd", { namespace: ours, replace: true }));
    expect(await storyOf(ours, "web")).toEqual(theirStory);
    await helm("install", "web", good, "-n", theirs, "--replace");
    await succeed(install("web", "good-web", { namespace: ours, replace: true }));
    expect(await storyOf(ours, "web")).toEqual(await storyOf(theirs, "web"));
  });
});

describe("a life with hooks", () => {
  test("runs them as helm does: the same phases, the same leftovers", async () => {
    const dir = await chart("hooked", "web", {
      "templates/a.yaml": MAP,
      "templates/h1.yaml": job(
        "first",
        `${HOOK}pre-install,pre-upgrade,pre-rollback,pre-delete\n    helm.sh/hook-weight: '-5'`,
      ),
      "templates/h2.yaml": job(
        "second",
        `${HOOK}post-install,post-upgrade,post-rollback,post-delete\n    helm.sh/hook-delete-policy: hook-succeeded`,
      ),
      "templates/h3.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: third\n  annotations:\n${HOOK}pre-install,post-delete\ndata: {n: {{ .Release.Revision | quote }}}\n`,
    });
    const [theirs, ours] = [await space(), await space()];
    const steps: readonly (readonly [readonly string[], ActionRequest])[] = [
      [["install", "web", dir], install("web", "hooked", { namespace: ours })],
      [["upgrade", "web", dir], upgrade("web", "hooked", { namespace: ours })],
      [["rollback", "web", "1"], rollback("web", 1, { namespace: ours })],
      [["uninstall", "web", "--keep-history"], uninstall("web", { namespace: ours, keepHistory: true })],
    ];
    for (const [args, request] of steps) {
      await helm(...args, "-n", theirs);
      await succeed(request);
      expect(await names(ours), args.join(" ")).toEqual(await names(theirs));
      for (const revision of [1, 2, 3]) {
        const [a, b] = [await record(theirs, "web", revision), await record(ours, "web", revision)];
        expect(plain(b?.text ?? "", ours), `${args[0]}, revision ${revision}`).toBe(plain(a?.text ?? "", theirs));
      }
    }
  });
});

test("an operation that another program's pending revision stands in the way of names the way out", async () => {
  await chart("pending", "web", WEB);
  const ns = await space();
  await succeed(install("web", "pending", { namespace: ns }));
  const path = `/api/v1/namespaces/${ns}/secrets/sh.helm.release.v1.web.v1`;
  const secret = await get(path);
  const packed = Buffer.from(Buffer.from(secret.data["release"] ?? "", "base64").toString(), "base64");
  const text = gunzipSync(packed).toString().replace('"status":"deployed"', '"status":"pending-upgrade"');
  const data = { release: Buffer.from(Buffer.from(text).toString("base64")).toString("base64") };
  await send(
    "PATCH",
    path,
    { data, metadata: { labels: { status: "pending-upgrade" } } },
    "application/merge-patch+json",
  );
  const theirs = await helm.tried("upgrade", "web", join(folder, "pending"), "-n", ns);
  const ours = await bench.run(upgrade("web", "pending", { namespace: ns }));
  expect(messageOf(ours, ns)).toBe(errorOf(theirs.stderr, ns));
  expect(ours.outcome).toMatchObject({
    code: "pending-other",
    detail: { revision: 1, choices: [{ choice: "unlock" }] },
  });
});

test("every step done twice on the real server ends as helm ends", async () => {
  const dir = await chart("twice", "web", {
    ...WEB,
    "templates/h.yaml": job("hook", `${HOOK}pre-install,pre-upgrade`),
  });
  const [theirs, ours] = [await space(), await space()];
  await helm("install", "web", dir, "-n", theirs);
  await helm("upgrade", "web", dir, "-n", theirs, "--set", "replicas=3");
  for (const request of [
    install("web", "twice", { namespace: ours }),
    upgrade("web", "twice", { namespace: ours, values: { replicas: 3 } }),
  ]) {
    expect((await bench.run(request, { twice: true, subrequests: 40 })).outcome.kind).toBe("succeeded");
  }
  expect(await storyOf(ours, "web")).toEqual(await storyOf(theirs, "web"));
  expect(await names(ours)).toEqual(await names(theirs));
});

async function succeed(request: ActionRequest): Promise<Driven> {
  const driven = await bench.run(request);
  if (driven.outcome.kind !== "succeeded") throw new Error(JSON.stringify(driven.outcome));
  return driven;
}

function results(driven: Driven): readonly string[] {
  return driven.events.flatMap((event) => (event.type === "resource" ? [`${event.object.kind} ${event.result}`] : []));
}

/** What of an object managers own, and who they are. */
async function ownedPart(path: string, namespace: string): Promise<unknown> {
  const { metadata } = await get(path.replace("NS", namespace));
  return JSON.parse(
    JSON.stringify({
      labels: metadata.labels,
      annotations: { ...metadata.annotations, "deployment.kubernetes.io/revision": "" },
      managers: metadata.managedFields
        .filter((one) => one["manager"] === "helm")
        .map((one) => [one["operation"], one["apiVersion"], one["fieldsV1"]]),
    }).replaceAll(namespace, "NS"),
  );
}

/** The ConfigMaps, Jobs and Deployments of a namespace. */
async function names(namespace: string): Promise<readonly string[]> {
  const out: string[] = [];
  for (const path of [
    "api/v1/namespaces/NS/configmaps",
    "apis/batch/v1/namespaces/NS/jobs",
    "apis/apps/v1/namespaces/NS/deployments",
  ]) {
    const list = await get(`/${path.replace("NS", namespace)}`);
    for (const item of list.items)
      if (item.metadata.deletionTimestamp === undefined) out.push(`${path.split("/").at(-1)} ${item.metadata.name}`);
  }
  return out.sort();
}
