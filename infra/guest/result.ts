import { type AdmittedPlugin, pluginError, type PluginReply } from "../../engine/plugin/index.ts";
import type { GuestCall, GuestResult } from "./call.ts";

/** The part of a plugin that its guest is started with. */
export function guestCall({ entry, config, limits, pure }: AdmittedPlugin, input: string): GuestCall {
  return { entry, config, limits, pure, input };
}

/** The reply in a result. Throws a `PluginError` for a failed one. */
export function replyOf(plugin: AdmittedPlugin, result: GuestResult): PluginReply {
  if (result.kind === "reply") return { output: result.output, logs: result.logs };
  const { code, problem, guest, exitCode, logs } = result;
  const detail = { ...(guest === undefined ? {} : { guest }), ...(exitCode === undefined ? {} : { exitCode }) };
  throw pluginError(code, plugin, problem, detail, logs);
}
