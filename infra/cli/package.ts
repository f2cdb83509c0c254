import { packageChart } from "../../engine/chart/package.ts";
import { cleanPath } from "../../engine/go/path.ts";
import { CommandError, print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { readEpoch } from "./epoch.ts";
import { FileError } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";
import { loadOwnDirectory } from "./load-chart.ts";
import { GLOBAL_FLAGS, TRANSFER_FLAGS } from "./template-flags.ts";

/** `slipway package`. */
export const packageCommand: Command = {
  use: "package [CHART_PATH] [...]",
  flags: [
    ...GLOBAL_FLAGS,
    ...TRANSFER_FLAGS,
    { name: "sign", kind: "bool" },
    { name: "dependency-update", short: "u", kind: "bool" },
    { name: "destination", short: "d", kind: "string" },
    { name: "key", kind: "string" },
    { name: "keyring", kind: "string" },
    { name: "passphrase-file", kind: "string" },
    { name: "version", kind: "string" },
    { name: "app-version", kind: "string" },
  ],
  run,
};

async function run(flags: ParsedFlags, io: CommandIo): Promise<void> {
  if (flags.args.length === 0) throw new CommandError("need at least one argument, the path to the chart");
  const epoch = readEpoch(io);
  if (flags.isOn("sign")) checkSigning(flags);
  for (const argument of flags.args) {
    if (io.files.stat(argument) === undefined) throw new FileError(`stat ${argument}: no such file or directory`);
    print(io, `Successfully packaged chart and saved it to: ${await packageOne(argument, epoch, flags, io)}\n`);
  }
}

function checkSigning(flags: ParsedFlags): void {
  if ((flags.last("key") ?? "") === "") throw new CommandError("--key is required for signing a package");
  if (flags.last("keyring") === "") throw new CommandError("--keyring is required for signing a package");
}

async function packageOne(
  argument: string,
  epoch: number | undefined,
  flags: ParsedFlags,
  io: CommandIo,
): Promise<string> {
  const { files } = io;
  const chart = await loadOwnDirectory(files.absolute(argument), io);
  const { name, data } = packageChart(chart, {
    version: flags.last("version"),
    appVersion: flags.last("app-version"),
    epoch,
    now: io.now(),
  });
  const destination = flags.last("destination") ?? ".";
  const directory = destination === "." ? files.cwd : destination;
  files.makeDirectory(directory);
  const path = cleanPath(`${directory}/${name}`);
  files.writeBytes(path, data);
  return path;
}
