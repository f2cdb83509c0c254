import { GuestFault } from "./fault.ts";

/** Blocks of one call, freed ones too: their addresses are not used again. */
const MAX_BLOCKS = 1_000_000;
/** An address is a block's number times this, and the place in the block. */
const SPAN: number = 2 ** 32;

/** The memory that host and guest share in Extism: blocks by address, the bytes of all together limited. */
export interface Blocks {
  readonly alloc: (length: number) => number;
  readonly free: (address: number) => void;
  readonly lengthOf: (address: number) => number;
  readonly loadByte: (address: number) => number;
  readonly loadWord: (address: number) => bigint;
  readonly storeByte: (address: number, value: number) => void;
  readonly storeWord: (address: number, value: bigint) => void;
  readonly write: (bytes: Uint8Array) => number;
  /** A copy. */
  readonly read: (address: number, length: number) => Uint8Array;
  readonly used: () => number;
  readonly reset: () => void;
}

/** An empty memory of at most `limit` bytes. Throws {@link GuestFault} for what is beyond it, and for addresses of nothing. */
export function createBlocks(limit: number): Blocks {
  const blocks: (DataView | undefined)[] = [undefined];
  let used = 0;
  const alloc = (length: number): number => {
    if (!(length >= 0) || used + length > limit || blocks.length >= MAX_BLOCKS) {
      throw new GuestFault("out-of-memory", `it needs ${used + length} bytes for messages; it may have ${limit}`);
    }
    used += length;
    blocks.push(new DataView(new ArrayBuffer(length)));
    return (blocks.length - 1) * SPAN;
  };
  const find = (address: number, length: number): { readonly view: DataView; readonly at: number } => {
    const view = blocks[Math.floor(address / SPAN)];
    const at = address % SPAN;
    if (view === undefined || at + length > view.byteLength) {
      throw new GuestFault("trap", "it reads or writes outside of its message memory");
    }
    return { view, at };
  };
  return {
    alloc,
    free: (address) => {
      const index = Math.floor(address / SPAN);
      used -= blocks[index]?.byteLength ?? 0;
      blocks[index] = undefined;
    },
    lengthOf: (address) => (address % SPAN === 0 ? (blocks[address / SPAN]?.byteLength ?? 0) : 0),
    loadByte: (address) => {
      const { view, at } = find(address, 1);
      return view.getUint8(at);
    },
    loadWord: (address) => {
      const { view, at } = find(address, 8);
      return view.getBigUint64(at, true);
    },
    storeByte: (address, value) => {
      const { view, at } = find(address, 1);
      view.setUint8(at, value);
    },
    storeWord: (address, value) => {
      const { view, at } = find(address, 8);
      view.setBigUint64(at, value, true);
    },
    write: (bytes) => {
      const address = alloc(bytes.length);
      const { view } = find(address, bytes.length);
      new Uint8Array(view.buffer).set(bytes);
      return address;
    },
    read: (address, length) => {
      if (length === 0) return new Uint8Array(0);
      const { view, at } = find(address, length);
      return new Uint8Array(view.buffer.slice(at, at + length));
    },
    used: () => used,
    reset: () => {
      blocks.length = 1;
      used = 0;
    },
  };
}
