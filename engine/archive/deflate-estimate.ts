import { FIRST_LENGTH, LENGTH_EXTRA, OFFSET_EXTRA } from "./deflate-symbols.ts";

/** How often each symbol stands in a block. */
export interface SymbolCounts {
  /** Literals, the end, lengths. */
  readonly literals: Int32Array;
  readonly offsets: Int32Array;
}

const { fround } = Math;
const MAX_BITS = 15;
/** Go's approximation of a logarithm: a parabola through the fraction of the number. */
const SQUARE: number = fround(-0.34484843);
const LINEAR: number = fround(2.02466578);
const CONSTANT: number = fround(0.67487759);

/**
 * About how many bits a block of `total` tokens takes with the best codes for it. Helm compatibility: whether codes are written anew hangs
 * on it, so it is counted in single precision and in the order of Go 1.27's `compress/flate`.
 */
export function estimateBits({ literals, offsets }: SymbolCounts, total: number): number {
  const scratch = new DataView(new ArrayBuffer(4));
  let sum = 0;
  let extra = 0;
  let matches = 0;
  const add = (count: number, of: number): void => {
    const bits = -logarithm(scratch, fround(count * of));
    sum = fround(sum + fround(Math.min(MAX_BITS, Math.max(1, bits)) * count));
  };
  const share = fround(1 / total);
  for (let byte = 0; byte < 256; byte++) if (literals[byte] !== 0) add(literals[byte] ?? 0, share);
  sum = fround(sum + MAX_BITS);
  for (const [symbol, bits] of LENGTH_EXTRA.entries()) {
    const count = literals[FIRST_LENGTH + symbol] ?? 0;
    if (count === 0) continue;
    add(count, share);
    extra += bits * count;
    matches += count;
  }
  const matchShare = fround(1 / matches);
  for (const [symbol, bits] of OFFSET_EXTRA.entries()) {
    const count = offsets[symbol] ?? 0;
    if (count === 0) continue;
    add(count, matchShare);
    extra += bits * count;
  }
  return Math.trunc(sum) + extra;
}

/** The binary logarithm of a positive number of single precision, about. */
function logarithm(scratch: DataView, value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getInt32(0);
  scratch.setInt32(0, (bits & 0x807fffff) + 0x3f800000);
  const part = scratch.getFloat32(0);
  const curve = fround(fround(fround(fround(SQUARE * part) + LINEAR) * part) - CONSTANT);
  return fround(((bits >> 23) & 255) - 128 + curve);
}
