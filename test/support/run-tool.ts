import { answerPending } from "../../infra/compose/pending.ts";
import { findChartCommand } from "../../infra/cli/chart-commands.ts";
import { type CommandIo, runCommand } from "../../infra/cli/command.ts";
import { nodeFiles } from "../../infra/cli/node-files.ts";
import { openPlugins } from "../../infra/cli/plugin-session.ts";
import { templateCommand } from "../../infra/cli/template.ts";
import { templateRemote } from "../../infra/cli/template-main.ts";
import { toolEgress } from "../../infra/cli/tool-egress.ts";
import type { Ended } from "./helm.ts";

interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a chart command of ours in this process, in a folder and with an environment of its own. */
export async function runTool(argv: readonly string[], place: Place): Promise<Ended> {
  const found = await findChartCommand(argv);
  if (found === undefined) throw new Error(`no chart command: ${argv.join(" ")}`);
  return await collected(place, async (io) => await runCommand(found.command, found.argv, io));
}

/** Runs `template` of ours like that, with what it fetches and the plugins that it runs. `argv` is what follows the command's name. */
export async function runTemplateTool(argv: readonly string[], place: Place): Promise<Ended> {
  return await collected(place, async (io) => {
    const remote = templateRemote(async () => io);
    return await templateCommand(argv, {
      ...io,
      now: io.now(),
      remote,
      openPlugins: async (flags) => await openPlugins(flags, io),
    });
  });
}

async function collected({ cwd, env = {} }: Place, run: (io: CommandIo) => Promise<number>): Promise<Ended> {
  const out: Uint8Array[] = [];
  let stderr = "";
  const code = await run({
    files: nodeFiles(cwd),
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
