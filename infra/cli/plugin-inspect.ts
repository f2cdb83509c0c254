import { inspect, type PluginSource } from "../../engine/plugin/index.ts";
import { type Command, print } from "./command.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";
import { namedPlugin } from "./plugin-files.ts";
import { NAMED, PLUGIN_TRANSFER_FLAGS } from "./plugin-reference.ts";
import { admitBare } from "./plugin-runs.ts";

/** `slipway plugin inspect`: what a plugin is, imports and asks for, and whether it may run without any grant. Nothing of it runs. */
export const pluginInspectCommand: Command = {
  program: "slipway",
  use: `plugin inspect ${NAMED}`,
  arguments: { least: 1, most: 1 },
  flags: [...GLOBAL_FLAGS, ...PLUGIN_TRANSFER_FLAGS],
  run: async (flags, io) => {
    const [name = ""] = flags.args;
    print(io, report(await namedPlugin(name, flags, io)));
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

function moduleLines({ name, digest, bytes, metadata, artifact }: PluginSource): readonly string[] {
  const module = inspect({ name, digest }, bytes);
  const [memory] = module.memories;
  const most = memory?.most === undefined ? "no limit of its own" : `at most ${memory.most}`;
  const hosts = metadata?.runtime.kind === "extism/v1" ? metadata.runtime.allowedHosts : [];
  return [
    ...(artifact === undefined ? [] : [`ARTIFACT: ${artifact}`]),
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
  const bare = admitBare(source);
  if (bare.kind === "refused") return [`RUNS WITHOUT A GRANT: no (${bare.error.code}): ${bare.error.message}`];
  if (bare.kind === "not-called") return [`RUNS WITHOUT A GRANT: no: Slipway calls no ${bare.type} plugins`];
  const { type, entry, limits } = bare.plugin;
  const seconds = limits.milliseconds / 1000;
  return [`RUNS WITHOUT A GRANT: yes, as ${type} by ${entry}, ${limits.pages} pages, ${seconds} s`];
}
