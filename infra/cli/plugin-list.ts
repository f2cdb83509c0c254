import { type Command, print } from "./command.ts";
import { installedPlugins } from "./plugin-files.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway plugin list`: the plugins in Helm's folders, and whether Slipway runs them. */
export const pluginListCommand: Command = {
  use: "plugin list",
  arguments: { most: 0 },
  flags: GLOBAL_FLAGS,
  run: async (_flags, io) => {
    const rows = installedPlugins(io).map(({ metadata, folder }) => [
      metadata.name,
      metadata.version ?? "",
      metadata.config.type,
      metadata.apiVersion,
      metadata.runtime.kind === "subprocess" ? "no: a program" : RUN.has(metadata.config.type) ? "yes" : "no: type",
      folder,
    ]);
    print(io, table([["NAME", "VERSION", "TYPE", "APIVERSION", "RUNS", "FOLDER"], ...rows]));
  },
};

/** Types that Slipway runs. */
const RUN: ReadonlySet<string> = new Set(["postrenderer/v1", "getter/v1", "function/v1", "policy/v1"]);

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
