import { openKeyring } from "../../engine/chart/chart-download.ts";
import { verifyArchive } from "../../engine/chart/provenance.ts";
import type { Verification } from "../../engine/chart/provenance.ts";
import { basePath, extension } from "../../engine/go/path.ts";
import { CommandError } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { downloadPlace, keyringPath } from "./download-place.ts";
import { FileError } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";

/** Checks an archive against the `.prov` beside it. Throws with Helm's text. */
export async function verifyFile(path: string, flags: ParsedFlags, io: CommandIo): Promise<Verification> {
  const { files } = io;
  const kind = files.stat(path)?.kind;
  if (kind === undefined) throw new FileError(`stat ${path}: no such file or directory`);
  if (kind === "directory") throw new CommandError("unpacked charts cannot be verified");
  if (extension(path).toLowerCase() !== ".tgz") throw new CommandError("chart must be a tgz file");
  const provenance = `${path}.prov`;
  if (files.stat(provenance) === undefined) {
    const text = `stat ${provenance}: no such file or directory`;
    throw new CommandError(`could not load provenance file ${provenance}: ${text}`);
  }
  const reader = await openKeyring(downloadPlace(flags, io), keyringPath(flags, io));
  return await verifyArchive(reader, { name: basePath(path), data: files.read(path) }, files.read(provenance));
}
