import type { AdmittedPlugin } from "./admit.ts";

/** A line that a guest logged. */
export interface PluginLog {
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly text: string;
}

/** What a plugin logged in one call. */
export interface PluginSaid {
  readonly plugin: string;
  readonly digest: string;
  readonly lines: readonly PluginLog[];
}

/** Hears what plugins log, a call at a time, of calls that fail, too. */
export type HearPlugin = (said: PluginSaid) => void;

/** What a call gave. */
export interface PluginReply {
  readonly output: string;
  readonly logs: readonly PluginLog[];
}

/** One call. */
export interface PluginCall {
  readonly plugin: AdmittedPlugin;
  /** The message: JSON of the plugin's type. */
  readonly input: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs admitted plugins: a new instance for each call, so that nothing of one call is seen by another. Throws a `PluginError`, the lines that were logged in it, for
 * whatever the guest does wrong, and `missing-capability` where the runtime cannot run it.
 */
export interface PluginHost {
  readonly call: (call: PluginCall) => Promise<PluginReply>;
}
