import { checkNewName, chartFromStarter, scaffoldChart } from "../../engine/chart/create.ts";
import type { ChartFile } from "../../engine/chart/index.ts";
import { basePath, directoryPath } from "../../engine/go/path.ts";
import { quote } from "../../engine/go/quote.ts";
import { EngineError } from "../../engine/errors.ts";
import { CommandError, print } from "./command.ts";
import type { Command, CommandIo } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { helmFolder } from "./helm-folders.ts";
import { loadAnyChart } from "./load-chart.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway create`. */
export const createCommand: Command = {
  use: "create NAME",
  arguments: { least: 1, most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    { name: "starter", short: "p", kind: "string" },
    { name: "chart-api-version", kind: "string", about: "the apiVersion of Chart.yaml" },
  ],
  run,
};

async function run(flags: ParsedFlags, io: CommandIo): Promise<void> {
  const [given = ""] = flags.args;
  print(io, `Creating ${given}\n`);
  const version = flags.last("chart-api-version") ?? "v2";
  if (version !== "" && version !== "v2" && version !== "v3") {
    throw new CommandError(`unsupported chart API version: ${version} (supported: v2, v3)`);
  }
  if (version === "v3" && (io.environment("HELM_EXPERIMENTAL_CHART_V3") ?? "") === "") {
    const text = "this feature has been marked as experimental and is not enabled by default.";
    throw new CommandError(`${text} Please set HELM_EXPERIMENTAL_CHART_V3=1 in your environment to use this feature`);
  }
  const name = basePath(given);
  const starter = flags.last("starter") ?? "";
  const folder = io.files.absolute(directoryPath(given));
  if (starter !== "") {
    writeChart(folder, name, await starterFiles(starter, name, io), io);
    return;
  }
  checkNewName(name);
  checkFolder(folder, io);
  const files = scaffoldChart(name, version === "v3" ? "v3" : "v2");
  writeChart(folder, name, files, io, (path) =>
    print(io, `WARNING: File ${quote(path)} already exists. Overwriting.\n`),
  );
  io.files.makeDirectory(`${folder}/${name}/charts`);
}

function checkFolder(folder: string, { files }: CommandIo): void {
  const kind = files.stat(folder)?.kind;
  if (kind === undefined) throw new CommandError(`stat ${folder}: no such file or directory`);
  if (kind !== "directory") throw new CommandError(`no such directory ${folder}`);
}

async function starterFiles(starter: string, name: string, io: CommandIo): Promise<readonly ChartFile[]> {
  const path = starter.startsWith("/") ? starter : `${helmFolder("data", io)}/starters/${starter}`;
  try {
    return chartFromStarter(await loadAnyChart(path, io), name, io.now());
  } catch (error) {
    throw error instanceof EngineError ? new CommandError(`could not load ${path}: ${error.message}`) : error;
  }
}

function writeChart(
  folder: string,
  name: string,
  chart: readonly ChartFile[],
  { files }: CommandIo,
  onOverwrite?: (path: string) => void,
): void {
  const root = `${folder}/${name}`;
  const kind = files.stat(root)?.kind;
  if (kind !== undefined && kind !== "directory") {
    throw new CommandError(`file ${root} already exists and is not a directory`);
  }
  for (const file of chart) {
    const path = `${root}/${file.name}`;
    if (files.stat(path) !== undefined) onOverwrite?.(path);
    files.makeDirectory(path.slice(0, path.lastIndexOf("/")));
    files.writeBytes(path, file.data);
  }
}
