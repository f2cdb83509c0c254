import { WASI_FUNCTIONS } from "../../engine/plugin/imports.ts";
import { GuestExit } from "./fault.ts";
import type { HostFunction } from "./kernel.ts";
import type { WorldSource } from "./world-source.ts";

const SUCCESS = 0;
const BAD_FILE = 8;
const FAULT = 21;
const NOT_SUPPORTED = 52;
const CHARACTER_DEVICE = 2;
const RIGHT_FD_WRITE = 64n;
const STDERR = 2;
/** Bytes of standard error that are kept: what a crashing guest says last. */
const TAIL = 4096;
/** A subscription and an event of `poll_oneoff`. */
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const MAX_VECTORS = 1024;

/** A world of clock and randomness: no arguments, environment, files or sockets. */
export interface EmptyWorld {
  readonly functions: Readonly<Record<string, HostFunction>>;
  /** Gives the guest's memory, once there is one. */
  readonly attach: (memory: WebAssembly.Memory) => void;
  /** The end of what it wrote to standard error. */
  readonly complaint: () => string;
}

/** What there is no answer to. */
const ABSENT: Readonly<Record<string, HostFunction>> = Object.fromEntries(
  [...WASI_FUNCTIONS].map((name) => [name, () => (/^(fd|path)_/.test(name) ? BAD_FILE : NOT_SUPPORTED)]),
);

/** WASI preview 1 for guests that are given nothing. */
export function createEmptyWorld(source: WorldSource): EmptyWorld {
  let memory: WebAssembly.Memory | undefined;
  let tail = "";
  const view = (): DataView => new DataView(memory?.buffer ?? new ArrayBuffer(0));
  const checked = (work: (view: DataView) => number): number => {
    try {
      return work(view());
    } catch (error) {
      if (error instanceof RangeError) return FAULT;
      throw error;
    }
  };
  return {
    attach: (given) => void (memory = given),
    complaint: () => tail.trim(),
    functions: {
      ...ABSENT,
      ...emptyLists(checked),
      ...clocks(checked, source),
      sched_yield: () => SUCCESS,
      proc_exit: (code) => {
        throw new GuestExit(Number(code));
      },
      random_get: (at, length) =>
        checked((bytes) => {
          source.fillRandom(new Uint8Array(bytes.buffer, Number(at) >>> 0, Number(length) >>> 0));
          return SUCCESS;
        }),
      fd_close: (fd) => (Number(fd) <= STDERR ? SUCCESS : BAD_FILE),
      fd_fdstat_get: (fd, at) =>
        checked((bytes) => {
          if (Number(fd) > STDERR) return BAD_FILE;
          for (let i = 0; i < 24; i++) bytes.setUint8(Number(at) + i, 0);
          bytes.setUint8(Number(at), CHARACTER_DEVICE);
          bytes.setBigUint64(Number(at) + 8, RIGHT_FD_WRITE, true);
          return SUCCESS;
        }),
      fd_fdstat_set_flags: (fd) => (Number(fd) <= STDERR ? SUCCESS : BAD_FILE),
      fd_read: (fd, _vectors, _count, got) => checked((bytes) => number32(bytes, got, Number(fd) === 0, 0)),
      fd_write: (fd, vectors, count, written) =>
        checked((bytes) => {
          const { length, text } = gather(bytes, Number(vectors), Number(count));
          if (Number(fd) === STDERR) tail = (tail + text).slice(-TAIL);
          return number32(bytes, written, Number(fd) === 1 || Number(fd) === STDERR, length);
        }),
    },
  };
}

type Checked = (work: (view: DataView) => number) => number;

function number32(view: DataView, at: number | bigint | undefined, isOpen: boolean, value: number): number {
  if (!isOpen) return BAD_FILE;
  view.setUint32(Number(at) >>> 0, value, true);
  return SUCCESS;
}

function emptyLists(checked: Checked): Readonly<Record<string, HostFunction>> {
  const sizes: HostFunction = (count, bytes) =>
    checked((view) => number32(view, count, true, 0) || number32(view, bytes, true, 0));
  return { args_get: () => SUCCESS, environ_get: () => SUCCESS, args_sizes_get: sizes, environ_sizes_get: sizes };
}

function clocks(checked: Checked, source: WorldSource): Readonly<Record<string, HostFunction>> {
  return {
    clock_res_get: (_clock, at) => checked((view) => (view.setBigUint64(Number(at) >>> 0, 1_000_000n, true), SUCCESS)),
    clock_time_get: (clock, _precision, at) =>
      checked((view) => {
        const milliseconds = Number(clock) === 0 ? source.now() : source.elapsed();
        view.setBigUint64(Number(at) >>> 0, BigInt(Math.round(milliseconds * 1_000_000)), true);
        return SUCCESS;
      }),
    // Every wait is over at once: whoever waits by the clock looks at it again.
    poll_oneoff: (subscriptions, events, count, happened) =>
      checked((view) => {
        const all = Math.min(Number(count) >>> 0, MAX_VECTORS);
        for (let i = 0; i < all; i++) {
          const from = (Number(subscriptions) >>> 0) + i * SUBSCRIPTION_BYTES;
          const to = (Number(events) >>> 0) + i * EVENT_BYTES;
          const user = view.getBigUint64(from, true);
          const kind = view.getUint8(from + 8);
          for (let byte = 0; byte < EVENT_BYTES; byte++) view.setUint8(to + byte, 0);
          view.setBigUint64(to, user, true);
          view.setUint8(to + 10, kind);
        }
        return number32(view, happened, true, all);
      }),
  };
}

function gather(view: DataView, vectors: number, count: number): { readonly length: number; readonly text: string } {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for (let i = 0; i < Math.min(count, MAX_VECTORS); i++) {
    const at = view.getUint32((vectors >>> 0) + i * 8, true);
    const size = view.getUint32((vectors >>> 0) + i * 8 + 4, true);
    text += decoder.decode(new Uint8Array(view.buffer, at, size).slice(-TAIL));
    length += size;
  }
  return { length, text };
}
