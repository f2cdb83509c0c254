import type { BitWriter } from "./bit-writer.ts";
import { FIRST_LENGTH, LITERAL_SYMBOLS, OFFSET_SYMBOLS } from "./deflate-symbols.ts";
import { buildCode, codedBits, createCode, reverseBits } from "./huffman-code.ts";
import type { HuffmanCode } from "./huffman-code.ts";

/** The codes of a block. */
export interface BlockCodes {
  readonly literals: HuffmanCode;
  readonly offsets: HuffmanCode;
}

/** The codes that need no header (RFC 1951 3.2.6). Made when first asked for: a Worker's start has no time for them. */
export function fixedCodes(): BlockCodes {
  fixed ??= { literals: fixedLiterals(), offsets: fixedOffsets() };
  return fixed;
}

let fixed: BlockCodes | undefined;

const MAX_RUN_CODE_BITS = 7;
/** Symbols that describe runs of code lengths (RFC 1951 3.2.7), in the order in which their own lengths are written. */
const RUN_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
const RUN_SYMBOLS = 19;
const RUN_EXTRA: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 };

/** The codes of a block as they are written before it. */
export interface Header {
  readonly literals: number;
  readonly offsets: number;
  readonly runs: Runs;
  readonly runCode: HuffmanCode;
  readonly order: number;
}

/** Describes the codes of a block. */
export function createHeader(codes: BlockCodes): Header {
  const used = { literals: lastUsed(codes.literals), offsets: lastUsed(codes.offsets) };
  const runs = describe(codes, used);
  const runCode = createCode(RUN_SYMBOLS);
  buildCode(runCode, runs.frequencies, MAX_RUN_CODE_BITS);
  return { ...used, runs, runCode, order: writtenOrder(runs.frequencies) };
}

/** Code lengths as runs: symbols, those of runs followed by their extra value. */
interface Runs {
  readonly symbols: readonly number[];
  readonly frequencies: Int32Array;
}

function describe(codes: BlockCodes, used: { readonly literals: number; readonly offsets: number }): Runs {
  const lengths = [
    ...codes.literals.lengths.subarray(0, used.literals),
    ...codes.offsets.lengths.subarray(0, used.offsets),
  ];
  const symbols: number[] = [];
  const frequencies = new Int32Array(RUN_SYMBOLS);
  const push = (symbol: number, extra?: number): void => {
    symbols.push(symbol);
    if (extra !== undefined) symbols.push(extra);
    frequencies[symbol] = (frequencies[symbol] ?? 0) + 1;
  };
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at] ?? 0;
    let end = at + 1;
    while (end < lengths.length && lengths[end] === length) end++;
    pushRun(push, length, end - at);
    at = end;
  }
  return { symbols, frequencies };
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

/** How long a header is, the type of the block included. */
export function headerBits({ runs, runCode, order }: Header): number {
  let bits = 3 + 5 + 5 + 4 + 3 * order + codedBits(runCode, runs.frequencies);
  for (const symbol of [16, 17, 18]) bits += (runs.frequencies[symbol] ?? 0) * (RUN_EXTRA[symbol] ?? 0);
  return bits;
}

/** Begins a block with codes of its own. */
export function writeHeader(out: BitWriter, header: Header): void {
  const { runs, runCode, order } = header;
  out.bits(4, 3);
  out.bits(header.literals - FIRST_LENGTH, 5);
  out.bits(header.offsets - 1, 5);
  out.bits(order - 4, 4);
  for (const symbol of RUN_ORDER.slice(0, order)) out.bits(runCode.lengths[symbol] ?? 0, 3);
  for (let i = 0; i < runs.symbols.length; i++) {
    const symbol = runs.symbols[i] ?? 0;
    out.bits(runCode.codes[symbol] ?? 0, runCode.lengths[symbol] ?? 0);
    const extra = RUN_EXTRA[symbol];
    if (extra !== undefined) out.bits(runs.symbols[++i] ?? 0, extra);
  }
}

function lastUsed(code: HuffmanCode): number {
  return code.lengths.findLastIndex((length) => length !== 0) + 1;
}

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
