import { EXTISM_ENV, WASI } from "../../engine/plugin/index.ts";

const HEADER: readonly number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A value type's byte. */
const I32 = 0x7f;
const I64 = 0x7e;

/** Parameters and results of what tests import. */
const SIGNATURES: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  alloc: [[I64], [I64]],
  length: [[I64], [I64]],
  load_u8: [[I64], [I32]],
  store_u8: [[I64, I32], []],
  input_offset: [[], [I64]],
  input_length: [[], [I64]],
  output_set: [[I64, I64], []],
  error_set: [[I64], []],
  config_get: [[I64], [I64]],
  var_get: [[I64], [I64]],
  var_set: [[I64, I64], []],
  log_info: [[I64], []],
  http_request: [[I64, I64], [I64]],
  http_status_code: [[], [I32]],
  proc_exit: [[I32], []],
  store_u64: [[I64, I64], []],
  random_get: [[I32, I32], [I32]],
  clock_time_get: [[I32, I64, I32], [I32]],
};

/** A module for a test: one function `helm_plugin_main` without parameters. */
export interface TestModule {
  /** Names of Extism's functions, or of WASI's with `wasi:` before them, or `MODULE/NAME`. */
  readonly imports?: readonly string[];
  /** The entry's code, without its end. Locals are two i64 and one i32. */
  readonly code: (call: (name: string) => readonly number[]) => readonly number[];
  readonly export?: string;
  /** The same function is the start-up too. */
  readonly startsUp?: boolean;
  readonly result?: "i32" | "i64" | "none";
  readonly parameters?: number;
  /** Pages: the least and the most. */
  readonly memory?: readonly [number, number?];
  /** It takes its message in its own memory, and says that its answer stands `at` an address. */
  readonly direct?: { readonly message: number; readonly at: number; readonly size: number };
  /** Bytes of a custom section: to make a module large. */
  readonly padding?: number;
}

/** Bytes of a module, put together by hand. */
export function wasm(test: TestModule): Uint8Array<ArrayBuffer> {
  const imports = test.imports ?? [];
  const types: number[][] = [];
  const typeOf = (parameters: readonly number[], results: readonly number[]): number =>
    types.push([0x60, ...list(parameters.map((one) => [one])), ...list(results.map((one) => [one]))]) - 1;
  const imported = imports.map((name) => {
    const [module, field] = placeOf(name);
    const [parameters, results] = SIGNATURES[field] ?? [[], []];
    return [...text(module), ...text(field), 0, ...leb(typeOf(parameters, results))];
  });
  const parameters = Array.from({ length: test.parameters ?? 0 }, () => I32);
  const result = test.result ?? "i32";
  const type = typeOf(parameters, result === "none" ? [] : [result === "i32" ? I32 : I64]);
  const { direct } = test;
  const directTypes = direct === undefined ? [] : [typeOf([I32], [I32]), typeOf([], [I64])];
  const directBodies =
    direct === undefined ? [] : [i32(direct.message), i64(direct.at * 2 ** 32 + direct.size)].map(bodyOf);
  const directExports = ["slipway_message", "slipway_answer"].slice(0, directTypes.length);
  const code = test.code((name) => [0x10, ...leb(imports.indexOf(name))]);
  const body = [
    ...list([
      [2, I64],
      [1, I32],
    ]),
    ...code,
    0x0b,
  ];
  const [least, most] = test.memory ?? [1];
  const memory = most === undefined ? [0, ...leb(least)] : [1, ...leb(least), ...leb(most)];
  const bytes = [
    ...HEADER,
    ...section(1, list(types)),
    ...section(2, list(imported)),
    ...section(3, list([type, ...directTypes].map(leb))),
    ...section(5, list([memory])),
    ...section(
      7,
      list([
        [...text("memory"), 2, 0],
        [...text(test.export ?? "helm_plugin_main"), 0, ...leb(imports.length)],
        ...(test.startsUp === true ? [[...text("_initialize"), 0, ...leb(imports.length)]] : []),
        ...directExports.map((name, index) => [...text(name), 0, ...leb(imports.length + 1 + index)]),
      ]),
    ),
    ...section(10, list([[...leb(body.length), ...body], ...directBodies])),
  ];
  const padding = test.padding === undefined ? new Uint8Array(0) : new Uint8Array(test.padding);
  const custom = padding.length === 0 ? [] : [0, ...leb(padding.length + 2), 1, 0x70];
  const out = new Uint8Array(bytes.length + custom.length + padding.length);
  out.set(bytes);
  out.set(custom, bytes.length);
  return out;
}

/** Code that makes a block with a text and leaves its address in local 0. Needs `alloc` and `store_u8`. */
export function block(content: string | Uint8Array, call: (name: string) => readonly number[]): readonly number[] {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const stores = [...bytes].flatMap((byte, at) => [
    ...localGet(0),
    ...i64(at),
    0x7c,
    ...i32(byte),
    ...call("store_u8"),
  ]);
  return [...i64(bytes.length), ...call("alloc"), ...localSet(0), ...stores];
}

/** The block of local 0 as the output. Needs `length` and `output_set`. */
export function giveBlock(call: (name: string) => readonly number[]): readonly number[] {
  return [...localGet(0), ...localGet(0), ...call("length"), ...call("output_set")];
}

export const localGet = (index: number): readonly number[] => [0x20, index];
export const localSet = (index: number): readonly number[] => [0x21, index];
export const i32 = (value: number): readonly number[] => [0x41, ...signed(value)];
export const i64 = (value: number): readonly number[] => [0x42, ...signed(value)];
export const UNREACHABLE: readonly number[] = [0x00];
export const DROP: readonly number[] = [0x1a];
/** Round and round. */
export const FOREVER: readonly number[] = [0x03, 0x40, 0x0c, 0x00, 0x0b];

/** Code that runs `body` until it leaves 0 on the stack. */
export function loop(body: readonly number[]): readonly number[] {
  return [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b];
}

/** Grows the memory by `pages`; leaves the pages before, or -1. */
export function grow(pages: number): readonly number[] {
  return [...i32(pages), 0x40, 0x00];
}

function placeOf(name: string): readonly [string, string] {
  if (name.startsWith("wasi:")) return [WASI, name.slice("wasi:".length)];
  const slash = name.lastIndexOf("/");
  return slash < 0 ? [EXTISM_ENV, name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** A function without locals. */
function bodyOf(code: readonly number[]): readonly number[] {
  return [...leb(code.length + 2), 0, ...code, 0x0b];
}

function section(id: number, body: readonly number[]): readonly number[] {
  return [id, ...leb(body.length), ...body];
}

function list(items: readonly (readonly number[])[]): readonly number[] {
  return [...leb(items.length), ...items.flat()];
}

function text(value: string): readonly number[] {
  const bytes = new TextEncoder().encode(value);
  return [...leb(bytes.length), ...bytes];
}

function leb(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

function signed(value: number): readonly number[] {
  const last = value >= -64 && value < 64;
  const low = ((value % 128) + 128) % 128;
  return last ? [low] : [low + 128, ...signed((value - low) / 128)];
}
