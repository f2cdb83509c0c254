import { answerPending } from "../compose/pending.ts";
import { systemRandom } from "../node/clock.ts";
import { inflateWhole } from "./inflate.ts";
import { nodeFiles } from "./node-files.ts";
import { templateCommand } from "./template.ts";
import { writeAll } from "./write-all.ts";

const SEED_BYTES = 32;
const STDOUT = 1;
const STDERR = 2;

/** Runs `slipway template` in this process and gives the exit code. `argv` is what follows the command's name. */
export function templateMain(argv: readonly string[]): Promise<number> {
  const namespace = process.env["HELM_NAMESPACE"] ?? "";
  return templateCommand(argv, {
    files: nodeFiles(process.cwd()),
    stdout: (bytes) => writeAll(STDOUT, bytes),
    stderr: (text) => writeAll(STDERR, Buffer.from(text)),
    now: Date.now(),
    seed: systemRandom(SEED_BYTES),
    resolve: answerPending,
    inflateWhole,
    ...(namespace === "" ? {} : { namespace }),
    openPlugins: async (flags) => {
      const { openPlugins } = await import("./plugin-session.ts");
      return await openPlugins(flags, {
        files: nodeFiles(process.cwd()),
        environment: (name) => process.env[name],
        stderr: (text) => writeAll(STDERR, Buffer.from(text)),
      });
    },
  });
}
