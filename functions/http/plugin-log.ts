import { type Hearing, hearingBehind } from "../../engine/action/hearing.ts";
import type { SecretSource } from "../../engine/plan/secret-texts.ts";
import type { PluginLog } from "../../engine/plugin/index.ts";
import type { Log, LogLevel } from "./log.ts";

const LEVELS: Readonly<Record<PluginLog["level"], LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
};

/** A line of a plugin behind the veil, and where it was called. */
export interface PluginLine extends PluginLog {
  readonly plugin: string;
  readonly digest: string;
  readonly operation?: string;
}

/** Writes a line of a plugin's to the server's log. */
export function logPluginLine(log: Log, { level, ...fields }: PluginLine): void {
  log.write(LEVELS[level], "plugin", { ...fields });
}

/** Of plugins that no operation calls: their lines go to the server's log alone. */
export function logHearing(log: Log, source: () => SecretSource | undefined): Hearing {
  return hearingBehind(source, ({ plugin, digest, lines }) => {
    for (const line of lines) logPluginLine(log, { plugin, digest, ...line });
  });
}
