import { answerPending } from "../../infra/compose/pending.ts";
import { findChartCommand } from "../../infra/cli/chart-commands.ts";
import { runCommand } from "../../infra/cli/command.ts";
import { nodeFiles } from "../../infra/cli/node-files.ts";
import { toolEgress } from "../../infra/cli/tool-egress.ts";
import type { Ended } from "./helm.ts";

/** Runs a chart command of ours in this process, in a folder and with an environment of its own. */
export async function runTool(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const out: Uint8Array[] = [];
  let stderr = "";
  const found = await findChartCommand(argv);
  if (found === undefined) throw new Error(`no chart command: ${argv.join(" ")}`);
  const { env = {} } = options;
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
  });
  return { code, stdout: Buffer.concat(out).toString(), stderr };
}
