import type { GoValue } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { ANY, TEXT, binary, fail, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Helm wraps the messages of `required` and `fail` in these marks and shows what stands between them. */
const MESSAGE_START = "HELM_ERR_START";
const MESSAGE_END = "HELM_ERR_END";

/** What `fail` logs in `helm lint`, as INFO. */
export const FAIL_LOGGED = "funcMap fail";

function required(message: string, value: GoValue, context: CallContext): GoValue {
  if (value !== null && value !== "") return value;
  if (!context.lint) return fail(MESSAGE_START + message + MESSAGE_END);
  context.warn(value === null ? "missing required value" : "missing required values", { message });
  return "";
}

function failWith(message: string, context: CallContext): GoValue {
  if (!context.lint) return fail(MESSAGE_START + message + MESSAGE_END);
  context.warn(FAIL_LOGGED, { message });
  return "";
}

/** Helm's functions that stop a render. */
export const flowFunctions: readonly Entry[] = [
  ["required", binary(TEXT, ANY, required)],
  ["fail", unary(TEXT, failWith)],
];
