import type { JsonValue } from "../errors.ts";
import { malformed, parseObject } from "./messages.ts";
import type { PluginIdentity } from "./plugin-error.ts";
import { type FunctionSignature, isOfType } from "./signature.ts";

/** What a template function gave: a value of its type, or the text of the error that ends the render. */
export type FunctionOutput =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly error: string };

/** Characters of an error's text that are kept. */
const MAX_ERROR = 4096;

/** The input of a `function/v1` plugin. */
export function functionInput(name: string, args: readonly JsonValue[]): string {
  return JSON.stringify({ name, args });
}

/** What a function answered. Throws `PluginError` for what is no answer, or one of another type than the signature says. */
export function readFunctionOutput(
  plugin: PluginIdentity,
  { name, result }: FunctionSignature,
  output: string,
): FunctionOutput {
  const { value, error } = parseObject(plugin, output);
  if (typeof error === "string" && error !== "") return { ok: false, error: error.slice(0, MAX_ERROR) };
  if (value === undefined) throw malformed(plugin, "value is missing");
  if (!isOfType(value, result)) throw malformed(plugin, `the value of ${name} is not of the type ${result}`);
  return { ok: true, value };
}
