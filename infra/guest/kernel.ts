import type { PluginLog } from "../../engine/plugin/index.ts";
import { type Blocks, createBlocks } from "./blocks.ts";
import type { GuestCall } from "./call.ts";
import { GuestFault } from "./fault.ts";
import type { Logs } from "./logs.ts";
import { createVars } from "./vars.ts";

/** A function that a guest may import. */
export type HostFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

/** Extism's host functions for one call, and what the guest left behind. */
export interface Kernel {
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly blocks: Blocks;
  readonly output: () => Uint8Array;
  /** What the guest told as an error. */
  readonly error: () => string | undefined;
}

/** Bytes of a page. */
export const PAGE: number = 65_536;
const TRACE_OFF = 2;
const MAX_ERROR_BYTES = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Message {
  readonly at: number;
  readonly length: number;
}

interface State {
  /** Undefined until the guest looks: a guest of ours never does. */
  input: Message | undefined;
  output: number;
  outputLength: number;
  error: number;
}

/** The host functions of the namespace `extism:host/env`, but for HTTP. Throws {@link GuestFault} through the guest. */
export function createKernel(call: GuestCall, logs: Logs): Kernel {
  const { limits } = call;
  const blocks = createBlocks(limits.pages * PAGE);
  const state: State = { input: undefined, output: 0, outputLength: 0, error: 0 };
  const input = (): Message => (state.input ??= written(blocks, encoder.encode(call.input)));
  const vars = createVars(limits.varBytes);
  const textAt = (address: number): string => decoder.decode(blocks.read(address, blocks.lengthOf(address)));
  const log = (level: PluginLog["level"]) => (address: number | bigint) => {
    logs.add(level, textAt(Number(address)));
    return undefined;
  };
  return {
    blocks,
    output: () => blocks.read(state.output, allowed(state.outputLength, limits.outputBytes)),
    error: () => (state.error === 0 ? undefined : textAt(state.error)),
    functions: {
      ...memoryFunctions(blocks),
      ...messageFunctions({ blocks, state, input, outputBytes: limits.outputBytes }),
      config_get: (key) => {
        const name = textAt(Number(key));
        const value = Object.hasOwn(call.config, name) ? call.config[name] : undefined;
        return value === undefined ? 0n : BigInt(blocks.write(encoder.encode(value)));
      },
      var_get: (key) => {
        const value = vars.get(textAt(Number(key)));
        return value === undefined ? 0n : BigInt(blocks.write(value));
      },
      var_set: (key, value) => {
        const at = Number(value);
        vars.set(textAt(Number(key)), at === 0 ? undefined : blocks.read(at, blocks.lengthOf(at)));
        return undefined;
      },
      get_log_level: () => (limits.logBytes === 0 ? 0x7fff_ffff : TRACE_OFF),
      log_trace: log("trace"),
      log_debug: log("debug"),
      log_info: log("info"),
      log_warn: log("warn"),
      log_error: log("error"),
    },
  };
}

/** A function of WebAssembly without a result. */
function done(_work: unknown): undefined {
  return undefined;
}

function memoryFunctions(blocks: Blocks): Readonly<Record<string, HostFunction>> {
  const lengthOf: HostFunction = (address) => BigInt(blocks.lengthOf(Number(address)));
  return {
    alloc: (length) => BigInt(blocks.alloc(Number(length))),
    free: (address) => done(blocks.free(Number(address))),
    length: lengthOf,
    length_unsafe: lengthOf,
    load_u8: (address) => blocks.loadByte(Number(address)),
    load_u64: (address) => blocks.loadWord(Number(address)),
    store_u8: (address, value) => done(blocks.storeByte(Number(address), Number(value))),
    store_u64: (address, value) => done(blocks.storeWord(Number(address), BigInt(value ?? 0n))),
    memory_bytes: () => BigInt(blocks.used()),
  };
}

function written(blocks: Blocks, bytes: Uint8Array): Message {
  return { at: blocks.keep(bytes), length: bytes.length };
}

interface Messages {
  readonly blocks: Blocks;
  readonly state: State;
  readonly input: () => Message;
  readonly outputBytes: number;
}

function messageFunctions({ blocks, state, input, outputBytes }: Messages): Readonly<Record<string, HostFunction>> {
  return {
    input_set: (address, length) => done((state.input = { at: Number(address), length: Number(length) })),
    input_offset: () => BigInt(input().at),
    input_length: () => BigInt(input().length),
    input_load_u8: (at) => blocks.loadByte(input().at + inside(Number(at), 1, input().length)),
    input_load_u64: (at) => blocks.loadWord(input().at + inside(Number(at), 8, input().length)),
    output_set: (address, length) => {
      state.output = Number(address);
      state.outputLength = Number(length);
      allowed(state.outputLength, outputBytes);
      return undefined;
    },
    output_offset: () => BigInt(state.output),
    output_length: () => BigInt(state.outputLength),
    error_set: (address) => {
      const at = Number(address);
      if (blocks.lengthOf(at) > MAX_ERROR_BYTES) state.error = blocks.write(blocks.read(at, MAX_ERROR_BYTES));
      else state.error = blocks.lengthOf(at) === 0 ? 0 : at;
      return undefined;
    },
    error_get: () => BigInt(state.error),
    reset: () => {
      blocks.reset();
      Object.assign(state, { input: { at: 0, length: 0 }, output: 0, outputLength: 0, error: 0 });
      return undefined;
    },
  };
}

function allowed(length: number, most: number): number {
  if (length <= most) return length;
  throw new GuestFault("output-too-large", `its output has ${length} bytes; ${most} are allowed`);
}

function inside(at: number, length: number, end: number): number {
  if (at >= 0 && at + length <= end) return at;
  throw new GuestFault("trap", "it reads behind the end of its input");
}
