import { type AdmittedPlugin, PluginError, type PluginHost, type PluginLog } from "../../engine/plugin/index.ts";
import type { CommandIo } from "./command.ts";
import { slogLine } from "./slog.ts";

const LEVELS = { trace: "DEBUG", debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

/** A host whose plugins' lines are printed, those of calls that fail too. */
export function showingLines(host: PluginHost, io: Pick<CommandIo, "stderr">): PluginHost {
  const show = ({ name }: AdmittedPlugin, lines: readonly PluginLog[]): void => {
    for (const { level, text } of lines) io.stderr(slogLine(LEVELS[level], text, [["plugin", name]]));
  };
  return {
    call: async (call) => {
      try {
        const reply = await host.call(call);
        show(call.plugin, reply.logs);
        return reply;
      } catch (error) {
        if (error instanceof PluginError) show(call.plugin, error.logs);
        throw error;
      }
    },
  };
}
