import { createHash } from "node:crypto";
import { answerPending } from "../compose/pending.ts";
import { openLocalCluster } from "../local-cluster/cluster.ts";
import { runCommand } from "./command.ts";
import { nodeFiles } from "./node-files.ts";
import { findReleaseCommand } from "./release/find.ts";
import type { ReleaseIo } from "./release/io.ts";
import { templateCommand } from "./template.ts";

/** A release's life, and what tells of it: every command that is started from the snapshot. */
function lifeOf(chart: string): readonly (readonly string[])[] {
  return [
    ["install", "warm-up", chart, "--no-hooks"],
    ["status", "warm-up"],
    ["list"],
    ["upgrade", "warm-up", chart, "--no-hooks"],
    ["upgrade", "warm-up", chart, "--no-hooks", "--set", "replicaCount=3"],
    ["history", "warm-up"],
    ["get", "all", "warm-up"],
    ["rollback", "warm-up", "1", "--no-hooks"],
    ["test", "warm-up"],
    ["uninstall", "warm-up", "--no-hooks"],
  ];
}

/** Renders a chart, and takes a release of it through its life in a simulated cluster. Answers the exit codes: all are 0. */
export async function warmUp(chart: string): Promise<readonly number[]> {
  const cluster = openLocalCluster({ now: () => 0, randomBytes: zeros, readyAfter: 0 });
  const io = warmUpIo({ transport: cluster.transport, server: "", namespace: "default", close: async () => {} });
  const codes = [await templateCommand(["warm-up", chart], { ...io, now: 0 })];
  for (const argv of lifeOf(chart)) {
    const found = await findReleaseCommand(argv);
    codes.push(found === undefined ? 1 : await runCommand(found.command, found.argv, io));
  }
  cluster.close();
  return codes;
}

function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

function warmUpIo(cluster: Awaited<ReturnType<ReleaseIo["openCluster"]>>): ReleaseIo {
  let now = 0;
  return {
    files: nodeFiles("/"),
    stdout: () => {},
    stderr: () => {},
    now: () => (now += 1000),
    seed: zeros(32),
    resolve: answerPending,
    environment: () => undefined,
    egress: () => ({ send: () => Promise.reject(new Error("nothing is fetched here")) }),
    processId: 0,
    openCluster: async () => cluster,
    sleep: () => Promise.resolve(),
    randomBytes: zeros,
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
    timeZone: () => "UTC",
    isTerminal: false,
    stopping: () => new AbortController().signal,
  };
}
