import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { report } from "./figure.ts";
import { type HttpLoad, type LoadPlan, startHttpLoad } from "./http-load.ts";
import { processCost } from "./process-cost.ts";
import { keep } from "./registry-bodies.ts";
import { createBodies } from "./registry-charts.ts";
import { benchColdPull } from "./registry-cold.ts";
import { benchIndex } from "./registry-index.ts";
import { type RegistryPeer, startDistribution, startOlareg, startOurs } from "./registry-peers.ts";
import { pushTests, readTests, seedContent, seedOperations } from "./registry-tests.ts";

/** How long a peer is asked before its time is taken, and then, per round. */
const WARM_MS = 300;
const READ_MS = 700;
const PUSH_MS = 1200;
/** Each load once at the start: runtimes that compile what runs often need it, and the others get it too. */
const FIRST_MS = 500;
const SEED_MS = 120_000;
const ROUNDS = 2;

/** What the parts of the bench share. */
export interface RegistryBench {
  readonly load: HttpLoad;
  readonly folder: string;
  readonly connections: readonly number[];
  readonly wants: (name: string) => boolean;
}

/** Slipway beside olareg and distribution, load by load in turn; then a large index and a cold pull through a proxy. */
export async function benchRegistry(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      only: { type: "string" },
      connections: { type: "string", default: "1,10,50" },
      peers: { type: "string", default: "slipway,olareg,distribution" },
    },
  });
  const only = values.only?.split(",");
  const bench: RegistryBench = {
    load: startHttpLoad(),
    folder: mkdtempSync(join(tmpdir(), "slipway-bench-")),
    connections: values.connections.split(",").map(Number),
    wants: (name) => only === undefined || only.some((word) => name.startsWith(word)),
  };
  const started: RegistryPeer[] = [];
  try {
    const wanted = values.peers.split(",");
    for (const [name, start] of Object.entries(peers)) {
      if (wanted.includes(name)) started.push(await start(join(bench.folder, name)));
    }
    await benchLoads(bench, started);
    await benchIndex(bench, started);
    await benchColdPull(bench);
  } finally {
    bench.load.stop();
    await Promise.all(started.map(async (peer) => await peer.stop()));
    rmSync(bench.folder, { recursive: true, force: true });
  }
}

const peers = {
  slipway: startOurs,
  olareg: startOlareg,
  distribution: startDistribution,
} as const;

async function benchLoads(bench: RegistryBench, all: readonly RegistryPeer[]): Promise<void> {
  const reads = Object.entries(readTests).filter(([name]) => bench.wants(name));
  const pushes = Object.entries(pushTests).filter(([name]) => bench.wants(name));
  const content = seedContent();
  if (reads.length > 0) await seed(bench, all, content);
  for (const [, test] of reads) await warmUp(bench, all, { operations: test(content), milliseconds: FIRST_MS });
  for (const [, test] of pushes) {
    const bodies = createBodies();
    const operations = test(bodies, "first");
    await warmUp(bench, all, {
      operations,
      once: true,
      milliseconds: PUSH_MS,
      bodies: keep(bench.folder, bodies.all()),
    });
  }
  for (const [name, test] of reads) {
    const operations = test(content);
    for (const connections of bench.connections) {
      const plan = { connections, milliseconds: READ_MS, operations };
      const warm = { ...plan, milliseconds: WARM_MS };
      await compare(bench, all, { name, warm, plans: Array.from({ length: ROUNDS }, () => plan) });
    }
  }
  for (const [name, test] of pushes) {
    for (const connections of bench.connections) {
      const [warm, ...plans] = Array.from({ length: ROUNDS + 1 }, (_, round) => {
        const bodies = createBodies();
        const operations = test(bodies, `${connections}-${round}`);
        return {
          connections,
          milliseconds: PUSH_MS,
          once: true,
          operations,
          bodies: keep(bench.folder, bodies.all(), `bodies-${round}`),
        };
      });
      if (warm !== undefined) await compare(bench, all, { name, warm, plans });
    }
  }
}

/** Lets every peer do for a while what it will be asked. */
async function warmUp(
  { load }: RegistryBench,
  all: readonly RegistryPeer[],
  plan: Omit<LoadPlan, "address" | "connections">,
): Promise<void> {
  for (const { address } of all) await load.run({ ...plan, address, connections: 10 });
}

async function seed(
  bench: RegistryBench,
  all: readonly RegistryPeer[],
  content: ReturnType<typeof seedContent>,
): Promise<void> {
  const bodies = createBodies();
  const operations = seedOperations(bodies, content);
  const plan = {
    connections: 4,
    milliseconds: SEED_MS,
    once: true,
    operations,
    bodies: keep(bench.folder, bodies.all()),
  };
  await Promise.all(
    all.map(async ({ address }) => {
      const { operations: done } = await bench.load.run({ ...plan, address });
      if (done !== operations.length) throw new Error(`${address} took only a part of the content`);
    }),
  );
}

/** A load for several peers. Each plan is one round. */
export interface Comparison {
  readonly name: string;
  /** Comes before them and does not count. */
  readonly warm: Omit<LoadPlan, "address">;
  readonly plans: readonly Omit<LoadPlan, "address">[];
  /** What a peer is sent instead of the plan's operations. */
  readonly operationsOf?: (peer: RegistryPeer) => LoadPlan["operations"];
}

interface Measured {
  readonly peer: string;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's CPU per operation. */
  readonly cpu: number;
  /** MB. */
  readonly peak: number;
}

/** Runs the load on each peer in turn, round by round, and prints a line for each and the ratios of CPU. Least CPU and best rate of the rounds. */
export async function compare(
  bench: RegistryBench,
  all: readonly RegistryPeer[],
  { name, warm, plans, operationsOf }: Comparison,
): Promise<void> {
  const best = new Map<string, Measured>();
  const connections = plans[0]?.connections ?? 0;
  const planFor = (peer: RegistryPeer, plan: Omit<LoadPlan, "address">): Omit<LoadPlan, "address"> => ({
    ...plan,
    operations: operationsOf?.(peer) ?? plan.operations,
  });
  for (const peer of all) await bench.load.run({ ...planFor(peer, warm), address: peer.address });
  for (const [round, plan] of plans.entries()) {
    for (let i = 0; i < all.length; i++) {
      const peer = all[(i + round) % all.length];
      if (peer === undefined) continue;
      const measured = await measure(bench.load, peer, planFor(peer, plan));
      const before = best.get(peer.name);
      best.set(peer.name, before === undefined ? measured : better(before, measured));
    }
  }
  for (const measured of best.values()) say(`registry/${name}/${connections}`, measured);
  const ours = best.get("slipway");
  for (const theirs of best.values()) {
    if (ours === undefined || theirs === ours) continue;
    report({
      name: `registry/${name}/${connections}/cpu`,
      ours: ours.cpu,
      peer: theirs.peer,
      theirs: theirs.cpu,
      unit: "µs",
    });
  }
}

async function measure(load: HttpLoad, peer: RegistryPeer, plan: Omit<LoadPlan, "address">): Promise<Measured> {
  const before = processCost(peer.pid);
  const { operations, seconds, p50, p99 } = await load.run({ ...plan, address: peer.address });
  const after = processCost(peer.pid);
  const cpu = ((after.cpu - before.cpu) * 1000) / operations;
  return { peer: peer.name, rate: operations / seconds, p50, p99, cpu, peak: after.peak };
}

function better(a: Measured, b: Measured): Measured {
  const faster = a.rate > b.rate ? a : b;
  return { ...faster, cpu: Math.min(a.cpu, b.cpu), peak: Math.max(a.peak, b.peak) };
}

function say(name: string, { peer, rate, p50, p99, cpu, peak }: Measured): void {
  const round = (value: number): number => Number(value.toPrecision(3));
  const line = { name, peer, rate: round(rate), p50, p99, cpu: round(cpu), peak: round(peak), unit: "1/s ms ms µs MB" };
  console.log(JSON.stringify(line));
}
