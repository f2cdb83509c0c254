import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mergePatch } from "../../support/merge-patch.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import type { ReleaseIo } from "../../../infra/cli/release/io.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";
import type { Ended } from "../../support/helm.ts";
import { runRelease } from "../../support/run-release.ts";

const work = mkdtempSync(join(tmpdir(), "slipway-standing-"));
const CANARY = "canary-c41d22";
const CM = "/api/v1/namespaces/default/configmaps/web";
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";

beforeAll(() => {
  const chart = join(work, "web");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
  writeFileSync(join(chart, "values.yaml"), "color: red\nreplicas: 2\n");
  const all = `apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {color: {{ .Values.color }}}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
data: {p: ${btoa(CANARY)}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;
  writeFileSync(join(chart, "templates", "all.yaml"), all);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

let transport: ClusterTransport;
let over: Partial<ReleaseIo>;
let close: () => void;

beforeEach(async () => {
  const local = openReadyCluster();
  ({ transport, close } = local);
  over = { openCluster: async () => ({ transport, server: "", namespace: "default", close: async () => undefined }) };
  expect(await run(["install", "web", "web"])).toMatchObject({ code: 0 });
});
afterEach(() => close());

function run(argv: readonly string[]): Promise<Ended> {
  return runRelease(argv, { cwd: work, env: { HOME: work }, over });
}

const scale = (count: number) =>
  mergePatch(transport, `${DEPLOYMENT}/scale`, "kube-controller-manager", { spec: { replicas: count } });
const rowsOf = ({ stdout }: Ended) =>
  stdout
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split("\t").map((cell) => cell.trim()));

describe("slipway drift", () => {
  it("says so when there is none", async () => {
    expect(await run(["drift", "web", "--detailed-exitcode"])).toEqual({ code: 0, stdout: "No drift.\n", stderr: "" });
  });

  it("prints what differs, what is missing and what is yielded, Secrets masked", async () => {
    await mergePatch(transport, CM, "kubectl", { data: { color: "green" } });
    await mergePatch(transport, "/api/v1/namespaces/default/secrets/web", "kubectl", { data: { p: btoa("other") } });
    await scale(7);
    const ended = await run(["drift", "web", "--detailed-exitcode"]);
    expect(ended).toMatchObject({ code: 2, stderr: "" });
    const masked = expect.stringMatching(/^"\(masked [0-9a-f]{12}\)"$/);
    expect(rowsOf(ended)).toEqual([
      ["OBJECT", "DRIFT", "FIELD", "IN THE CLUSTER", "WANTED"],
      ["Secret default/web", "changed", ".data.p", masked, masked],
      ["ConfigMap default/web", "changed", ".data.color", '"green"', '"red"'],
      ["Deployment default/web", "yielded", ".spec.replicas", "", ""],
    ]);
    const ignored = await run(["drift", "web", "--ignore", "/data", "--detailed-exitcode", "-o", "json"]);
    expect(ignored.code).toBe(0);
    expect(JSON.parse(ignored.stdout)).toMatchObject([
      { drift: "none" },
      { drift: "none" },
      { yielded: [".spec.replicas"] },
    ]);
    expect((await run(["drift", "web", "-o", "yaml"])).stdout).toContain("drift: changed");
  });

  it("follows the policy that is named", async () => {
    await scale(7);
    const ended = await run(["drift", "web", "--conflicts", "helm"]);
    expect(rowsOf(ended)[1]).toEqual(["Deployment default/web", "changed", ".spec.replicas", "7", "2"]);
  });

  it.each(["drift", "ownership"])("%s tells what is no release", async (command) => {
    expect(await run([command, "none"])).toEqual({ code: 1, stdout: "", stderr: "Error: release: not found\n" });
  });
});

describe("slipway ownership", () => {
  it("prints who owns what, since when, and what an upgrade would do", async () => {
    await scale(7);
    const rows = rowsOf(await run(["ownership", "web"]));
    expect(rows[0]).toEqual(["OBJECT", "FIELD", "OWNERS", "SINCE", "AN UPGRADE"]);
    const since = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(rows).toContainEqual(["ConfigMap default/web", ".data.color", "helm", since, "keep"]);
    expect(rows).toContainEqual([
      "Deployment default/web",
      ".spec.replicas",
      "kube-controller-manager (scale)",
      since,
      "yield: an autoscaler owns the replicas",
    ]);
    expect(JSON.parse((await run(["ownership", "web", "-o", "json"])).stdout)).toHaveLength(3);
  });
});

describe("a yielded field", () => {
  it("is told on standard error, shown below helm's status, and gone once it is reclaimed", async () => {
    const plain = await run(["status", "web"]);
    await scale(7);
    const upgraded = await run(["upgrade", "web", "web", "--set", "color=blue"]);
    expect(upgraded.stderr).toMatch(
      /^level=WARN msg="Deployment default\/web: \.spec\.replicas is 7, set by .*an autoscaler/,
    );
    const status = await run(["status", "web"]);
    expect(plain.stdout).not.toContain("LEFT TO OTHERS");
    expect(status.stdout).toMatch(
      /\nLEFT TO OTHERS:\nDeployment default\/web: \.spec\.replicas is owned by kube-controller-manager through scale since .*Z\n$/,
    );
    expect((await run(["status", "web", "-o", "json"])).stdout).not.toContain("LEFT");
    const planned = await run(["plan", "web", "web", "--set", "color=blue", "--reclaim", ".spec.replicas"]);
    expect(planned.stdout).toMatch(/\.spec\.replicas/);
    await run(["upgrade", "web", "web", "--set", "color=blue", "--reclaim", ".spec.replicas"]);
    expect((await run(["status", "web"])).stdout).not.toContain("LEFT TO OTHERS");
    await scale(7);
    expect(await run(["upgrade", "web", "web", "--set", "color=blue", "--force-conflicts"])).toMatchObject({
      stderr: "",
    });
    expect((await run(["drift", "web"])).stdout).toBe("No drift.\n");
  });
});
