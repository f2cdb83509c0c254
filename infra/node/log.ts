import type { Log, LogLevel } from "../../functions/http/log.ts";

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** JSON lines, one per event, from `least` upwards. */
export function createLineLog(options: { readonly least: LogLevel; readonly write: (line: string) => void }): Log {
  return {
    write: (level, message, fields = {}) => {
      if (rank[level] < rank[options.least]) return;
      const time = new Date().toISOString();
      options.write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
    },
  };
}
