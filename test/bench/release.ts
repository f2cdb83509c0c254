import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { buildTool } from "../oracles/build.ts";
import { startCluster, type OracleCluster } from "../oracles/cluster.ts";
import { startServer, type SlipwayServer } from "../support/slipway-server.ts";
import { watchAudit } from "./audit.ts";
import { median, report } from "./figure.ts";
import { RELEASE_STEPS, type ReleaseStep, valuesOfStep, writeReleaseChart } from "./release-chart.ts";
import { commandPeer, floorPeer, modelOf, type Peer, serverPeer, slipwayCommand } from "./release-peers.ts";

/** Objects of a release, and how often its life is lived; the first life of a size is not counted. */
const SIZES: readonly (readonly [objects: number, rounds: number])[] = [
  [1, 5],
  [10, 5],
  [50, 5],
  [200, 3],
  [1000, 2],
];
const WAITED: readonly (readonly [objects: number, rounds: number])[] = [
  [1, 3],
  [10, 3],
  [50, 2],
];
/** Lives of one object before anything is measured: Node compiles what has run often, and interprets most of a server's first operations. */
const WARM_LIVES = 20;
const MANY = 5000;
/**
 * The heap of the server that installs many, in MB. Where only the old space is limited, V8 takes semi-spaces of 64 MB and marks without an end
 * while less than one of them is left of the old space; {@link SEMI_SPACE} is that of a small heap.
 */
const HEAP = 128;
const SEMI_SPACE = 16;
/** Reads of an operation besides pages of its objects. */
const MOST_READS = 6;
const PAGE = 500;
/** The user of the cluster's admin kubeconfig: all use it, one at a time. */
const USER = "helm-admin";
const SETTLE_MS = 200;

interface Bench {
  readonly cluster: OracleCluster;
  readonly kubectl: string;
  readonly folder: string;
  readonly helm: Peer;
}

interface Run {
  readonly requests: number;
  readonly writes: number;
  readonly wall: number;
}

/** How a life is measured. */
interface Life {
  readonly row: string;
  readonly objects: number;
  readonly rounds: number;
  readonly kind: "ConfigMap" | "Deployment";
  readonly wait: boolean;
  readonly steps: readonly ReleaseStep[];
}

/**
 * Releases on a real API server, step by step in turns: `helm`, ours, and the floors; requests and writes as the audit log counts them.
 * `--only lives|waited|process|many` does one part.
 */
export async function benchRelease(): Promise<void> {
  const at = process.argv.indexOf("--only");
  const only = at < 0 ? undefined : process.argv[at + 1];
  const does = (part: string): boolean => only === undefined || only === part;
  const cluster = await startCluster(buildTool("cluster"));
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const chart = writeReleaseChart(folder);
  const env = { PATH: process.env["PATH"], HOME: join(folder, "home"), KUBECONFIG: cluster.kubeconfig };
  const helm = commandPeer({ name: "helm", command: [join(buildTool("helm"), "helm")], chart, env });
  const ours = commandPeer({ name: "slipway", command: slipwayCommand, chart, env });
  const bench = { cluster, folder, helm, kubectl: join(buildTool("cluster"), "kubectl") };
  try {
    await withServer(bench, chart, {}, async (server) => {
      if (does("lives")) await benchLives(bench, serverPeer(server));
      if (does("waited")) await benchWaited(bench, serverPeer(server));
    });
    if (does("process")) await benchProcess(bench, ours);
    if (does("many")) await withServer(bench, chart, memoryLimit(), (server) => benchMany(bench, server));
  } finally {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function memoryLimit(): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--max-old-space-size=${HEAP} --max-semi-space-size=${SEMI_SPACE}` };
}

async function withServer(
  bench: Bench,
  chart: string,
  env: NodeJS.ProcessEnv,
  work: (server: SlipwayServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({ args: ["--kubeconfig", bench.cluster.kubeconfig, "--no-sample"], env });
  try {
    const helm = join(buildTool("helm"), "helm");
    const home = { PATH: process.env["PATH"], HOME: join(bench.folder, "home") };
    for (const args of [
      ["package", chart, "-d", bench.folder],
      ["push", join(bench.folder, "bench-0.1.0.tgz"), `oci://${server.host}/charts`, "--plain-http"],
    ]) {
      const run = spawnSync(helm, args, { env: home, encoding: "utf8" });
      if (run.status !== 0) throw new Error(`helm ${args.join(" ")}: ${run.stderr}`);
    }
    await work(server);
  } finally {
    await server.dispose();
  }
}

async function benchLives(bench: Bench, ours: Peer): Promise<void> {
  const floor = await floorPeer(bench.cluster.kubeconfig);
  const readsFloor = await floorPeer(bench.cluster.kubeconfig, "reads-floor");
  try {
    await warmUp(bench, [ours, floor, readsFloor]);
    for (const [objects, rounds] of SIZES) {
      const life = { row: "", objects, rounds, kind: "ConfigMap" as const, wait: false, steps: RELEASE_STEPS };
      await benchLife(bench, life, [ours, bench.helm, floor, readsFloor]);
    }
  } finally {
    await floor.close?.();
    await readsFloor.close?.();
  }
}

async function benchWaited(bench: Bench, ours: Peer): Promise<void> {
  await warmUp(bench, [ours]);
  for (const [objects, rounds] of WAITED) {
    const life = { objects, rounds, wait: true, steps: RELEASE_STEPS };
    await benchLife(bench, { ...life, row: "wait-", kind: "Deployment" }, [ours, bench.helm]);
  }
}

async function benchProcess(bench: Bench, ours: Peer): Promise<void> {
  for (const objects of [1, 50, 200]) {
    const life = { row: "process-", objects, rounds: 3, kind: "ConfigMap" as const, wait: false, steps: RELEASE_STEPS };
    await benchLife(bench, life, [ours, bench.helm]);
  }
}

/** What runs as a process each time has nothing to warm. */
async function warmUp(bench: Bench, peers: readonly Peer[]): Promise<void> {
  const run = randomUUID().slice(0, 8);
  for (let life = 0; life < WARM_LIVES; life++) {
    const names = peers.map((peer) => `${peer.name[0]}warm-${run}-${life}`);
    createNamespaces(bench, [...names, ...names.filter((_, index) => isFloor(peers[index])).map(modelOf)]);
    for (const step of RELEASE_STEPS) {
      for (const [index, peer] of peers.entries()) {
        const asked = { step, name: names[index] ?? "", values: valuesOfStep(step, 1, "ConfigMap"), wait: false };
        await peer.prepare?.(asked);
        await peer.play(asked);
      }
    }
  }
}

/** Takes all peers through a release's life some times, and reports the first one beside the others. */
async function benchLife(bench: Bench, life: Life, peers: readonly Peer[]): Promise<void> {
  const runs = new Map<string, Run[]>();
  for (let round = 0; round <= life.rounds; round++) {
    const names = peers.map((peer) => `${peer.name[0]}${life.row}${life.objects}-${round}`);
    createNamespaces(bench, [...names, ...names.filter((_, index) => isFloor(peers[index])).map(modelOf)]);
    for (const step of life.steps) {
      for (const [index, peer] of peers.entries()) {
        const values = valuesOfStep(step, life.objects, life.kind);
        const run = await measure(bench, peer, { step, name: names[index] ?? "", values, wait: life.wait });
        if (round > 0) runs.set(`${peer.name} ${step}`, [...(runs.get(`${peer.name} ${step}`) ?? []), run]);
      }
    }
  }
  for (const step of life.steps) reportStep(life, step, peers, runs);
}

function reportStep(life: Life, step: ReleaseStep, peers: readonly Peer[], runs: ReadonlyMap<string, Run[]>): void {
  const [ours, ...others] = peers;
  for (const peer of others) {
    for (const [figure, unit] of [
      ["writes", "requests"],
      ["requests", "requests"],
      ["wall", "ms"],
    ] as const) {
      if (isFloor(peer) && figure !== "wall") continue;
      const of = (who: string): number => median((runs.get(`${who} ${step}`) ?? []).map((run) => run[figure]));
      const name = `${life.row}${step}/${life.objects}/${figure}`;
      report({ name, ours: of(ours?.name ?? ""), peer: peer.name, theirs: of(peer.name), unit });
    }
  }
}

function isFloor(peer: Peer | undefined): boolean {
  return peer?.prepare !== undefined;
}

async function measure(bench: Bench, peer: Peer, asked: Parameters<Peer["play"]>[0]): Promise<Run> {
  await peer.prepare?.(asked);
  // A list waits up to a tenth of a second for what somebody has just written.
  if (peer.prepare !== undefined) await pause(SETTLE_MS);
  const audit = watchAudit(bench.cluster.auditLog, USER);
  const start = performance.now();
  await peer.play(asked);
  const wall = performance.now() - start;
  await pause(SETTLE_MS);
  return { wall, ...audit.counts() };
}

/** Many objects by a server whose heap is small: milliseconds for each, beside those of a tenth of them, and the process's highest memory. */
async function benchMany(bench: Bench, server: SlipwayServer): Promise<void> {
  const idle = residentOf(server, "VmRSS");
  const few = await installMany(bench, serverPeer(server), MANY / 10);
  const many = await installMany(bench, serverPeer(server), MANY);
  const each = { ours: many.wall / MANY, theirs: few.wall / (MANY / 10), unit: "ms each" };
  report({ name: `install/${MANY}/linear`, ...each, peer: `install/${MANY / 10}` });
  const highest = residentOf(server, "VmHWM") - idle;
  report({ name: `install/${MANY}/memory`, ours: highest, peer: "limit", theirs: HEAP, unit: "MB above idle" });
  for (const step of ["upgrade-none", "upgrade-one", "uninstall"] as const) {
    const run = await measure(bench, serverPeer(server), stepOfMany(step, `s-many-${MANY}`, MANY));
    const most = run.writes + MOST_READS + MANY / PAGE;
    report({ name: `${step}/${MANY}/requests`, ours: run.requests, peer: "limit", theirs: most, unit: "requests" });
    const perObject = { ours: run.wall / MANY, theirs: many.wall / MANY, unit: "ms each" };
    report({ name: `${step}/${MANY}/wall`, ...perObject, peer: `install/${MANY}` });
  }
  const life = residentOf(server, "VmHWM") - idle;
  report({ name: `life/${MANY}/memory`, ours: life, peer: "limit", theirs: HEAP, unit: "MB above idle" });
  const helm = await installMany(bench, bench.helm, MANY);
  report({ name: `install/${MANY}/writes`, ours: many.writes, peer: "helm", theirs: helm.writes, unit: "requests" });
  report({ name: `install/${MANY}/wall`, ours: many.wall, peer: "helm", theirs: helm.wall, unit: "ms" });
}

async function installMany(bench: Bench, peer: Peer, objects: number): Promise<Run> {
  const name = `${peer.name[0]}-many-${objects}`;
  createNamespaces(bench, [name]);
  return await measure(bench, peer, stepOfMany("install", name, objects));
}

function stepOfMany(step: ReleaseStep, name: string, objects: number): Parameters<Peer["play"]>[0] {
  return { step, name, values: valuesOfStep(step, objects, "ConfigMap"), wait: false };
}

/** A process's memory in MB. */
function residentOf({ process: { pid } }: SlipwayServer, field: "VmRSS" | "VmHWM"): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`, "u").exec(text)?.[1]) / 1024;
}

/** A namespace of its own for each release: what other releases left there is nobody's matter. */
function createNamespaces(bench: Bench, names: readonly string[]): void {
  const env = { PATH: process.env["PATH"], KUBECONFIG: bench.cluster.kubeconfig };
  for (const name of names) {
    const run = spawnSync(bench.kubectl, ["create", "namespace", name], { env, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`kubectl create namespace ${name}: ${run.stderr}`);
  }
}
