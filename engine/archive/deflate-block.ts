import type { BitWriter } from "./bit-writer.ts";
import {
  END_OF_BLOCK,
  FIRST_LENGTH,
  LENGTH_BASE,
  LENGTH_EXTRA,
  lengthSymbol,
  LITERAL_SYMBOLS,
  OFFSET_BASE,
  OFFSET_EXTRA,
  offsetSymbol,
  OFFSET_SYMBOLS,
} from "./deflate-symbols.ts";
import { buildCode, createCode, reverseBits } from "./huffman-code.ts";
import type { HuffmanCode } from "./huffman-code.ts";

/** A match in a list of tokens: this, the length less 3 above {@link LENGTH_SHIFT}, the offset less 1 below. Literals are their bytes. */
export const MATCH: number = 1 << 30;
/** Where a match's length stands. */
export const LENGTH_SHIFT = 22;
const OFFSET_MASK: number = (1 << LENGTH_SHIFT) - 1;
const LENGTH_MASK = 0xff;

/** What a stored block can hold. */
const MAX_STORED = 65_535;
const MAX_CODE_BITS = 15;
const MAX_LENGTH_CODE_BITS = 7;

/** Symbols that describe runs of code lengths (RFC 1951 3.2.7), in the order in which their own lengths are written. */
const RUN_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
const RUN_SYMBOLS = 19;
const RUN_EXTRA: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 };

/** Writes blocks of tokens. */
export interface BlockWriter {
  /** `tokens` up to `count`; `input` is what they stand for, absent where it is no longer at hand. */
  readonly write: (tokens: Int32Array, count: number, input: Uint8Array | undefined) => void;
}

/**
 * A writer that chooses for each block what Go's `compress/flate` chooses: stored, fixed or dynamic codes, whichever is the shortest by its
 * count.
 */
export function createBlockWriter(out: BitWriter): BlockWriter {
  const literals = new Int32Array(LITERAL_SYMBOLS);
  const offsets = new Int32Array(OFFSET_SYMBOLS);
  const literalCode = createCode(LITERAL_SYMBOLS);
  const offsetCode = createCode(OFFSET_SYMBOLS);
  const runCode = createCode(RUN_SYMBOLS);
  return {
    write: (tokens, count, input) => {
      countTokens(tokens, count, literals, offsets);
      buildCode(literalCode, literals, MAX_CODE_BITS);
      buildCode(offsetCode, offsets, MAX_CODE_BITS);
      const used = { literals: lastUsed(literals), offsets: lastUsed(offsets) };
      const storable = input !== undefined && input.length <= MAX_STORED;
      const extra = storable ? extraBits(literals, offsets) : 0;
      const runs = describe(literalCode, offsetCode, used);
      buildCode(runCode, runs.frequencies, MAX_LENGTH_CODE_BITS);
      const header = { ...used, runs, runCode, order: writtenOrder(runs.frequencies) };
      const dynamic = headerBits(header) + codedBits(literalCode, literals) + codedBits(offsetCode, offsets) + extra;
      const fixed = 3 + codedBits(FIXED_LITERALS, literals) + codedBits(FIXED_OFFSETS, offsets) + extra;
      if (storable && (input.length + 5) * 8 < Math.min(fixed, dynamic)) {
        out.stored(input, false);
      } else if (dynamic < fixed) {
        writeHeader(out, header);
        writeTokens(out, { tokens, count, literals: literalCode, offsets: offsetCode });
      } else {
        out.bits(2, 3);
        writeTokens(out, { tokens, count, literals: FIXED_LITERALS, offsets: FIXED_OFFSETS });
      }
    },
  };
}

const FIXED_LITERALS: HuffmanCode = fixedLiterals();
const FIXED_OFFSETS: HuffmanCode = fixedOffsets();

/** RFC 1951 3.2.6. */
function fixedLiterals(): HuffmanCode {
  const code = createCode(LITERAL_SYMBOLS);
  for (let symbol = 0; symbol < LITERAL_SYMBOLS; symbol++) {
    const [base, bits] =
      symbol < 144 ? [48, 8] : symbol < 256 ? [400 - 144, 9] : symbol < 280 ? [-256, 7] : [192 - 280, 8];
    code.codes[symbol] = reverseBits(symbol + base, bits);
    code.lengths[symbol] = bits;
  }
  return code;
}

function fixedOffsets(): HuffmanCode {
  const code = createCode(OFFSET_SYMBOLS);
  code.lengths.fill(5);
  for (let symbol = 0; symbol < OFFSET_SYMBOLS; symbol++) code.codes[symbol] = reverseBits(symbol, 5);
  return code;
}

/** Counts symbols. A block without any match counts one offset, so that its code can be written. */
function countTokens(tokens: Int32Array, count: number, literals: Int32Array, offsets: Int32Array): void {
  literals.fill(0);
  offsets.fill(0);
  for (let i = 0; i < count; i++) {
    const token = tokens[i] ?? 0;
    if (token < MATCH) {
      literals[token] = (literals[token] ?? 0) + 1;
      continue;
    }
    const length = FIRST_LENGTH + lengthSymbol((token >> LENGTH_SHIFT) & LENGTH_MASK);
    const offset = offsetSymbol(token & OFFSET_MASK);
    literals[length] = (literals[length] ?? 0) + 1;
    offsets[offset] = (offsets[offset] ?? 0) + 1;
  }
  literals[END_OF_BLOCK] = 1;
  if (offsets.every((frequency) => frequency === 0)) offsets[0] = 1;
}

function lastUsed(frequencies: Int32Array): number {
  return frequencies.findLastIndex((frequency) => frequency !== 0) + 1;
}

function extraBits(literals: Int32Array, offsets: Int32Array): number {
  let bits = 0;
  for (const [symbol, extra] of LENGTH_EXTRA.entries()) bits += extra * (literals[FIRST_LENGTH + symbol] ?? 0);
  for (const [symbol, extra] of OFFSET_EXTRA.entries()) bits += extra * (offsets[symbol] ?? 0);
  return bits;
}

function codedBits(code: HuffmanCode, frequencies: Int32Array): number {
  let bits = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    bits += (frequencies[symbol] ?? 0) * (code.lengths[symbol] ?? 0);
  }
  return bits;
}

/** Code lengths as runs: symbols, those of runs followed by their extra value. */
interface Runs {
  readonly codes: readonly number[];
  readonly frequencies: Int32Array;
}

function describe(
  literalCode: HuffmanCode,
  offsetCode: HuffmanCode,
  used: { readonly literals: number; readonly offsets: number },
): Runs {
  const lengths = [...literalCode.lengths.subarray(0, used.literals), ...offsetCode.lengths.subarray(0, used.offsets)];
  const codes: number[] = [];
  const frequencies = new Int32Array(RUN_SYMBOLS);
  const push = (symbol: number, extra?: number): void => {
    codes.push(symbol);
    if (extra !== undefined) codes.push(extra);
    frequencies[symbol] = (frequencies[symbol] ?? 0) + 1;
  };
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at] ?? 0;
    let end = at + 1;
    while (end < lengths.length && lengths[end] === length) end++;
    pushRun(push, length, end - at);
    at = end;
  }
  return { codes, frequencies };
}

function pushRun(push: (symbol: number, extra?: number) => void, length: number, run: number): void {
  let left = run;
  if (length === 0) {
    for (; left >= 11; left -= Math.min(left, 138)) push(18, Math.min(left, 138) - 11);
    if (left >= 3) {
      push(17, left - 3);
      left = 0;
    }
  } else {
    push(length);
    left--;
    for (; left >= 3; left -= Math.min(left, 6)) push(16, Math.min(left, 6) - 3);
  }
  for (; left > 0; left--) push(length);
}

/** How many of {@link RUN_ORDER} are written: four at least. */
function writtenOrder(frequencies: Int32Array): number {
  const last = RUN_ORDER.findLastIndex((symbol) => frequencies[symbol] !== 0);
  return Math.max(4, last + 1);
}

interface Header {
  readonly literals: number;
  readonly offsets: number;
  readonly runs: Runs;
  readonly runCode: HuffmanCode;
  readonly order: number;
}

function headerBits({ runs, runCode, order }: Header): number {
  let bits = 3 + 5 + 5 + 4 + 3 * order + codedBits(runCode, runs.frequencies);
  for (const symbol of [16, 17, 18]) bits += (runs.frequencies[symbol] ?? 0) * (RUN_EXTRA[symbol] ?? 0);
  return bits;
}

function writeHeader(out: BitWriter, header: Header): void {
  const { runs, runCode, order } = header;
  out.bits(4, 3);
  out.bits(header.literals - FIRST_LENGTH, 5);
  out.bits(header.offsets - 1, 5);
  out.bits(order - 4, 4);
  for (const symbol of RUN_ORDER.slice(0, order)) out.bits(runCode.lengths[symbol] ?? 0, 3);
  for (let i = 0; i < runs.codes.length; i++) {
    const symbol = runs.codes[i] ?? 0;
    out.bits(runCode.codes[symbol] ?? 0, runCode.lengths[symbol] ?? 0);
    const extra = RUN_EXTRA[symbol];
    if (extra !== undefined) out.bits(runs.codes[++i] ?? 0, extra);
  }
}

interface Coded {
  readonly tokens: Int32Array;
  readonly count: number;
  readonly literals: HuffmanCode;
  readonly offsets: HuffmanCode;
}

function writeTokens(out: BitWriter, { tokens, count, literals, offsets }: Coded): void {
  for (let i = 0; i < count; i++) {
    const token = tokens[i] ?? 0;
    if (token < MATCH) {
      out.bits(literals.codes[token] ?? 0, literals.lengths[token] ?? 0);
      continue;
    }
    const length = (token >> LENGTH_SHIFT) & LENGTH_MASK;
    const symbol = lengthSymbol(length);
    out.bits(literals.codes[FIRST_LENGTH + symbol] ?? 0, literals.lengths[FIRST_LENGTH + symbol] ?? 0);
    out.bits(length - (LENGTH_BASE[symbol] ?? 0), LENGTH_EXTRA[symbol] ?? 0);
    const offset = token & OFFSET_MASK;
    const place = offsetSymbol(offset);
    out.bits(offsets.codes[place] ?? 0, offsets.lengths[place] ?? 0);
    out.bits(offset - (OFFSET_BASE[place] ?? 0), OFFSET_EXTRA[place] ?? 0);
  }
  out.bits(literals.codes[END_OF_BLOCK] ?? 0, literals.lengths[END_OF_BLOCK] ?? 0);
}
