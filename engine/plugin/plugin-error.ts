import { EngineError, type JsonObject } from "../errors.ts";

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
  constructor(code: PluginErrorCode, message: string, detail: JsonObject = {}, options?: ErrorOptions) {
    super(message, detail, options);
    this.code = code;
  }
}

/** Characters of a guest's message that are kept. */
const MAX_GUEST_TEXT = 4096;

/** An error of one plugin: `plugin NAME (sha256:…): PROBLEM`. `guest` is what the guest said. */
export function pluginError(
  code: PluginErrorCode,
  plugin: PluginIdentity,
  problem: string,
  detail: JsonObject & { readonly guest?: string } = {},
): PluginError {
  const where = plugin.digest === undefined ? plugin.name : `${plugin.name} (${shortDigest(plugin.digest)})`;
  const guest = detail.guest === undefined ? {} : { guest: detail.guest.slice(0, MAX_GUEST_TEXT) };
  return new PluginError(code, `plugin ${where}: ${problem.slice(0, MAX_GUEST_TEXT)}`, {
    plugin: plugin.name,
    ...(plugin.digest === undefined ? {} : { digest: plugin.digest }),
    ...detail,
    ...guest,
  });
}

function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
