import { updateDependencies } from "../../engine/chart/dependency-update.ts";
import { loadPackage } from "../../engine/chart/index.ts";
import { packageChart } from "../../engine/chart/package.ts";
import { signArchive } from "../../engine/chart/provenance.ts";
import { basePath, cleanPath } from "../../engine/go/path.ts";
import { toUtf8 } from "../../engine/go/utf8.ts";
import type { AttachRequest } from "./attaching.ts";
import { ATTESTATION_FLAGS, wantsAttachments } from "./attestation-flags.ts";
import { CommandError, print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { dependencyJob } from "./dependency.ts";
import { keyringPath } from "./download-place.ts";
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
    ...ATTESTATION_FLAGS,
  ],
  run,
};

async function run(flags: ParsedFlags, io: CommandIo): Promise<void> {
  if (flags.args.length === 0) throw new CommandError("need at least one argument, the path to the chart");
  const epoch = readEpoch(io);
  if (flags.isOn("sign")) checkSigning(flags);
  const request = wantsAttachments(flags)
    ? await (await import("./attaching.ts")).readAttachRequest(flags, io)
    : undefined;
  for (const argument of flags.args) {
    if (io.files.stat(argument) === undefined) throw new FileError(`stat ${argument}: no such file or directory`);
    const path = await packageOne(argument, epoch, flags, io);
    print(io, `Successfully packaged chart and saved it to: ${path}\n`);
    if (request !== undefined) await attachFiles(path, request, flags, io);
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
  if (flags.isOn("dependency-update")) {
    const job = dependencyJob(files.absolute(argument), flags, io, true);
    await updateDependencies(job);
  }
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
  if (flags.isOn("sign")) await sign(path, data, flags, io);
  return path;
}

async function sign(path: string, data: Uint8Array, flags: ParsedFlags, io: CommandIo): Promise<void> {
  const { openSigner } = await import("./openpgp.ts");
  const signer = await openSigner(
    {
      keyring: keyringPath(flags, io),
      key: flags.last("key") ?? "",
      passphraseFile: flags.last("passphrase-file") ?? "",
    },
    io,
  );
  const { metadata } = await loadPackage(path, data, {});
  const text = await signArchive(signer, { name: basePath(path), data, metadata });
  io.files.writeBytes(`${path}.prov`, toUtf8(text));
}

/** The chart of the archive counts: it has the version of the flags. */
async function attachFiles(path: string, request: AttachRequest, flags: ParsedFlags, io: CommandIo): Promise<void> {
  const { attachBeside, readAttaching } = await import("./attaching.ts");
  const data = io.files.read(path);
  const chart = await loadPackage(path, data, {});
  attachBeside(await readAttaching(request, { chart, data }, flags, io), { path, data }, io);
}
