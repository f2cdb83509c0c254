import { EngineError } from "../../engine/errors.ts";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import { admitPlugin, PluginError, type PluginReply } from "../../engine/plugin/index.ts";
import { type Command, type CommandIo, CommandError, print } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { namedPlugin } from "./plugin-files.ts";
import { grantedTo, readGrants } from "./plugin-grants.ts";
import { NAMED, PLUGIN_TRANSFER_FLAGS } from "./plugin-reference.ts";
import { PLUGIN_GRANTS_FLAG } from "./render-plugin-flags.ts";
import { GLOBAL_FLAGS } from "./template-flags.ts";

/** `slipway plugin test`: calls a plugin with messages as they are, and prints what it answers; its log and what goes wrong on standard error. */
export const pluginTestCommand: Command = {
  program: "slipway",
  use: `plugin test ${NAMED}`,
  arguments: { least: 1, most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    ...PLUGIN_TRANSFER_FLAGS,
    { name: "input", kind: "strings", about: "a file with a message (JSON); - is standard input" },
    { name: "config", kind: "strings", about: "what the plugin is configured with: key=value" },
    PLUGIN_GRANTS_FLAG,
  ],
  run: async (flags, io) => {
    const inputs = flags.all("input");
    if (inputs.length === 0)
      throw new CommandError("name a message with --input FILE; its form is in infra/plugins/schemas");
    let failed = 0;
    const { call, close } = await open(flags, io);
    try {
      for (const name of inputs) {
        const input = fromUtf8(name === "-" ? io.files.readInput() : io.files.read(name));
        if (!(await ended(name, io, () => call(input)))) failed += 1;
      }
    } finally {
      await close();
    }
    if (failed > 0) throw new CommandError(`${failed} of ${inputs.length} calls failed`);
  },
};

async function open(flags: ParsedFlags, io: CommandIo) {
  const [name = ""] = flags.args;
  const source = await namedPlugin(name, flags, io);
  const grant = grantedTo(source, name, await readGrants(flags, io));
  const plugin = admitPlugin(source, { ...grant, config: { ...grant.config, ...configOf(flags) } });
  const [{ openPluginHost }, { openEgress }] = await Promise.all([
    import("../node/plugin-host.ts"),
    import("../node/egress.ts"),
  ]);
  const { egress, close: closeEgress } = openEgress();
  const { host, close } = openPluginHost(egress);
  return {
    call: (input: string) => host.call({ plugin, input }),
    close: async () => void (await Promise.all([close(), closeEgress()])),
  };
}

function configOf(flags: ParsedFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.all("config").map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw new CommandError(`--config ${pair}: must be key=value`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** Prints what a call gave; false when it gave an error. */
async function ended(name: string, io: CommandIo, call: () => Promise<PluginReply>): Promise<boolean> {
  const start = performance.now();
  const show = (lines: PluginReply["logs"]): void => {
    for (const { level, text } of lines) io.stderr(`${name}: ${level}: ${text}\n`);
  };
  try {
    const { output, logs } = await call();
    show(logs);
    print(io, `${output}\n`);
    io.stderr(`${name}: ${Math.round(performance.now() - start)} ms\n`);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error instanceof PluginError) show(error.logs);
    io.stderr(`${name}: ${String(error.code)}: ${error.message}\n`);
    return false;
  }
}
