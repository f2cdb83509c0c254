import type { PluginLog } from "../../engine/plugin/index.ts";

/** Lines of a call as long as there is room for them. */
export interface Logs {
  readonly add: (level: PluginLog["level"], text: string) => void;
  readonly lines: () => readonly PluginLog[];
}

/** What a line costs besides its text, so that empty lines end too. */
const LINE_COST = 16;

/** Room for `limit` bytes; one more line says that there were more. */
export function createLogs(limit: number): Logs {
  const lines: PluginLog[] = [];
  let left = limit;
  let dropped = 0;
  return {
    add: (level, text) => {
      left -= text.length + LINE_COST;
      if (left >= 0) lines.push({ level, text });
      else dropped += 1;
    },
    lines: () =>
      dropped === 0 ? lines : [...lines, { level: "warn", text: `${dropped} more log lines were left out` }],
  };
}
