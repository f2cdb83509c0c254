import type { PluginLog } from "../../engine/plugin/index.ts";

/** Lines of a call as long as there is room for them. */
export interface Logs {
  readonly add: (level: PluginLog["level"], text: string) => void;
  readonly lines: () => readonly PluginLog[];
}

/** What a line costs besides its text, so that empty lines end too. */
const LINE_COST = 16;

/** Room for `limit` bytes; one more line says that there were more. `told` hears each line as it is logged. */
export function createLogs(limit: number, told?: (line: PluginLog) => void): Logs {
  const lines: PluginLog[] = [];
  let left = limit;
  let dropped = 0;
  return {
    add: (level, text) => {
      left -= text.length + LINE_COST;
      if (left < 0) {
        dropped += 1;
        return;
      }
      lines.push({ level, text });
      told?.({ level, text });
    },
    lines: () =>
      dropped === 0 ? lines : [...lines, { level: "warn", text: `${dropped} more log lines were left out` }],
  };
}
