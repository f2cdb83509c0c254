import type { Folder } from "../../engine/chart/folder.ts";
import { compareBytes } from "../../engine/go/value.ts";
import type { CommandIo } from "./command.ts";
import { loadAnyChart, loadAnyDirectory, loadAnyFile } from "./load-chart.ts";

/** The engine's folder over the files of a command. */
export function toolFolder(io: Pick<CommandIo, "files" | "stderr">): Folder {
  const { files } = io;
  return {
    read: files.read,
    kind: (path) => files.stat(path)?.kind,
    names: (path) =>
      files
        .list(path)
        .map(({ name }) => name)
        .sort(compareBytes),
    write: files.writeBytes,
    makeDirectory: files.makeDirectory,
    remove: files.remove,
    rename: files.rename,
    linkTarget: files.linkTarget,
    absolute: files.absolute,
    loadChart: (path) => loadAnyChart(path, io),
    loadDirectory: (path) => loadAnyDirectory(path, io),
    loadFile: (path) => loadAnyFile(path, io),
  };
}
