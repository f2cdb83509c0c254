import { downloadTo } from "../../engine/chart/chart-download.ts";
import { findInRepository } from "../../engine/chart/download-place.ts";
import type { Downloaded } from "../../engine/chart/chart-download.ts";
import type { DownloadPlace, Verify } from "../../engine/chart/download-place.ts";
import { expandedFiles } from "../../engine/chart/expand.ts";
import { readArchiveFiles } from "../../engine/chart/index.ts";
import { verificationText } from "../../engine/chart/provenance.ts";
import { cleanPath } from "../../engine/go/path.ts";
import { CommandError, print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace, keyringPath, wantedVersion } from "./download-place.ts";
import type { ParsedFlags } from "./flags.ts";
import { repositoryOf } from "./locate-chart.ts";
import { CHART_FLAGS, GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway pull`. */
export const pullCommand: Command = {
  use: "pull [chart URL | repo/chartname] [...]",
  arguments: { least: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...CHART_FLAGS,
    { name: "untar", kind: "bool" },
    { name: "prov", kind: "bool" },
    { name: "untardir", kind: "string" },
    { name: "destination", short: "d", kind: "string" },
  ],
  run: async (flags, io) => {
    for (const reference of flags.args) await pull(reference, flags, io);
  },
};

/** Helm compatibility: what is told of a chart is printed when it is all there, what a registry says at once. */
async function pull(reference: string, flags: ParsedFlags, io: CommandIo): Promise<void> {
  let told = "";
  const place = downloadPlace(flags, io, (text) => {
    if (text.startsWith("WARNING: ")) told += text;
    else print(io, text);
  });
  const work = flags.isOn("untar") ? temporary(io) : undefined;
  try {
    const { path, verification } = await fetchChart(place, reference, flags, io, work ?? destination(flags));
    if (verification !== undefined) told += verificationText(verification);
    if (work !== undefined) await unpack(path, reference, flags, io);
    print(io, told);
  } finally {
    if (work !== undefined) io.files.remove(work);
  }
}

function destination(flags: ParsedFlags): string {
  return flags.last("destination") ?? ".";
}

function temporary({ files, environment, processId, now }: CommandIo): string {
  const path = `${environment("TMPDIR") ?? "/tmp"}/helm-${processId}-${now()}`;
  files.makeDirectory(path);
  return path;
}

async function fetchChart(
  place: DownloadPlace,
  reference: string,
  flags: ParsedFlags,
  io: CommandIo,
  directory: string,
): Promise<Downloaded> {
  const version = wantedVersion(flags);
  const repository = repositoryOf(flags);
  const found = repository === undefined ? reference : await findInRepository(place, repository, reference, version);
  const verify: Verify = flags.isOn("verify") ? "always" : flags.isOn("prov") ? "later" : "never";
  const wish = { reference: found, version, verify, keyring: keyringPath(flags, io), choice: connectionChoice(flags) };
  return await downloadTo(place, wish, directory);
}

async function unpack(path: string, reference: string, flags: ParsedFlags, { files }: CommandIo): Promise<void> {
  const given = flags.last("untardir") ?? ".";
  const target = given.startsWith("/") ? given : cleanPath(`${destination(flags)}/${given}`);
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const check = target === "." ? name : cleanPath(`${target}/${name}`);
  if (files.stat(check) !== undefined) {
    throw new CommandError(`failed to untar: a file or directory with the name ${check} already exists`);
  }
  files.makeDirectory(check);
  const expanded = expandedFiles(await readArchiveFiles(files.read(path)));
  for (const file of expanded.files) {
    const place = `${target}/${expanded.name}/${file.name}`;
    files.makeDirectory(place.slice(0, place.lastIndexOf("/")));
    files.writeBytes(place, file.data);
  }
}
