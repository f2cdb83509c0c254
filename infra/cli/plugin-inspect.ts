import { admitPlugin, inspect, NO_GRANT, PluginError, type PluginSource } from "../../engine/plugin/index.ts";
import { type Command, print } from "./command.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";
import { pluginAt } from "./plugin-files.ts";

/** `slipway plugin inspect`: what a plugin is, imports and asks for, and whether it may run without any grant. Nothing of it runs. */
export const pluginInspectCommand: Command = {
  use: "plugin inspect FOLDER|FILE.wasm",
  arguments: { least: 1, most: 1 },
  flags: GLOBAL_FLAGS,
  run: async (flags, io) => {
    const [path = ""] = flags.args;
    print(io, report(await pluginAt(path.replace(/(?<=.)\/+$/, ""), io)));
  },
};

function report(source: PluginSource): string {
  const { metadata } = source;
  const lines = [`NAME: ${metadata?.name ?? source.name}`];
  if (metadata?.version !== undefined) lines.push(`VERSION: ${metadata.version}`);
  if (metadata !== undefined) lines.push(`TYPE: ${metadata.config.type}`, `RUNTIME: ${metadata.runtime.kind}`);
  if (metadata?.runtime.kind !== "subprocess") lines.push(...moduleLines(source));
  return `${[...lines, ...admissionLines(source)].join("\n")}\n`;
}

function moduleLines({ name, digest, bytes, metadata }: PluginSource): readonly string[] {
  const module = inspect({ name, digest }, bytes);
  const [memory] = module.memories;
  const most = memory?.most === undefined ? "no limit of its own" : `at most ${memory.most}`;
  const hosts = metadata?.runtime.kind === "extism/v1" ? metadata.runtime.allowedHosts : [];
  return [
    `DIGEST: ${digest}`,
    `BYTES: ${bytes.length}`,
    `MEMORY: ${memory === undefined ? "none" : `${memory.least} pages, ${most}`}`,
    ...(hosts.length === 0 ? [] : [`HOSTS ASKED FOR: ${hosts.join(", ")}`]),
    `EXPORTS: ${module.exports.map((one) => one.name).join(", ")}`,
    "IMPORTS:",
    ...module.imports.map((one) => `  ${one.module} ${one.name}`),
  ];
}

function admissionLines(source: PluginSource): readonly string[] {
  try {
    const { type, entry, limits } = admitPlugin(source, NO_GRANT);
    const seconds = limits.milliseconds / 1000;
    return [`RUNS WITHOUT A GRANT: yes, as ${type} by ${entry}, ${limits.pages} pages, ${seconds} s`];
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return [`RUNS WITHOUT A GRANT: no (${error.code}): ${error.message}`];
  }
}
