import { report } from "./figure.ts";
import type { HttpLoad, LoadPlan } from "./http-load.ts";
import { processCost } from "./process-cost.ts";
import type { RegistryPeer } from "./registry-peers.ts";

/** What the parts of the bench share. */
export interface RegistryBench {
  readonly load: HttpLoad;
  readonly folder: string;
  readonly connections: readonly number[];
  readonly wants: (name: string) => boolean;
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
  const ours = best.get("slipway") ?? best.get("slipway-workerd");
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
