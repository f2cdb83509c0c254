import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildTool } from "../oracles/build.ts";
import { startCluster, type OracleCluster } from "../oracles/cluster.ts";
import { startServer, type SlipwayServer } from "../support/slipway-server.ts";
import { watchAudit } from "./audit.ts";
import { median, report } from "./figure.ts";

const SIZES: readonly number[] = [1, 10, 50, 200];
const ROUNDS = 5;
/** The user of the cluster's admin kubeconfig: both sides use it, one at a time. */
const USER = "helm-admin";
const SETTLE_MS = 200;

interface Bench {
  readonly cluster: OracleCluster;
  readonly server: SlipwayServer;
  readonly helm: string;
  readonly kubectl: string;
  readonly folder: string;
  readonly chart: string;
}

interface Run {
  readonly requests: number;
  readonly writes: number;
  readonly wall: number;
}

/** Installs of N objects on a real API server, `helm` and ours in turn; requests and writes as the audit log counts them. */
export async function benchRelease(): Promise<void> {
  const cluster = await startCluster(buildTool("cluster"));
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const server = await startServer({ args: ["--kubeconfig", cluster.kubeconfig, "--no-sample"] });
  const bench = {
    cluster,
    server,
    folder,
    helm: join(buildTool("helm"), "helm"),
    kubectl: join(buildTool("cluster"), "kubectl"),
    chart: writeChart(folder),
  };
  try {
    push(bench);
    for (const size of SIZES) await benchInstall(bench, size);
  } finally {
    await server.dispose();
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchInstall(bench: Bench, size: number): Promise<void> {
  const theirs: Run[] = [];
  const ours: Run[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    createNamespaces(bench, [`h${size}-${round}`, `s${size}-${round}`]);
    const [a, b] = [
      await measure(bench, () => installByHelm(bench, `h${size}-${round}`, size)),
      await measure(bench, () => installByUs(bench, `s${size}-${round}`, size)),
    ];
    if (round === 0) continue;
    theirs.push(a);
    ours.push(b);
  }
  for (const [figure, unit] of [
    ["writes", "requests"],
    ["requests", "requests"],
    ["wall", "ms"],
  ] as const) {
    const of = (runs: readonly Run[]): number => median(runs.map((run) => run[figure]));
    report({ name: `install/${size}/${figure}`, ours: of(ours), peer: "helm", theirs: of(theirs), unit });
  }
}

async function measure(bench: Bench, work: () => Promise<void>): Promise<Run> {
  const audit = watchAudit(bench.cluster.auditLog, USER);
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return { wall, ...audit.counts() };
}

async function installByHelm(bench: Bench, name: string, size: number): Promise<void> {
  runHelm(bench, ["install", name, bench.chart, "-n", name, "--set", `n=${size}`]);
}

async function installByUs(bench: Bench, name: string, size: number): Promise<void> {
  const response = await fetch(`${bench.server.url}/v1/clusters/default/namespaces/${name}/releases/${name}/install`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "wait=60", "idempotency-key": name },
    body: JSON.stringify({ chart: `oci://${bench.server.host}/charts/bench:0.1.0`, values: { n: size } }),
  });
  const text = await response.text();
  if (!text.includes('"succeeded"')) throw new Error(`install ${name}: ${response.status} ${text.slice(0, 2000)}`);
}

/** A namespace of its own for each release: what other releases left there is nobody's matter. */
function createNamespaces(bench: Bench, names: readonly string[]): void {
  const env = { PATH: process.env["PATH"], KUBECONFIG: bench.cluster.kubeconfig };
  for (const name of names) {
    const run = spawnSync(bench.kubectl, ["create", "namespace", name], { env, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`kubectl create namespace ${name}: ${run.stderr}`);
  }
}

function runHelm(bench: Bench, args: readonly string[]): void {
  const env = { PATH: process.env["PATH"], HOME: join(bench.folder, "home"), KUBECONFIG: bench.cluster.kubeconfig };
  const run = spawnSync(bench.helm, args, { env, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`helm ${args.join(" ")}: ${run.stderr}`);
}

function push(bench: Bench): void {
  runHelm(bench, ["package", bench.chart, "-d", bench.folder]);
  runHelm(bench, ["push", join(bench.folder, "bench-0.1.0.tgz"), `oci://${bench.server.host}/charts`, "--plain-http"]);
}

/** A chart of `n` ConfigMaps. */
function writeChart(folder: string): string {
  const chart = join(folder, "bench");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: bench\nversion: 0.1.0\n");
  writeFileSync(join(chart, "values.yaml"), "n: 1\nv: a\n");
  const lines = [
    "{{- range $i := until (int .Values.n) }}",
    "---",
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata:",
    "  name: {{ $.Release.Name }}-{{ $i }}",
    "  labels: {app: {{ $.Release.Name }}}",
    "data:",
    "  v: {{ $.Values.v | quote }}",
    "  i: {{ $i | quote }}",
    '  text: {{ repeat 200 "x" | quote }}',
    "{{- end }}",
  ];
  writeFileSync(join(chart, "templates", "maps.yaml"), `${lines.join("\n")}\n`);
  return chart;
}
