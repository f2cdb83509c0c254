/** Symbols of deflate (RFC 1951 3.2.5): literals below, the end of a block, then lengths; offsets have an alphabet of their own. */
export const END_OF_BLOCK = 256;
/** The symbol of the shortest length. */
export const FIRST_LENGTH = 257;
/** Literals, end and lengths. */
export const LITERAL_SYMBOLS = 286;
/** Offsets. */
export const OFFSET_SYMBOLS = 30;

/** Extra bits behind each length symbol. */
export const LENGTH_EXTRA: Uint8Array = Uint8Array.from([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
/** Extra bits behind each offset symbol. */
export const OFFSET_EXTRA: Uint8Array = Uint8Array.from({ length: OFFSET_SYMBOLS }, (_, i) =>
  Math.max(0, (i >> 1) - 1),
);

/** The smallest length, less 3, of each length symbol. */
export const LENGTH_BASE: Uint8Array = lengthBases();
/** The smallest offset, less 1, of each offset symbol. */
export const OFFSET_BASE: Uint16Array = offsetBases();

const LENGTH_SYMBOL = Uint8Array.from({ length: 256 }, (_, length) =>
  LENGTH_BASE.findLastIndex((base) => base <= length),
);
const OFFSET_SYMBOL = Uint8Array.from({ length: 256 }, (_, offset) =>
  OFFSET_BASE.findLastIndex((base) => base <= offset),
);
/** Symbols that 7 more bits of offset are away. */
const SHIFTED = 14;

/** The length symbol, counted from 0, of a length less 3. */
export function lengthSymbol(length: number): number {
  return LENGTH_SYMBOL[length] ?? 0;
}

/** The symbol of an offset less 1. */
export function offsetSymbol(offset: number): number {
  return offset < 256 ? (OFFSET_SYMBOL[offset] ?? 0) : (OFFSET_SYMBOL[offset >> 7] ?? 0) + SHIFTED;
}

/** 258 has a symbol without extra bits, though the one before could hold it. */
function lengthBases(): Uint8Array {
  const bases = new Uint8Array(LENGTH_EXTRA.length);
  let base = 0;
  for (let symbol = 0; symbol < bases.length; symbol++) {
    bases[symbol] = base;
    base += 1 << (LENGTH_EXTRA[symbol] ?? 0);
  }
  bases[bases.length - 1] = 255;
  return bases;
}

function offsetBases(): Uint16Array {
  const bases = new Uint16Array(OFFSET_SYMBOLS);
  let base = 0;
  for (let symbol = 0; symbol < OFFSET_SYMBOLS; symbol++) {
    bases[symbol] = base;
    base += 1 << (OFFSET_EXTRA[symbol] ?? 0);
  }
  return bases;
}
