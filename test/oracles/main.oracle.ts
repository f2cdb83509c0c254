import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { memberAt, stringAt } from "../../engine/object/json.ts";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { createApi, releasePath, type Api, type ReleaseAddress } from "../support/api.ts";
import { createHelm, kubectl, required } from "../support/helm.ts";
import { startServer, type SlipwayServer } from "../support/slipway-server.ts";

const shared = join(import.meta.dirname, "..", "..", "..", "shared", "corpus", "charts");
const CLUSTER = "default";

/** Real charts with hooks, CRDs and sub-charts, which become ready on simulated nodes. */
const charts: readonly { readonly file: string; readonly has: string; readonly set?: string }[] = [
  { file: "argoproj.argo-helm/argo-cd-10.1.1.tgz", has: "CRDs, pre-install hooks" },
  { file: "prometheus-community.helm-charts/prometheus-29.27.0.tgz", has: "sub-charts" },
  { file: "kubernetes.ingress-nginx/ingress-nginx-4.15.1.tgz", has: "jobs before and after the install" },
  { file: "bitnami-labs.sealed-secrets/sealed-secrets-2.18.5.tgz", has: "a CRD folder" },
  { file: "traefik.traefik-helm-chart/traefik-41.3.0.tgz", has: "25 CRDs" },
  { file: "jenkinsci.helm-charts/jenkins-5.9.53.tgz", has: "test hooks" },
];

let server: SlipwayServer;
let api: Api;
const helm = createHelm();

beforeAll(async () => {
  if (!existsSync(shared)) throw new Error(`the corpus is not at ${shared}`);
  server = await startServer({ args: ["--kubeconfig", required("KUBECONFIG"), "--no-sample"] });
  api = createApi({ url: server.url });
});
afterAll(async () => server.dispose());

const chartName = (file: string): string => file.replace(/^.*\//, "").replace(/-v?\d.*$/, "");
const chartVersion = (file: string): string =>
  file
    .replace(/^.*\//, "")
    .replace(/\.tgz$/, "")
    .slice(chartName(file).length + 1);

describe("real charts, pushed by helm, installed by HTTP, changed by helm", () => {
  for (const [index, { file, has }] of charts.entries()) {
    const release: ReleaseAddress = { cluster: CLUSTER, namespace: `real-${index}`, name: `r${index}` };
    const inNamespace = ["-n", release.namespace];

    describe(`${chartName(file)} (${has})`, () => {
      it("is pushed by helm and installed with all pods ready", async () => {
        await helm("push", join(shared, file), `oci://${server.host}/charts`, "--plain-http");
        const done = await api.deploy(release, "install", {
          chart: `oci://${server.host}/charts/${chartName(file)}:${chartVersion(file)}`,
          createNamespace: true,
          wait: "watcher",
          timeout: "2m",
        });
        expect(memberAt(done, "release", "status")).toBe("deployed");
        expect(await unreadyPods(release.namespace)).toEqual([]);
      });

      it("is a release that helm lists, explains and shows", async () => {
        const listed = JSON.parse(await helm("list", ...inNamespace, "-o", "json")) as readonly JsonObject[];
        expect(listed.map((row) => [row["name"], row["revision"], row["status"]])).toEqual([
          [release.name, "1", "deployed"],
        ]);
        expect(await helm("status", release.name, ...inNamespace)).toContain("STATUS: deployed");
        const history = JSON.parse(
          await helm("history", release.name, ...inNamespace, "-o", "json"),
        ) as readonly JsonObject[];
        expect(history.map((row) => row["description"])).toEqual(["Install complete"]);
        const manifest = await helm("get", "manifest", release.name, ...inNamespace);
        const ours = await fetch(`${server.url}${releasePath(release)}/manifest`, {
          headers: { accept: "text/plain, application/json" },
        });
        const body = await ours.text();
        const text =
          ours.headers.get("content-type")?.startsWith("application/json") === true
            ? stringAt(JSON.parse(body) as JsonObject, "manifest")
            : body;
        expect(text?.trim()).toBe(manifest.trim());
      });

      it("is upgraded, rolled back and uninstalled by helm", async () => {
        await helm(
          "upgrade",
          release.name,
          join(shared, file),
          ...inNamespace,
          "--reuse-values",
          "--wait",
          "--timeout",
          "2m",
        );
        await helm("rollback", release.name, "1", ...inNamespace, "--wait", "--timeout", "2m");
        const history = await api.get(`${releasePath(release)}/history`);
        const rows = (history.body["items"] ?? []) as readonly JsonObject[];
        expect(Object.fromEntries(rows.map((row) => [row["revision"], row["status"]]))).toEqual({
          1: "superseded",
          2: "superseded",
          3: "deployed",
        });
        await helm("uninstall", release.name, ...inNamespace, "--wait", "--timeout", "2m");
        expect((await api.get(releasePath(release))).status).toBe(404);
        expect(JSON.parse(await helm("list", ...inNamespace, "-o", "json"))).toEqual([]);
      });
    });
  }
});

async function unreadyPods(namespace: string): Promise<readonly JsonValue[]> {
  const pods = JSON.parse(await kubectl("get", "pods", "-n", namespace, "-o", "json")) as {
    readonly items: readonly JsonObject[];
  };
  return pods.items
    .filter((pod) => stringAt(pod, "status", "phase") !== "Succeeded")
    .filter((pod) => {
      const conditions = (memberAt(pod, "status", "conditions") ?? []) as readonly JsonObject[];
      return !conditions.some((condition) => condition["type"] === "Ready" && condition["status"] === "True");
    })
    .map((pod) => stringAt(pod, "metadata", "name") ?? "");
}

const folder = mkdtempSync(join(tmpdir(), "slipway-charts-"));

/** A chart of one Deployment whose replicas and note are values. */
function writeChart(name: string, extra: Readonly<Record<string, string>> = {}): string {
  const chart = join(folder, name);
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`);
  writeFileSync(join(chart, "values.yaml"), "replicas: 3\nnote: first\n");
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ int .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations: {note: {{ .Values.note | quote }}}
    spec:
      containers:
        - name: main
          image: example.com/web:1
`;
  for (const [file, text] of Object.entries({ "templates/web.yaml": deployment, ...extra }))
    writeFileSync(join(chart, file), text);
  return chart;
}

async function pushChart(name: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const chart = writeChart(name, extra);
  await helm("package", chart, "-d", folder);
  await helm("push", join(folder, `${name}-0.1.0.tgz`), `oci://${server.host}/charts`, "--plain-http");
  return chart;
}

const replicasOf = async (release: ReleaseAddress): Promise<string> =>
  kubectl("get", "deployment", release.name, "-n", release.namespace, "-o", "jsonpath={.spec.replicas}");

describe("a release that helm installed", () => {
  const release: ReleaseAddress = { cluster: CLUSTER, namespace: "default", name: "theirs" };

  it("is upgraded by us, and rolled back by helm", async () => {
    const chart = await pushChart("theirs");
    await helm("install", release.name, chart, "--wait");
    const done = await api.deploy(release, "upgrade", {
      chart: "charts/theirs",
      version: "0.1.0",
      values: { note: "second" },
      wait: true,
    });
    expect(memberAt(done, "release", "revision")).toBe(2);
    const listed = JSON.parse(await helm("list", "-o", "json", "--filter", "^theirs$")) as readonly JsonObject[];
    expect(listed.map((row) => [row["revision"], row["status"]])).toEqual([["2", "deployed"]]);
    await helm("rollback", release.name, "1", "--wait");
    expect(
      await kubectl("get", "deployment", release.name, "-o", "jsonpath={.spec.template.metadata.annotations.note}"),
    ).toBe("first");
    await api.deploy(release, "uninstall", {});
    expect((await helm.tried("status", release.name)).code).toBe(1);
  });
});

describe("replicas that somebody else changed", () => {
  const install = async (name: string): Promise<ReleaseAddress> => {
    const release: ReleaseAddress = { cluster: CLUSTER, namespace: "default", name };
    await api.deploy(release, "install", { chart: "charts/scaled", version: "0.1.0" });
    return release;
  };
  const upgrade = { chart: "charts/scaled", version: "0.1.0", values: { note: "second" } };

  beforeAll(async () => {
    await pushChart("scaled");
  });

  it("stay with the autoscaler, and the event stream says so", async () => {
    const release = await install("autoscaled");
    await scaleAs("kube-controller-manager", release, 5);
    const done = await api.deploy(release, "upgrade", upgrade);
    expect(await replicasOf(release)).toBe("5");
    const conflicts = (await api.events(stringAt(done, "id") ?? "")).filter((entry) => entry.event === "conflict");
    expect(
      conflicts.map(({ data }) => [memberAt(data, "field"), memberAt(data, "manager"), memberAt(data, "decision")]),
    ).toEqual([[".spec.replicas", "kube-controller-manager", "yield"]]);
  });

  it("are a conflict under strict Helm, even of an autoscaler", async () => {
    const release = await install("strict");
    await scaleAs("kube-controller-manager", release, 5);
    const answer = await api.post(
      `${releasePath(release)}/upgrade`,
      { ...upgrade, conflicts: "helm" },
      { prefer: "wait=60" },
    );
    expect([answer.status, answer.body["code"]]).toEqual([409, "field-conflict"]);
    expect(await replicasOf(release)).toBe("5");
  });

  for (const conflicts of ["default", "helm"]) {
    it(`are Helm's conflict after a person's kubectl scale, under the policy ${conflicts}`, async () => {
      const release = await install(`person-${conflicts}`);
      await kubectl("scale", "deployment", release.name, "--replicas=5");
      const answer = await api.post(
        `${releasePath(release)}/upgrade`,
        { ...upgrade, conflicts },
        { prefer: "wait=60" },
      );
      expect([answer.status, answer.body["code"]]).toEqual([409, "field-conflict"]);
      const explained = (answer.body["conflicts"] ?? []) as readonly JsonObject[];
      expect(explained.map((row) => [row["field"], row["manager"]])).toEqual([[".spec.replicas", "kubectl"]]);
      expect(stringAt(answer.body, "detail")).toContain(
        `conflict occurred while applying object default/${release.name} apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas`,
      );
      expect(await replicasOf(release)).toBe("5");
      const theirs = await helm.tried("upgrade", release.name, join(folder, "scaled"), "--set", "note=third");
      expect(theirs.stderr).toContain(
        `Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas`,
      );
    });
  }

  it("names the choices, and forcing is one of them", async () => {
    const release = await install("forced");
    await kubectl("scale", "deployment", release.name, "--replicas=5");
    const refused = await api.post(`${releasePath(release)}/upgrade`, upgrade, { prefer: "wait=60" });
    expect(JSON.stringify(refused.body)).toMatch(/force/);
    expect(JSON.stringify(refused.body)).toMatch(/yield/);
    const rules = [{ fields: [".spec.replicas"], managers: ["kubectl"], decision: "yield" }];
    await api.deploy(release, "upgrade", { ...upgrade, conflicts: rules });
    expect(await replicasOf(release)).toBe("5");
    await api.deploy(release, "upgrade", { ...upgrade, forceConflicts: true });
    expect(await replicasOf(release)).toBe("3");
  });
});

async function scaleAs(manager: string, { namespace, name }: ReleaseAddress, replicas: number): Promise<void> {
  const { transport, close } = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
  const answer = await transport.send({
    method: "PATCH",
    path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`,
    query: [["fieldManager", manager]],
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { replicas } }),
  });
  await close();
  expect(answer.status).toBe(200);
}

/** A pod for each revision, which never becomes ready when `fate` says so. */
const slowPod = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-{{ .Release.Revision }}
  labels: {oracle/fate: {{ .Values.fate | default "run" }}}
spec:
  containers:
    - name: main
      image: example.com/web:1
`;

describe("a revision that a killed helm left pending", () => {
  const release: ReleaseAddress = { cluster: CLUSTER, namespace: "default", name: "abandoned" };
  const upgrade = { chart: "charts/abandoned", version: "0.1.0", values: { note: "third" } };
  const statuses = async (): Promise<readonly unknown[]> =>
    (JSON.parse(await helm("history", release.name, "-o", "json")) as readonly JsonObject[]).map(
      (row) => row["status"],
    );

  it("is there when helm dies by SIGKILL in the middle of an upgrade", async () => {
    const chart = await pushChart("abandoned", { "templates/slow.yaml": slowPod });
    await helm("install", release.name, chart);
    const never = ["--set", "fate=never", "--wait", "--timeout", "5m"];
    const child = spawn(required("HELM"), ["upgrade", release.name, chart, ...never], {
      env: { ...process.env, HOME: folder },
      stdio: "ignore",
    });
    const dead = once(child, "exit");
    while (!(await statuses()).includes("pending-upgrade")) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGKILL");
    await dead;
    expect(await statuses()).toEqual(["deployed", "pending-upgrade"]);
  });

  it("stops helm and us, however often a server starts and looks for what was left behind", async () => {
    expect((await helm.tried("upgrade", release.name, join(folder, "abandoned"))).stderr).toContain(
      "another operation (install/upgrade/rollback) is in progress",
    );
    for (const restart of [false, true]) {
      if (restart) await restarted();
      const answer = await api.post(`${releasePath(release)}/upgrade`, upgrade, { prefer: "wait=60" });
      expect([answer.status, answer.body["code"]]).toEqual([409, "release-busy"]);
      expect(JSON.stringify(answer.body)).toContain("unlock");
      expect(await statuses()).toEqual(["deployed", "pending-upgrade"]);
    }
  });

  it("ends by unlock alone, and then the next upgrade succeeds", async () => {
    expect((await api.post(`${releasePath(release)}/unlock`, { revision: 2 })).status).toBe(200);
    expect(await statuses()).toEqual(["deployed", "failed"]);
    await api.deploy(release, "upgrade", upgrade);
    expect(await statuses()).toEqual(["superseded", "failed", "deployed"]);
  });
});

async function restarted(): Promise<void> {
  await server.stop("SIGKILL");
  server = await startServer({ args: ["--kubeconfig", required("KUBECONFIG"), "--no-sample"], data: server.data });
  api = createApi({ url: server.url });
}

describe("an operation that is interrupted", () => {
  const release: ReleaseAddress = { cluster: CLUSTER, namespace: "default", name: "interrupted" };
  const neverReady = {
    chart: "charts/slow",
    version: "0.1.0",
    values: { fate: "never", note: "second" },
    wait: true,
    timeout: "30s",
  };
  it("keeps a second writer away with a problem that names it", async () => {
    await pushChart("slow", { "templates/slow.yaml": slowPod });
    await api.deploy(release, "install", { chart: "charts/slow", version: "0.1.0" });
    const first = await api.post(`${releasePath(release)}/upgrade`, neverReady);
    expect(first.status).toBe(202);
    const second = await api.post(`${releasePath(release)}/upgrade`, neverReady);
    expect([second.status, second.body["code"]]).toEqual([409, "operation-running"]);
    expect(JSON.stringify(second.body)).toContain(String(first.body["id"]));
  });

  it("is taken up again after SIGKILL, and leaves nothing pending", async () => {
    const running = await api.get(releasePath(release));
    const operation = stringAt(running.body, "operation") ?? "";
    expect(operation).not.toBe("");
    await restarted();
    const ended = await endOf(operation);
    expect(["failed", "succeeded"]).toContain(ended["status"]);
    const statuses = (JSON.parse(await helm("history", release.name, "-o", "json")) as readonly JsonObject[]).map(
      (row) => String(row["status"]),
    );
    expect(statuses.filter((status) => status.startsWith("pending"))).toEqual([]);
    await api.deploy(release, "upgrade", {
      chart: "charts/slow",
      version: "0.1.0",
      values: { note: "third" },
      wait: true,
    });
    expect(await helm("status", release.name)).toContain("STATUS: deployed");
  });

  async function endOf(operation: string): Promise<JsonObject> {
    const end = Date.now() + 120_000;
    while (Date.now() < end) {
      const { body } = await api.get(`/v1/operations/${operation}`);
      if (body["status"] !== "running") return body;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`${operation} did not end`);
  }
});
