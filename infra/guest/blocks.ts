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
  /** A block that is these bytes: who gives them keeps no hold of them, but for reading before the guest runs. */
  readonly keep: (bytes: Uint8Array) => number;
  /** A block with a copy. */
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
  const add = (length: number, block: () => DataView): number => {
    if (!(length >= 0) || used + length > limit || blocks.length >= MAX_BLOCKS) {
      throw new GuestFault("out-of-memory", `it needs ${used + length} bytes for messages; it may have ${limit}`);
    }
    used += length;
    blocks.push(block());
    return (blocks.length - 1) * SPAN;
  };
  const keep = (bytes: Uint8Array): number => {
    return add(bytes.length, () => new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  };
  // Guests go through one block word by word: the block of the last look is at hand.
  let recent: DataView | undefined;
  let base = 0;
  /** The place in `recent`, which becomes the block of the address. */
  const find = (address: number, length: number): number => {
    let at = address - base;
    if (recent === undefined || !(at >= 0 && at < SPAN)) {
      const index = Math.floor(address / SPAN);
      base = index * SPAN;
      recent = blocks[index];
      at = address - base;
    }
    if (recent === undefined || !(at + length <= recent.byteLength)) {
      throw new GuestFault("trap", "it reads or writes outside of its message memory");
    }
    return at;
  };
  const viewAt = (): DataView => recent ?? new DataView(new ArrayBuffer(0));
  return {
    alloc: (length) => add(length, () => new DataView(new ArrayBuffer(length))),
    free: (address) => {
      const index = Math.floor(address / SPAN);
      used -= blocks[index]?.byteLength ?? 0;
      blocks[index] = undefined;
      recent = undefined;
    },
    lengthOf: (address) => (address % SPAN === 0 ? (blocks[address / SPAN]?.byteLength ?? 0) : 0),
    loadByte: (address) => {
      const at = find(address, 1);
      return viewAt().getUint8(at);
    },
    loadWord: (address) => {
      const at = find(address, 8);
      return viewAt().getBigUint64(at, true);
    },
    storeByte: (address, value) => {
      const at = find(address, 1);
      viewAt().setUint8(at, value);
    },
    storeWord: (address, value) => {
      const at = find(address, 8);
      viewAt().setBigUint64(at, value, true);
    },
    keep,
    write: (bytes) => keep(bytes.slice()),
    read: (address, length) => {
      if (length === 0) return new Uint8Array(0);
      const at = find(address, length);
      const { buffer, byteOffset } = viewAt();
      return new Uint8Array(buffer, byteOffset + at, length).slice();
    },
    used: () => used,
    reset: () => {
      blocks.length = 1;
      recent = undefined;
      used = 0;
    },
  };
}
