import { createBitWriter } from "./bit-writer.ts";
import { createBlockWriter } from "./deflate-block.ts";
import type { BlockWriter } from "./deflate-block.ts";
import { createMatchFinder } from "./deflate-match.ts";
import type { MatchFinder } from "./deflate-match.ts";
import { WINDOW } from "./deflate-token.ts";

/** Input is compressed in pieces of this size, the most that a stored block can hold. */
const PIECE = 65_535;
/** A last piece below this is not searched for matches, ... */
const SEARCHED = 128;
/** ... and up to this is stored. */
const STORED = 32;

/** A compressor that is fed. Where chunks end does not show in the bytes that come out. */
export interface Deflater {
  readonly write: (chunk: Uint8Array) => void;
  /** Ends the stream and gives all of it. */
  readonly finish: () => Uint8Array;
}

interface Stream {
  readonly blocks: BlockWriter;
  readonly matches: MatchFinder;
  readonly window: Uint8Array;
  readonly tokens: Int32Array;
  /** Where the piece at hand begins and ends in the window; before it lies what matches may come from. */
  start: number;
  end: number;
}

/**
 * Deflate with the bytes of Go 1.27's `compress/flate` at its default level, as Helm's releases write them into packages. Memory: 1 MiB and
 * the output.
 */
export function createDeflater(): Deflater {
  const window = new Uint8Array(WINDOW + PIECE);
  const stream: Stream = {
    blocks: createBlockWriter(createBitWriter()),
    matches: createMatchFinder(window),
    window,
    tokens: new Int32Array(PIECE),
    start: 0,
    end: 0,
  };
  return {
    write: (chunk) => {
      for (let at = 0; at < chunk.length;) at += fill(stream, chunk.subarray(at));
    },
    finish: () => {
      if (stream.end > stream.start) endPiece(stream, true);
      return stream.blocks.finish();
    },
  };
}

/** Takes input, after the piece before it where that is full. Gives how much was taken. */
function fill(s: Stream, input: Uint8Array): number {
  if (s.end - s.start === PIECE) {
    endPiece(s, false);
    moveDown(s);
  }
  const taken = input.subarray(0, PIECE - (s.end - s.start));
  s.window.set(taken, s.end);
  s.end += taken.length;
  return taken.length;
}

function moveDown(s: Stream): void {
  const by = s.end - WINDOW;
  s.window.copyWithin(0, by, s.end);
  s.matches.moved(by);
  s.start = WINDOW;
  s.end = WINDOW;
}

/** Helm compatibility: what has few matches is coded without them, what has none is stored, however well it could be coded. */
function endPiece({ blocks, matches, window, tokens, start, end }: Stream, isLast: boolean): void {
  const input = window.subarray(start, end);
  const size = input.length;
  if (size <= STORED) return blocks.stored(input);
  if (size < SEARCHED) return blocks.literals(input, isLast);
  const count = matches.tokenize(start, end, tokens);
  if (count === 0) blocks.stored(input);
  else if (count > size - (size >> 4)) blocks.literals(input, isLast);
  else blocks.tokens({ tokens, count, input, isLast });
}
