import type { JsonObject, JsonValue } from "../errors.ts";
import { decodeBase64 } from "../go/base64.ts";
import { isJsonObject } from "../object/json.ts";
import { type PluginError, pluginError, type PluginIdentity } from "./plugin-error.ts";

/** What a getter is told besides the address; keys are Go's. */
export interface GetterOptions {
  readonly URL: string;
  readonly AcceptHeader: string;
  readonly Username: string;
  readonly Password: string;
  readonly PassCredentialsAll: boolean;
  readonly UserAgent: string;
  readonly Version: string;
  /** Nanoseconds. */
  readonly Timeout: number;
}

/**
 * The input of a `postrenderer/v1` plugin. Helm compatibility: Helm's own message has `{}` for the manifests, which is a defect of it;
 * both proposed remedies send a string, and so do we. No arguments are `null`, as Go writes an empty list.
 */
export function postRenderInput(manifests: string, args: readonly string[]): string {
  return JSON.stringify({ manifests, extraArgs: args.length === 0 ? null : args });
}

/** What a post-renderer made of `manifests`. `{"manifests": {}}`, Helm's own form, leaves them as they are. Throws `PluginError`. */
export function readPostRenderOutput(plugin: PluginIdentity, output: string, manifests: string): string {
  const made = memberOf(plugin, output, "manifests");
  if (isJsonObject(made)) return manifests;
  if (typeof made !== "string") throw malformed(plugin, "manifests is no text");
  return made;
}

/** The input of a `getter/v1` plugin. */
export function getterInput(href: string, options: GetterOptions): string {
  const unused = {
    CertFile: "",
    KeyFile: "",
    CAFile: "",
    UNTar: false,
    InsecureSkipVerifyTLS: false,
    PlainHTTP: false,
  };
  return JSON.stringify({ href, protocol: href.split(":")[0] ?? "", options: { ...unused, ...options } });
}

/** What a getter fetched. Throws `PluginError`. */
export function readGetterOutput(plugin: PluginIdentity, output: string): Uint8Array {
  const data = memberOf(plugin, output, "data");
  if (data === null) return new Uint8Array(0);
  if (typeof data !== "string" || !BASE64.test(data)) throw malformed(plugin, "data is no base64 text");
  return decodeBase64(new TextEncoder().encode(data));
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A member that must be there. Throws `PluginError`. */
export function memberOf(plugin: PluginIdentity, output: string, key: string): JsonValue {
  const read = parseObject(plugin, output);
  const value = read[key];
  if (value === undefined) throw malformed(plugin, `${key} is missing`);
  return value;
}

/** Output that must be an object. Throws `PluginError`. */
export function parseObject(plugin: PluginIdentity, output: string): JsonObject {
  if (output === "") throw malformed(plugin, "it gave no output");
  const parsed = parseJson(output);
  if (parsed === undefined) throw malformed(plugin, "it is no JSON");
  if (!isJsonObject(parsed)) throw malformed(plugin, "it is no JSON object");
  return parsed;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Output that is no message of the plugin's type. */
export function malformed(plugin: PluginIdentity, problem: string): PluginError {
  return pluginError("malformed-output", plugin, `failed to json marshal plugin output message: ${problem}`);
}
