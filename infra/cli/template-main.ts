import { writeSync } from "node:fs";
import { answerPending } from "../compose/pending.ts";
import { systemRandom } from "../node/clock.ts";
import { inflateWhole } from "./inflate.ts";
import { nodeFiles } from "./node-files.ts";
import { templateCommand } from "./template.ts";

const SEED_BYTES = 32;
const STDOUT = 1;
const STDERR = 2;
/** How long a full pipe is left alone before the next try. */
const RETRY_MS = 1;

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
  });
}

/** Writes past `process.stdout`, whose making costs more than a small chart's render. A reader that went away ends the process. */
function writeAll(target: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(target, bytes, done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") process.exit(1);
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
