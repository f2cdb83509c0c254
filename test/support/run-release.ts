import { createHash, randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { answerPending } from "../../infra/compose/pending.ts";
import { runCommand } from "../../infra/cli/command.ts";
import { nodeFiles } from "../../infra/cli/node-files.ts";
import { findReleaseCommand } from "../../infra/cli/release/find.ts";
import type { ReleaseIo } from "../../infra/cli/release/io.ts";
import { toolEgress } from "../../infra/cli/tool-egress.ts";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import type { Ended } from "./helm.ts";

/** Runs a release command of ours in this process, in a folder and with an environment of its own. */
export async function runRelease(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly over?: Partial<ReleaseIo> },
): Promise<Ended> {
  const out: Uint8Array[] = [];
  let stderr = "";
  const found = await findReleaseCommand(argv);
  if (found === undefined) throw new Error(`no release command: ${argv.join(" ")}`);
  const { env } = options;
  const code = await runCommand(found.command, found.argv, {
    files: nodeFiles(options.cwd),
    stdout: (bytes) => void out.push(bytes),
    stderr: (text) => (stderr += text),
    now: () => Date.now(),
    seed: new Uint8Array(32),
    resolve: answerPending,
    environment: (name) => env[name],
    egress: toolEgress,
    processId: process.pid,
    openCluster: openKubeconfig,
    sleep: async (milliseconds) => await wait(milliseconds),
    stopping: () => new AbortController().signal,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
    timeZone: () => env["TZ"] ?? "UTC",
    isTerminal: false,
    ...options.over,
  });
  return { code, stdout: Buffer.concat(out).toString(), stderr };
}
