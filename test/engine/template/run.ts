import type { JsonValue } from "../../../engine/errors.ts";
import { formatValue } from "../../../engine/go/fmt.ts";
import { fromUtf8, toUtf8 } from "../../../engine/go/utf8.ts";
import { GoFailure, goInt, GoInt, goInt64, GoList, goMap } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";
import type { FunctionTable, GoFunction } from "../../../engine/template/function.ts";
import {
  Budget,
  createTemplateSet,
  executeTemplate,
  parseTemplate,
  templateFunctions,
} from "../../../engine/template/index.ts";
import type { ExecuteOptions } from "../../../engine/template/index.ts";

/** A few functions with the signatures that test/data/go-templates/record.go gives them. */
const own: readonly (readonly [string, GoFunction])[] = [
  ["list", { parameters: ["interface {}"], variadic: true, call: (args) => new GoList(args) }],
  ["dict", { parameters: ["interface {}"], variadic: true, call: dict }],
  ["int64", { parameters: ["interface {}"], call: ([value]) => goInt64(integer(value)) }],
  ["sub", { parameters: ["interface {}", "interface {}"], call: ([a, b]) => goInt64(integer(a) - integer(b)) }],
  ["until", { parameters: ["int"], call: ([n]) => new GoList(ints(Number(integer(n))), "[]int") }],
  ["upper", { parameters: ["string"], call: ([text]) => string(text).toUpperCase() }],
  ["trunc", { parameters: ["int", "string"], call: ([n, text]) => truncate(Number(integer(n)), string(text)) }],
  ["keys", { parameters: ["map[string]interface {}"], call: ([map]) => goInt(size(map)) }],
  ["default", { parameters: ["interface {}", "interface {}"], variadic: true, call: ([a, b]) => b ?? a }],
  ["boolean", { parameters: ["bool"], call: ([value]) => value }],
  ["float", { parameters: ["float64"], call: ([value]) => value }],
  ["small", { parameters: ["uint32"], call: ([value]) => value }],
  ["fail", { parameters: ["string"], call: fail }],
];

function fail([message]: readonly GoValue[]): never {
  throw new GoFailure(string(message));
}

function string(value: GoValue): string {
  return typeof value === "string" ? value : "";
}

function integer(value: GoValue): bigint {
  if (typeof value === "number") return BigInt(Math.trunc(value));
  return value instanceof GoInt && (value.type === "int" || value.type === "int64") ? value.value : 0n;
}

function ints(count: number): readonly GoInt[] {
  return Array.from({ length: Math.max(count, 0) }, (_, i) => goInt(i));
}

function truncate(count: number, text: string): string {
  const bytes = toUtf8(text);
  return count >= 0 && count < bytes.length ? fromUtf8(bytes.subarray(0, count)) : text;
}

function size(map: GoValue): number {
  return typeof map === "object" && map?.kind === "map" ? map.entries.size : 0;
}

function dict(args: readonly GoValue[]): GoValue {
  const pairs: [string, GoValue][] = [];
  for (let i = 0; i < args.length; i += 2) pairs.push([formatValue(args[i]), args[i + 1] ?? null]);
  return goMap(pairs);
}

export const functions: FunctionTable = new Map<string, GoFunction>([...templateFunctions, ...own]);

/** Options of an execution that asks nothing. */
export function options(changes: Partial<ExecuteOptions> = {}): ExecuteOptions {
  return {
    now: 0,
    randomBytes: (length) => new Uint8Array(length),
    ask: (): JsonValue => null,
    nextOrdinal: () => 0,
    remember: (_key, make) => make(),
    budget: new Budget(),
    lint: false,
    warn: () => undefined,
    ...changes,
  };
}

/** The output of a text named `t`, or of the file `t` among several in Helm's order. */
export function run(
  text: string | Readonly<Record<string, string>>,
  data?: GoValue,
  changes: Partial<ExecuteOptions> = {},
): string {
  const files = typeof text === "string" ? { t: text } : text;
  const parsed = Object.entries(files).map(([name, content]) => parseTemplate(name, content, functions));
  return executeTemplate(createTemplateSet(parsed, functions), "t", data, options(changes));
}

/** What {@link run} throws. */
export function failure(
  text: string | Readonly<Record<string, string>>,
  data?: GoValue,
  changes: Partial<ExecuteOptions> = {},
): unknown {
  try {
    run(text, data, changes);
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
