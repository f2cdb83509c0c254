import { answerPending } from "../compose/pending.ts";
import { systemRandom } from "../node/clock.ts";
import { findChartCommand } from "./chart-commands.ts";
import { runCommand } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { nodeFiles } from "./node-files.ts";
import { toolEgress } from "./tool-egress.ts";

const SEED_BYTES = 32;

/** Runs a command about charts in this process and gives the exit code; `undefined` for other commands. */
export async function chartMain(argv: readonly string[]): Promise<number | undefined> {
  const found = await findChartCommand(argv);
  return found === undefined ? undefined : await runCommand(found.command, found.argv, commandIo());
}

function commandIo(): CommandIo {
  return {
    files: nodeFiles(process.cwd()),
    stdout: (bytes) => void process.stdout.write(bytes),
    stderr: (text) => void process.stderr.write(text),
    now: () => Date.now(),
    seed: systemRandom(SEED_BYTES),
    resolve: answerPending,
    environment: (name) => process.env[name],
    egress: toolEgress,
    processId: process.pid,
  };
}
