import { type Command, print } from "./command.ts";
import { installedPlugins, pluginAt } from "./plugin-files.ts";
import { admitBare, type WithoutGrant } from "./plugin-runs.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway plugin list`: the plugins in Helm's folders, and whether Slipway runs them. */
export const pluginListCommand: Command = {
  use: "plugin list",
  arguments: { most: 0 },
  flags: GLOBAL_FLAGS,
  run: async (_flags, io) => {
    const rows: (readonly string[])[] = [];
    for (const { metadata, folder } of installedPlugins(io)) {
      const { name, version = "", config, apiVersion } = metadata;
      rows.push([name, version, config.type, apiVersion, runs(admitBare(await pluginAt(folder, io))), folder]);
    }
    print(io, table([["NAME", "VERSION", "TYPE", "APIVERSION", "RUNS", "FOLDER"], ...rows]));
  },
};

function runs(bare: WithoutGrant): string {
  if (bare.kind === "runs") return "yes";
  if (bare.kind === "not-called") return "no: type";
  const { code } = bare.error;
  if (code === "unsupported-runtime") return "no: a program";
  return code === "not-granted" ? "with a grant" : `no: ${code}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
