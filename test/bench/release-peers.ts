import { spawn } from "node:child_process";
import { join } from "node:path";
import type { ActionRequest } from "../../engine/action/request.ts";
import type { DiscoveryData } from "../../engine/kube/discovery.ts";
import { createRecordMemories } from "../../engine/release/record-memory.ts";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { chartOf, install, openBench, uninstall, upgrade } from "../support/operation.ts";
import type { SlipwayServer } from "../support/slipway-server.ts";
import { createFloor } from "./floor.ts";
import { RELEASE_CHART, type ReleaseStep, type ReleaseValues } from "./release-chart.ts";

/** One step of a release in a namespace of its name. */
export interface Asked {
  readonly step: ReleaseStep;
  readonly name: string;
  readonly values: ReleaseValues;
  readonly wait: boolean;
}

/** Somebody who takes a release through its life. `prepare`: what it does before its time is taken. */
export interface Peer {
  readonly name: string;
  readonly prepare?: (asked: Asked) => Promise<void>;
  readonly play: (asked: Asked) => Promise<void>;
  readonly close?: () => Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");

/** A command with helm's words, as a process for each step. */
export function commandPeer(options: {
  readonly name: string;
  readonly command: readonly string[];
  readonly chart: string;
  readonly env: NodeJS.ProcessEnv;
}): Peer {
  const [program = "", ...before] = options.command;
  return {
    name: options.name,
    play: async (asked) => {
      const args = [...before, ...wordsOf(asked, options.chart)];
      const child = spawn(program, args, { env: options.env, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
      const code = await new Promise((resolve) => child.once("close", resolve));
      if (code !== 0) throw new Error(`${options.name} ${args.join(" ")}: ${said}`);
    },
  };
}

/** The `slipway` command. */
export const slipwayCommand: readonly string[] = [join(root, "bin", "slipway")];

function wordsOf({ step, name, values, wait }: Asked, chart: string): readonly string[] {
  const waits = wait ? ["--wait"] : [];
  if (step === "uninstall") return ["uninstall", name, "-n", name, ...waits];
  const set = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return [step === "install" ? step : "upgrade", name, chart, "-n", name, "--set", set.join(","), ...waits];
}

/** A running server: from the request to the operation's end. The chart is in its registry. */
export function serverPeer(server: SlipwayServer): Peer {
  return {
    name: "slipway",
    play: async ({ step, name, values, wait }) => {
      const [action] = step.split("-");
      const chart = { chart: `oci://${server.host}/charts/bench:0.1.0`, values: { ...values } };
      const body = { ...(step === "uninstall" ? {} : chart), ...(wait ? { wait: true } : {}) };
      const headers = { "content-type": "application/json", prefer: "wait=60", "idempotency-key": `${name}-${step}` };
      const path = `${server.url}/v1/clusters/default/namespaces/${name}/releases/${name}/${action}`;
      const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      const text = await response.text();
      if (text.includes('"running"')) throw new Error(`${step} ${name} takes more than a minute`);
      if (!text.includes('"succeeded"')) throw new Error(`${step} ${name}: ${response.status} ${text.slice(0, 2000)}`);
    },
  };
}

/**
 * The writes that our engine makes, and nothing else: what no client can be faster than at this concurrency. `reads-floor`: its reads, too,
 * as a warm server sends them; beyond it is what we do ourselves.
 */
export async function floorPeer(kubeconfig: string, name: "floor" | "reads-floor" = "floor"): Promise<Peer> {
  const cluster = await openKubeconfig({ trust: "operator", path: kubeconfig });
  let served: DiscoveryData | undefined;
  const discovery = { load: async () => served, save: async (data: DiscoveryData) => void (served = data) };
  const bench = openBench(cluster.transport, { discovery, memory: createRecordMemories()("") });
  bench.charts.set("bench", await chartOf("bench", RELEASE_CHART));
  const floor = createFloor(cluster.transport, name === "floor" ? "writes" : "all");
  const run = async (asked: Asked): Promise<void> => {
    const { outcome } = await bench.run(requestOf(asked, modelOf(asked.name)));
    if (outcome.kind === "failed") throw new Error(`${asked.step} ${asked.name}: ${outcome.message}`);
  };
  return {
    name,
    prepare: async (asked) => {
      const before = bench.requests.length;
      await run(asked);
      floor.learn(bench.requests.slice(before), modelOf(asked.name), asked.name);
    },
    play: () => floor.replay(),
    close: () => cluster.close(),
  };
}

function requestOf({ step, name, values }: Asked, namespace: string): ActionRequest {
  if (step === "uninstall") return uninstall(name, { namespace });
  const over = { namespace, values: { ...values } };
  return step === "install" ? install(name, "bench", over) : upgrade(name, "bench", over);
}

/** The namespace in which the requests of a floor's namespace are learned; of the same length. */
export function modelOf(name: string): string {
  return `${name.startsWith("r") ? "n" : "m"}${name.slice(1)}`;
}
