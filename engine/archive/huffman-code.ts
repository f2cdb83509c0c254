/** A prefix code: for each symbol its bits, first bit lowest, and their number; 0 for symbols without a code. */
export interface HuffmanCode {
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** An empty code for `size` symbols, to be filled by {@link buildCode}. */
export function createCode(size: number): HuffmanCode {
  return { codes: new Uint16Array(size), lengths: new Uint8Array(size) };
}

/** The deepest tree that deflate knows, and one: levels are counted from 1. */
const LEVELS = 16;
const ENDLESS = 0x7fffffff;

/**
 * Makes the shortest code in which no symbol has more than `maxBits` (1 to 15) bits, into `code`. Ties are broken as Go's `compress/flate`
 * breaks them: rarer symbols first, of equal ones the smaller symbol first.
 */
export function buildCode(code: HuffmanCode, frequencies: Int32Array, maxBits: number): void {
  code.lengths.fill(0);
  const symbols: number[] = [];
  for (let symbol = 0; symbol < frequencies.length; symbol++) if (frequencies[symbol] !== 0) symbols.push(symbol);
  if (symbols.length <= 2) {
    for (const [bits, symbol] of symbols.entries()) {
      code.codes[symbol] = bits;
      code.lengths[symbol] = 1;
    }
    return;
  }
  symbols.sort((a, b) => (frequencies[a] ?? 0) - (frequencies[b] ?? 0) || a - b);
  const sorted = Int32Array.from(symbols, (symbol) => frequencies[symbol] ?? 0);
  assign(code, symbols, countLengths(sorted, Math.min(maxBits, symbols.length - 1)));
}

/** What is known of one depth of the tree while it is filled from both sides. */
interface Level {
  last: number;
  nextLeaf: number;
  nextPair: number;
  needed: number;
}

/**
 * How many symbols get each number of bits: package-merge, run lazily from the top level. `sorted` are at least three frequencies,
 * ascending.
 */
function countLengths(sorted: Int32Array, maxBits: number): Int32Array {
  const at = (index: number): number => (index < sorted.length ? (sorted[index] ?? ENDLESS) : ENDLESS);
  const first = at(0) + at(1);
  const levels: Level[] = Array.from({ length: LEVELS + 1 }, (_, depth) => ({
    last: at(1),
    nextLeaf: at(2),
    nextPair: depth === 1 ? ENDLESS : first,
    needed: 0,
  }));
  const leaves = Array.from({ length: LEVELS }, (_, depth) => {
    const row = new Int32Array(LEVELS);
    if (depth > 0) row[depth] = 2;
    return row;
  });
  levelAt(levels, maxBits).needed = 2 * sorted.length - 4;
  for (let depth = maxBits; ;) {
    const level = levelAt(levels, depth);
    const above = levelAt(levels, depth + 1);
    if (level.nextPair === ENDLESS && level.nextLeaf === ENDLESS) {
      level.needed = 0;
      above.nextPair = ENDLESS;
      depth++;
      continue;
    }
    const before = level.last;
    takeNext(levels, leaves, depth, at);
    if (--level.needed === 0) {
      if (depth === maxBits) break;
      above.nextPair = before + level.last;
      depth++;
    } else {
      while (levelAt(levels, depth - 1).needed > 0) depth--;
    }
  }
  const top = rowAt(leaves, maxBits);
  return Int32Array.from({ length: maxBits + 1 }, (_, bits) => {
    const depth = maxBits - bits + 1;
    return bits === 0 ? 0 : (top[depth] ?? 0) - (top[depth - 1] ?? 0);
  });
}

/** Puts the cheaper of the next leaf and the next pair from below into a level. */
function takeNext(
  levels: readonly Level[],
  leaves: readonly Int32Array[],
  depth: number,
  at: (i: number) => number,
): void {
  const level = levelAt(levels, depth);
  const own = rowAt(leaves, depth);
  if (level.nextLeaf < level.nextPair) {
    const count = (own[depth] ?? 0) + 1;
    level.last = level.nextLeaf;
    own[depth] = count;
    level.nextLeaf = at(count);
    return;
  }
  level.last = level.nextPair;
  own.set(rowAt(leaves, depth - 1).subarray(0, depth));
  levelAt(levels, depth - 1).needed = 2;
}

function levelAt(levels: readonly Level[], depth: number): Level {
  const level = levels[depth];
  if (level === undefined) throw new Error("a prefix code outgrew its levels");
  return level;
}

function rowAt(rows: readonly Int32Array[], depth: number): Int32Array {
  const row = rows[depth];
  if (row === undefined) throw new Error("a prefix code outgrew its levels");
  return row;
}

/** Canonical codes (RFC 1951 3.2.2): the most frequent symbols have the fewest bits, within a length codes rise with the symbol. */
function assign(code: HuffmanCode, symbols: readonly number[], counts: Int32Array): void {
  let next = 0;
  let end = symbols.length;
  for (let bits = 1; bits < counts.length; bits++) {
    next <<= 1;
    const count = counts[bits] ?? 0;
    for (const symbol of symbols.slice(end - count, end).sort((a, b) => a - b)) {
      code.codes[symbol] = reverseBits(next++, bits);
      code.lengths[symbol] = bits;
    }
    end -= count;
  }
}

/** The lowest `count` bits in the opposite order. */
export function reverseBits(bits: number, count: number): number {
  let out = 0;
  for (let i = 0; i < count; i++) out |= ((bits >> i) & 1) << (count - 1 - i);
  return out;
}

/** How many bits the symbols take that occur so often. */
export function codedBits(code: HuffmanCode, frequencies: Int32Array): number {
  let bits = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    bits += (frequencies[symbol] ?? 0) * (code.lengths[symbol] ?? 0);
  }
  return bits;
}

/** True if every symbol that occurs has a code. */
export function canCode(code: HuffmanCode, frequencies: Int32Array): boolean {
  return frequencies.every((frequency, symbol) => frequency === 0 || code.lengths[symbol] !== 0);
}
