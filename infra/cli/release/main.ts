import { createHash, randomBytes } from "node:crypto";
import { answerLater } from "./later.ts";
import { systemClock } from "../../node/clock.ts";
import { runCommand } from "../command.ts";
import { endSignal } from "../end-signal.ts";
import { nodeFiles } from "../node-files.ts";
import { machineZone } from "../../node/machine-zone.ts";
import { writeAll } from "../write-all.ts";
import { findReleaseCommand } from "./find.ts";
import type { ReleaseIo } from "./io.ts";

const SEED_BYTES = 32;
const STDOUT = 1;
const STDERR = 2;

/** Runs a command about releases in this process and gives the exit code; `undefined` for other commands. */
export async function releaseMain(argv: readonly string[]): Promise<number | undefined> {
  const found = await findReleaseCommand(argv);
  return found === undefined ? undefined : await runCommand(found.command, found.argv, processIo());
}

function processIo(): ReleaseIo {
  let stopping: AbortSignal | undefined;
  return {
    files: nodeFiles(process.cwd()),
    stdout: (bytes) => writeAll(STDOUT, bytes),
    stderr: (text) => writeAll(STDERR, Buffer.from(text)),
    now: () => Date.now(),
    seed: new Uint8Array(randomBytes(SEED_BYTES)),
    resolve: answerLater,
    environment: (name) => process.env[name],
    egress: (tls) => ({
      send: async (request) => await (await import("../tool-egress.ts")).toolEgress(tls).send(request),
    }),
    processId: process.pid,
    openCluster: async (source) => await (await import("../../node/brief-transport.ts")).openBriefly(source),
    sleep: systemClock.sleep,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
    timeZone: () => process.env["TZ"] ?? machineZone(),
    zoneOffset: (seconds) => -60 * new Date(seconds * 1000).getTimezoneOffset(),
    isTerminal: process.stdout.isTTY && process.env["TERM"] !== "dumb",
    ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
    stopping: () => (stopping ??= endSignal()),
  };
}
