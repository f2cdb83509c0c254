import { loadChartFile } from "../../engine/chart/detect.ts";
import { loadFiles } from "../../engine/chart/index.ts";
import type { Chart } from "../../engine/chart/index.ts";
import { loadDirectory, readDirectory } from "./chart-directory.ts";
import { warner } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { FileError } from "./file-system.ts";
import { slogLine } from "./slog.ts";

type LoadIo = Pick<CommandIo, "files" | "stderr">;

/** Loads a directory or an archive as `helm show`, `lint` and the dependency commands do, whatever its `apiVersion`. */
export async function loadAnyChart(path: string, io: LoadIo): Promise<Chart> {
  const stat = io.files.stat(path);
  if (stat === undefined) throw new FileError(`stat ${path}: no such file or directory`);
  return stat.kind === "directory" ? await loadAnyDirectory(path, io) : await loadAnyFile(path, io);
}

/** {@link loadAnyChart} of a directory. */
export async function loadAnyDirectory(path: string, io: LoadIo): Promise<Chart> {
  const { files } = io;
  return await loadFiles(readDirectory(files, files.absolute(path), logLink(io)), { onWarning: warner(io) });
}

/** {@link loadAnyChart} of an archive. */
export async function loadAnyFile(path: string, io: LoadIo): Promise<Chart> {
  const { files } = io;
  if (files.stat(path)?.kind === "directory") throw new FileError("cannot load a directory");
  return await loadChartFile(path, files.read(path), { onWarning: warner(io) });
}

/** Loads the directory of a chart that is to be packaged. */
export async function loadOwnDirectory(path: string, io: LoadIo): Promise<Chart> {
  return await loadDirectory(io.files, path, { onWarning: warner(io), onLink: logLink(io) });
}

function logLink(io: LoadIo): (path: string, target: string) => void {
  return (path, target) =>
    io.stderr(
      slogLine("INFO", "found symbolic link in path. Contents of linked file included and used", [
        ["path", path],
        ["resolved", target],
      ]),
    );
}
