import { EngineError, type JsonObject } from "../errors.ts";
import type { PluginLog } from "./plugin-host.ts";

/** Why a plugin was refused, or how a call of it ended. */
export type PluginErrorCode =
  /** plugin.yaml is none, in Helm's words. */
  | "invalid-metadata"
  /** A runtime that Slipway does not run, such as `subprocess`. */
  | "unsupported-runtime"
  /** No WebAssembly module, a damaged one, or one that is larger than a module may be. */
  | "invalid-module"
  /** No entry function, or one of another signature. */
  | "wrong-abi"
  /** It imports or asks for more than it was granted. */
  | "not-granted"
  /** A host that it was granted gives no answer, or one that breaks off. */
  | "unreachable"
  /** No thread came free for it. */
  | "busy"
  /** This runtime cannot do what the plugin needs. */
  | "missing-capability"
  /** No such plugin. */
  | "not-found"
  /** The guest told an error. */
  | "guest-error"
  /** The guest returned, or ended itself with, a code other than 0. */
  | "exit-code"
  | "trap"
  | "timeout"
  | "out-of-memory"
  /** The output is larger than it may be. */
  | "output-too-large"
  /** The output is no message of the plugin's type. */
  | "malformed-output";

/** Which plugin an error is about. */
export interface PluginIdentity {
  readonly name: string;
  /** `sha256:…` of the module; absent before there is one. */
  readonly digest?: string;
}

/** A refusal of this folder. `detail` has the plugin's name, its digest and the guest's own words, as far as there are any. */
export class PluginError extends EngineError<PluginErrorCode> {
  readonly code: PluginErrorCode;
  /** What the guest logged before. It is no part of the detail, which everybody is told. */
  readonly logs: readonly PluginLog[];
  constructor(code: PluginErrorCode, message: string, detail: JsonObject = {}, options: PluginErrorOptions = {}) {
    const { logs = [], ...more } = options;
    super(message, detail, more);
    this.code = code;
    this.logs = logs;
  }
}

interface PluginErrorOptions extends ErrorOptions {
  readonly logs?: readonly PluginLog[];
}

/** The same refusal with the guest's words changed by `hide`. */
export function withoutSecrets(error: PluginError, hide: (text: string) => string): PluginError {
  const { guest } = error.detail;
  const detail = typeof guest === "string" ? { ...error.detail, guest: hide(guest) } : error.detail;
  return new PluginError(error.code, hide(error.message), detail, { cause: error.cause, logs: error.logs });
}

/** Characters of a guest's message that are kept. */
const MAX_GUEST_TEXT = 4096;

/** An error of one plugin: `plugin NAME (sha256:…): PROBLEM`. `guest` is what the guest said. */
export function pluginError(
  code: PluginErrorCode,
  plugin: PluginIdentity,
  problem: string,
  detail: JsonObject & { readonly guest?: string } = {},
  logs: readonly PluginLog[] = [],
): PluginError {
  const where = plugin.digest === undefined ? plugin.name : `${plugin.name} (${shortDigest(plugin.digest)})`;
  const guest = detail.guest === undefined ? {} : { guest: detail.guest.slice(0, MAX_GUEST_TEXT) };
  const told = {
    plugin: plugin.name,
    ...(plugin.digest === undefined ? {} : { digest: plugin.digest }),
    ...detail,
    ...guest,
  };
  return new PluginError(code, `plugin ${where}: ${problem.slice(0, MAX_GUEST_TEXT)}`, told, { logs });
}

function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
