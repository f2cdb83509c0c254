import { Pending } from "../../../engine/template/pending.ts";
import type { CallContext } from "../../../engine/template/function.ts";
import { sprigFunctions } from "../../../engine/sprig/index.ts";
import { GoFailure, GoInt, GoList, goInt, goMap } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";
import type { JsonValue } from "../../../engine/errors.ts";

/** A JavaScript value that a test writes for a Go one: integers are `int`, arrays lists, plain objects maps. */
export type Plain = GoValue | readonly Plain[] | { readonly [key: string]: Plain };

/** The Go value of a plain one. */
export function go(value: Plain): GoValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? goInt(value) : value;
  if (isList(value)) return new GoList(value.map(go));
  if (!isRecord(value)) return value;
  return goMap(Object.entries(value).map(([key, item]) => [key, go(item)] as const));
}

function isRecord(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** A context whose randomness is a counter and whose answers come from `answers`. */
export function fixedContext(
  options: Partial<CallContext> & { readonly answers?: Map<string, JsonValue> } = {},
): CallContext {
  let counter = 0;
  let ordinal = 0;
  return {
    now: 0,
    randomBytes: (length) => Uint8Array.from({ length }, () => (counter = (counter * 73 + 41) % 251)),
    spend: () => undefined,
    reserve: () => undefined,
    ask: (request) => {
      const answer = options.answers?.get(request.key);
      if (answer === undefined) throw new Pending(request);
      return answer;
    },
    nextOrdinal: () => ordinal++,
    remember: (_key, make) => make(),
    include: () => "",
    tpl: () => "",
    lint: false,
    warn: () => undefined,
    ...options,
  };
}

/** Calls a template function with a fixed context. */
export function call(name: string, ...args: readonly Plain[]): GoValue {
  return callIn(fixedContext(), name, ...args);
}

export function callIn(context: CallContext, name: string, ...args: readonly Plain[]): GoValue {
  const found = sprigFunctions.get(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found.call(args.map(go), context);
}

/** The text of the Go error that a call ends with. */
export function failureOf(name: string, ...args: readonly Plain[]): string {
  try {
    call(name, ...args);
  } catch (error) {
    if (error instanceof GoFailure) return error.message;
    throw error;
  }
  throw new Error(`${name} did not fail`);
}

/** An `int64`. */
export function int64(value: bigint): GoInt {
  return new GoInt("int64", value);
}
