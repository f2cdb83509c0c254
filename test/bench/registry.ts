import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LoadPlan, startHttpLoad } from "./http-load.ts";
import { keep } from "./registry-bodies.ts";
import { createBodies } from "./registry-charts.ts";
import { benchColdPull } from "./registry-cold.ts";
import { compare, type RegistryBench } from "./registry-compare.ts";
import { benchIndex } from "./registry-index.ts";
import { type RegistryPeer, startDistribution, startOlareg, startOurs, startWorkerd } from "./registry-peers.ts";
import { pushTests, readTests, seedContent, seedOperations } from "./registry-tests.ts";

/** How long a peer is asked before its time is taken, and then, per round. */
const WARM_MS = 300;
const READ_MS = 700;
const PUSH_MS = 1200;
/** Each load once at the start: runtimes that compile what runs often need it, and the others get it too. */
const FIRST_MS = 500;
/** As many requests as a reading load sends in its time, a part of the pushes each time: their bodies lie in memory. */
const FIRST_PUSHES = 4;
const SEED_MS = 120_000;
const ROUNDS = 2;

/** Slipway beside olareg and distribution, load by load in turn; then a large index and a cold pull through a proxy. */
export async function benchRegistry(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      only: { type: "string" },
      connections: { type: "string", default: "1,10,50" },
      peers: { type: "string" },
      runtime: { type: "string", default: "node" },
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
    const onNode = values.runtime === "node";
    // In workerd its own earlier figures are what to compare with: the others were measured beside Node.
    const wanted = values.peers?.split(",") ?? (onNode ? Object.keys(peers) : ["slipway"]);
    for (const [name, start] of Object.entries({ ...peers, ...(onNode ? {} : { slipway: startWorkerd }) })) {
      if (wanted.includes(name)) started.push(await start(join(bench.folder, name)));
    }
    await benchLoads(bench, started);
    if (!onNode) return;
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
    for (let part = 0; part < FIRST_PUSHES; part++) {
      const bodies = createBodies();
      const operations = test(bodies, `first-${part}`);
      await warmUp(bench, all, {
        operations,
        once: true,
        milliseconds: PUSH_MS,
        bodies: keep(bench.folder, bodies.all()),
      });
    }
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
