import { answerPending } from "../compose/pending.ts";
import { systemRandom } from "../node/clock.ts";
import type { CommandIo } from "./command.ts";
import { inflateWhole } from "./inflate.ts";
import { nodeFiles } from "./node-files.ts";
import { templateCommand, type TemplateRemote } from "./template.ts";
import { writeAll } from "./write-all.ts";

const SEED_BYTES = 32;
const STDOUT = 1;
const STDERR = 2;

/** Runs `slipway template` in this process and gives the exit code. `argv` is what follows the command's name. */
export function templateMain(argv: readonly string[]): Promise<number> {
  const namespace = process.env["HELM_NAMESPACE"] ?? "";
  const own = {
    files: nodeFiles(process.cwd()),
    stdout: (bytes: Uint8Array) => writeAll(STDOUT, bytes),
    stderr: (text: string) => writeAll(STDERR, Buffer.from(text)),
    seed: systemRandom(SEED_BYTES),
    resolve: answerPending,
    environment: (name: string) => process.env[name],
  };
  const open = async (): Promise<CommandIo> => {
    const { toolEgress } = await import("./tool-egress.ts");
    return { ...own, now: () => Date.now(), egress: toolEgress, processId: process.pid };
  };
  return templateCommand(argv, {
    ...own,
    now: Date.now(),
    inflateWhole,
    ...(namespace === "" ? {} : { namespace }),
    remote: templateRemote(open),
    openPlugins: async (flags) => {
      const { openPlugins } = await import("./plugin-session.ts");
      return await openPlugins(flags, await open());
    },
  });
}

/** What fetches is loaded when something is to be fetched: most charts lie here. */
export function templateRemote(open: () => Promise<CommandIo>): TemplateRemote {
  return {
    locate: async (reference, flags) => {
      const [{ locateChart }, io] = await Promise.all([import("./locate-chart.ts"), open()]);
      return await locateChart(reference, flags, io);
    },
    withValues: async (flags) => {
      const [{ withFetchedValues }, io] = await Promise.all([import("./getters.ts"), open()]);
      return await withFetchedValues(flags, io);
    },
  };
}
