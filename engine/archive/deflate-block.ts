import type { BitWriter } from "./bit-writer.ts";
import { estimateBits } from "./deflate-estimate.ts";
import type { SymbolCounts } from "./deflate-estimate.ts";
import { createHeader, fixedCodes, headerBits, writeHeader } from "./deflate-header.ts";
import type { BlockCodes } from "./deflate-header.ts";
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
import { MATCH, tokenLength, tokenOffset } from "./deflate-token.ts";
import { buildCode, canCode, codedBits, createCode } from "./huffman-code.ts";

const MAX_CODE_BITS = 15;
/** Blocks of fewer tokens may do with the fixed codes. */
const FEW_TOKENS = 250;
/** What is said in advance against new codes: this share, as a shift, of what they would save. */
const DOUBT = 7;
/** What the header of codes for literals alone is taken to need. */
const LITERAL_HEADER_BITS = 560;
/** So many bytes say whether they are worth coding. */
const TELLING_BYTES = 1024;

/** Writes one piece of a stream after the other. */
export interface BlockWriter {
  /** As it is. */
  readonly stored: (input: Uint8Array) => void;
  /** Without matches. */
  readonly literals: (input: Uint8Array, isLast: boolean) => void;
  /** As tokens, at least one match among them. */
  readonly tokens: (piece: TokenPiece) => void;
  /** Ends the stream, by an empty block with fixed codes, and gives all of it. */
  readonly finish: () => Uint8Array;
}

/** The first `count` tokens of a list, and what they stand for. */
export interface TokenPiece {
  readonly tokens: Int32Array;
  readonly count: number;
  readonly input: Uint8Array;
  readonly isLast: boolean;
}

/** A block that has not ended: what comes next may go on with its codes. */
interface OpenBlock extends BlockCodes {
  readonly headerBits: number;
  readonly isLiteral: boolean;
}

interface Writer {
  readonly out: BitWriter;
  open: OpenBlock | undefined;
}

/**
 * A writer that chooses as Go 1.27's `compress/flate` does at its default level: pieces are stored, coded with fixed codes, with codes of
 * their own, or with those of the piece before.
 */
export function createBlockWriter(out: BitWriter): BlockWriter {
  const writer: Writer = { out, open: undefined };
  return {
    stored: (input) => writeStored(writer, input),
    literals: (input, isLast) => {
      writeLiterals(writer, input);
      if (isLast) close(writer);
    },
    tokens: (piece) => {
      writePiece(writer, piece);
      if (piece.isLast) close(writer);
    },
    finish: () => {
      close(writer);
      out.bits(3, 3);
      out.bits(0, 7);
      return out.bytes();
    },
  };
}

/** Writes the end that the open block lacks. */
function close(writer: Writer): void {
  if (writer.open === undefined) return;
  writeEnd(writer.out, writer.open);
  writer.open = undefined;
}

function writeEnd(out: BitWriter, { literals }: BlockCodes): void {
  out.bits(literals.codes[END_OF_BLOCK] ?? 0, literals.lengths[END_OF_BLOCK] ?? 0);
}

function writeStored(writer: Writer, input: Uint8Array): void {
  close(writer);
  writer.out.stored(input);
}

function storedBits(input: Uint8Array): number {
  return (input.length + 5) * 8;
}

function writeLiterals(writer: Writer, input: Uint8Array): void {
  const counts = countBytes(input);
  if (isEven(counts, input.length)) return writeStored(writer, input);
  const reused =
    writer.open !== undefined && canCode(writer.open.literals, counts)
      ? codedBits(writer.open.literals, counts)
      : Infinity;
  counts[END_OF_BLOCK] = 1;
  const literals = createCode(LITERAL_SYMBOLS);
  buildCode(literals, counts, MAX_CODE_BITS);
  const bits = codedBits(literals, counts) + (writer.open?.headerBits ?? LITERAL_HEADER_BITS);
  const estimate = bits + (bits >> DOUBT);
  if (storedBits(input) <= estimate) return writeStored(writer, input);
  if (estimate < reused) close(writer);
  const { codes, lengths } = (writer.open ??= begin(writer.out, { literals, offsets: oneOffset() }, true)).literals;
  for (let i = 0; i < input.length; i++) {
    const byte = input[i] ?? 0;
    writer.out.bits(codes[byte] ?? 0, lengths[byte] ?? 0);
  }
}

function begin(out: BitWriter, codes: BlockCodes, isLiteral: boolean): OpenBlock {
  const header = createHeader(codes);
  writeHeader(out, header);
  return { ...codes, headerBits: headerBits(header), isLiteral };
}

/** A code for offsets where there are none: it cannot be empty. */
function oneOffset(): BlockCodes["offsets"] {
  const code = createCode(OFFSET_SYMBOLS);
  code.lengths[0] = 1;
  return code;
}

function countBytes(input: Uint8Array): Int32Array {
  const counts = new Int32Array(LITERAL_SYMBOLS);
  for (let i = 0; i < input.length; i++) {
    const byte = input[i] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  return counts;
}

/** True if all bytes occur so much alike that no code can be shorter. */
function isEven(counts: Int32Array, size: number): boolean {
  if (size <= TELLING_BYTES) return false;
  const mean = size / 256;
  let squares = 0;
  for (let byte = 0; byte < 256; byte++) squares += ((counts[byte] ?? 0) - mean) ** 2;
  return squares < 2 * size;
}

function writePiece(writer: Writer, piece: TokenPiece): void {
  const counts = countSymbols(piece);
  const count = piece.isLast ? piece.count + 1 : piece.count;
  const extra = extraBits(counts);
  const fixed = count < FEW_TOKENS ? 3 + symbolBits(fixedCodes(), counts) + extra : Infinity;
  const stored = storedBits(piece.input);
  if (writer.open !== undefined && !isReusable(writer.open, counts)) close(writer);
  if (writer.open !== undefined) {
    const fresh = freshBits(writer.open, estimateBits(counts, count));
    const reused = symbolBits(writer.open, counts) + extra;
    if (fresh < reused) close(writer);
    const size = Math.min(fresh, reused);
    if (stored <= size) return writeStored(writer, piece.input);
    if (fixed + 7 < size) return writeFixed(writer, piece);
    if (writer.open !== undefined) return writeTokens(writer.out, piece, writer.open);
  }
  const codes = buildCodes(counts);
  const header = createHeader(codes);
  const size = headerBits(header) + symbolBits(codes, counts) + extra;
  if (stored <= Math.min(fixed, size)) return writeStored(writer, piece.input);
  if (fixed <= size) return writeFixed(writer, piece);
  writeHeader(writer.out, header);
  writer.open = { ...codes, headerBits: headerBits(header), isLiteral: false };
  writeTokens(writer.out, piece, codes);
}

/** Helm compatibility: the end of the open block is counted with what new codes would take. */
function freshBits(open: OpenBlock, estimate: number): number {
  const bits = open.headerBits + estimate;
  return bits + (bits >> DOUBT) + (open.literals.lengths[END_OF_BLOCK] ?? 0);
}

/** Codes for literals alone are not used for matches. */
function isReusable(open: OpenBlock, counts: SymbolCounts): boolean {
  return !open.isLiteral && canCode(open.literals, counts.literals) && canCode(open.offsets, counts.offsets);
}

function buildCodes(counts: SymbolCounts): BlockCodes {
  const codes = { literals: createCode(LITERAL_SYMBOLS), offsets: createCode(OFFSET_SYMBOLS) };
  buildCode(codes.literals, counts.literals, MAX_CODE_BITS);
  buildCode(codes.offsets, counts.offsets, MAX_CODE_BITS);
  return codes;
}

/** Counts symbols, the end of the block among them. */
function countSymbols({ tokens, count }: TokenPiece): SymbolCounts {
  const literals = new Int32Array(LITERAL_SYMBOLS);
  const offsets = new Int32Array(OFFSET_SYMBOLS);
  for (let i = 0; i < count; i++) {
    const token = tokens[i] ?? 0;
    if (token < MATCH) {
      literals[token] = (literals[token] ?? 0) + 1;
      continue;
    }
    const length = FIRST_LENGTH + lengthSymbol(tokenLength(token));
    const offset = offsetSymbol(tokenOffset(token));
    literals[length] = (literals[length] ?? 0) + 1;
    offsets[offset] = (offsets[offset] ?? 0) + 1;
  }
  literals[END_OF_BLOCK] = 1;
  return { literals, offsets };
}

function symbolBits(codes: BlockCodes, counts: SymbolCounts): number {
  return codedBits(codes.literals, counts.literals) + codedBits(codes.offsets, counts.offsets);
}

function extraBits({ literals, offsets }: SymbolCounts): number {
  let bits = 0;
  for (const [symbol, extra] of LENGTH_EXTRA.entries()) bits += extra * (literals[FIRST_LENGTH + symbol] ?? 0);
  for (const [symbol, extra] of OFFSET_EXTRA.entries()) bits += extra * (offsets[symbol] ?? 0);
  return bits;
}

/** Unlike other codes, the fixed ones are not kept for the next piece. */
function writeFixed(writer: Writer, piece: TokenPiece): void {
  close(writer);
  writer.out.bits(2, 3);
  writeTokens(writer.out, piece, fixedCodes());
  writeEnd(writer.out, fixedCodes());
}

function writeTokens(out: BitWriter, { tokens, count }: TokenPiece, { literals, offsets }: BlockCodes): void {
  for (let i = 0; i < count; i++) {
    const token = tokens[i] ?? 0;
    if (token < MATCH) {
      out.bits(literals.codes[token] ?? 0, literals.lengths[token] ?? 0);
      continue;
    }
    const length = tokenLength(token);
    const symbol = lengthSymbol(length);
    out.bits(literals.codes[FIRST_LENGTH + symbol] ?? 0, literals.lengths[FIRST_LENGTH + symbol] ?? 0);
    out.bits(length - (LENGTH_BASE[symbol] ?? 0), LENGTH_EXTRA[symbol] ?? 0);
    const offset = tokenOffset(token);
    const place = offsetSymbol(offset);
    out.bits(offsets.codes[place] ?? 0, offsets.lengths[place] ?? 0);
    out.bits(offset - (OFFSET_BASE[place] ?? 0), OFFSET_EXTRA[place] ?? 0);
  }
}
