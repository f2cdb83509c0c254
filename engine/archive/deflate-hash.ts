const SLOT_BITS = 15;
/** How many slots hashes tell apart. */
export const SLOTS: number = 1 << SLOT_BITS;

/** The factors of hashing by multiplication, the longer one in halves. */
const SHORT_FACTOR = 0x9e3779b1;
const LONG_FACTOR_HIGH = 0xcf1bbc;
const LONG_FACTOR_LOW = 0xdcbfa563;
const LOW_16 = 0xffff;

/** The slot of the next 4 bytes. */
export function shortHash(view: DataView, at: number): number {
  return Math.imul(view.getInt32(at, true), SHORT_FACTOR) >>> (32 - SLOT_BITS);
}

/** The slot of the next 7 bytes, moved up by one: the top of the lower 64 bits of a product, from halves of halves. */
export function longHash(view: DataView, at: number): number {
  const low = view.getInt32(at, true) << 8;
  const high = view.getInt32(at + 3, true);
  const a = low & LOW_16;
  const b = low >>> 16;
  const middle = (Math.imul(b, LONG_FACTOR_LOW & LOW_16) + (Math.imul(a, LONG_FACTOR_LOW & LOW_16) >>> 16)) | 0;
  const carry = (Math.imul(a, LONG_FACTOR_LOW >>> 16) + (middle & LOW_16)) | 0;
  const top = Math.imul(b, LONG_FACTOR_LOW >>> 16) + (middle >>> 16) + (carry >>> 16);
  const product = top + Math.imul(low, LONG_FACTOR_HIGH) + Math.imul(high, LONG_FACTOR_LOW);
  return (product | 0) >>> (32 - SLOT_BITS);
}
