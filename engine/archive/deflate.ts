import { createBitWriter } from "./bit-writer.ts";
import type { BitWriter } from "./bit-writer.ts";
import { createBlockWriter, LENGTH_SHIFT, MATCH } from "./deflate-block.ts";
import type { BlockWriter } from "./deflate-block.ts";

/** The farthest that a match can lie behind. */
const WINDOW = 1 << 15;
const WINDOW_MASK: number = WINDOW - 1;
const MIN_MATCH = 4;
const MAX_MATCH = 258;
/** Matches are looked for while this much lies ahead; the rest waits for more input. */
const LOOKAHEAD: number = MIN_MATCH + MAX_MATCH;
const BLOCK_TOKENS = 1 << 14;
const HASH_BITS = 17;
const HASH_FACTOR = 0x1e35a7bd;
/** Places in chains count from the beginning of the input; beyond this they are moved back, so that they stay integers of 32 bits. */
const MAX_BASE = 1 << 24;
/** Go's default level, 6: a match this long is not improved by its successor, ... */
const LAZY = 16;
/** ... a match this long ends the search, ... */
const NICE = 128;
/** ... and so many places are tried. */
const CHAIN = 128;
/** A match of only {@link MIN_MATCH} bytes is not worth a longer offset. */
const NEAR = 4096;

/** A compressor that is fed. */
export interface Deflater {
  /** Helm compatibility: where pieces end can show in the bytes that come out, so they must be those that Go is given. */
  readonly write: (chunk: Uint8Array) => void;
  /** Ends the stream and gives all of it. */
  readonly finish: () => Uint8Array;
}

interface State {
  readonly out: BitWriter;
  readonly blocks: BlockWriter;
  readonly window: Uint8Array;
  /** The next byte to look at, and the end of what is there. */
  index: number;
  end: number;
  /** Where the tokens at hand begin; beyond the window where that was dropped. */
  blockStart: number;
  readonly tokens: Int32Array;
  count: number;
  /** The last place with a hash, plus `base`; 0 for none. */
  readonly heads: Int32Array;
  readonly previous: Int32Array;
  base: number;
  /** Helm compatibility: near the end of the input no place is noted any more, and the last chain is searched again. */
  head: number;
  insertEnd: number;
  /** The match at `index`, less than {@link MIN_MATCH} for none. */
  length: number;
  offset: number;
  /** The byte before `index` waits for whether a match at `index` is better. */
  isHeld: boolean;
}

/**
 * Deflate with the bytes of Go's `compress/flate` (up to Go 1.26) at its default level, as `helm package` writes them. Memory: 1 MiB and
 * the output.
 */
export function createDeflater(): Deflater {
  const out = createBitWriter();
  const state: State = {
    out,
    blocks: createBlockWriter(out),
    window: new Uint8Array(2 * WINDOW),
    index: 0,
    end: 0,
    blockStart: 0,
    tokens: new Int32Array(BLOCK_TOKENS),
    count: 0,
    heads: new Int32Array(1 << HASH_BITS),
    previous: new Int32Array(WINDOW),
    base: 1,
    head: -1,
    insertEnd: 0,
    length: MIN_MATCH - 1,
    offset: 0,
    isHeld: false,
  };
  return {
    write: (chunk) => {
      for (let at = 0; at < chunk.length;) {
        compress(state, false);
        at += fill(state, chunk.subarray(at));
      }
    },
    finish: () => {
      compress(state, true);
      out.stored(new Uint8Array(0), true);
      return out.bytes();
    },
  };
}

/** Takes input into the window, whose first half goes when the second is used up. Gives how much was taken. */
function fill(s: State, input: Uint8Array): number {
  if (s.index >= 2 * WINDOW - LOOKAHEAD) {
    s.window.copyWithin(0, WINDOW, 2 * WINDOW);
    s.index -= WINDOW;
    s.end -= WINDOW;
    s.blockStart = s.blockStart >= WINDOW ? s.blockStart - WINDOW : Number.MAX_SAFE_INTEGER;
    s.base += WINDOW;
    if (s.base > MAX_BASE) rebase(s);
  }
  const taken = input.subarray(0, s.window.length - s.end);
  s.window.set(taken, s.end);
  s.end += taken.length;
  return taken.length;
}

function rebase(s: State): void {
  const delta = s.base - 1;
  s.base = 1;
  s.head -= delta;
  for (const table of [s.previous, s.heads]) {
    for (let i = 0; i < table.length; i++) table[i] = Math.max(0, (table[i] ?? 0) - delta);
  }
}

/** Makes tokens of what is in the window, but for the last {@link LOOKAHEAD} bytes unless `isEnd`. */
function compress(s: State, isEnd: boolean): void {
  if (s.end - s.index < LOOKAHEAD && !isEnd) return;
  s.insertEnd = s.end - (MIN_MATCH - 1);
  for (;;) {
    const ahead = s.end - s.index;
    if (ahead < LOOKAHEAD && !isEnd) return;
    if (ahead === 0) return flush(s);
    if (s.index < s.insertEnd) s.head = insert(s, s.index);
    const { length, offset } = s;
    s.length = MIN_MATCH - 1;
    s.offset = 0;
    if (s.head - s.base >= Math.max(0, s.index - WINDOW) && ahead > length && length < LAZY) search(s, ahead);
    if (length >= MIN_MATCH && s.length <= length) putMatch(s, length, offset);
    else putHeld(s);
  }
}

/** The last bytes have no match. */
function flush(s: State): void {
  if (s.isHeld) {
    s.tokens[s.count++] = s.window[s.index - 1] ?? 0;
    s.isHeld = false;
  }
  if (s.count > 0) endBlock(s, s.index);
}

/** Notes a place in the chain of its hash and gives the place before it, both plus `base`. */
function insert(s: State, place: number): number {
  const { window } = s;
  const word =
    ((window[place] ?? 0) << 24) |
    ((window[place + 1] ?? 0) << 16) |
    ((window[place + 2] ?? 0) << 8) |
    (window[place + 3] ?? 0);
  const hash = Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
  const before = s.heads[hash] ?? 0;
  s.previous[place & WINDOW_MASK] = before;
  s.heads[hash] = place + s.base;
  return before;
}

/** Puts the longest match at `index` that the chain offers into the state. */
function search(s: State, ahead: number): void {
  const { window, index, previous, base } = s;
  const limit = Math.min(MAX_MATCH, ahead);
  const nice = Math.min(NICE, limit);
  const oldest = index - WINDOW;
  let length = MIN_MATCH - 1;
  let last = window[index + length];
  let place = s.head - base;
  for (let tries = 0; tries < CHAIN; tries++) {
    if (window[place + length] === last) {
      let same = 0;
      while (same < limit && window[place + same] === window[index + same]) same++;
      if (same > length && (same > MIN_MATCH || index - place <= NEAR)) {
        length = same;
        s.length = same;
        s.offset = index - place;
        if (same >= nice) return;
        last = window[index + same];
      }
    }
    if (place === oldest) return;
    place = (previous[place & WINDOW_MASK] ?? 0) - base;
    if (place < oldest || place < 0) return;
  }
}

/** The match that began at the held byte is the best one. */
function putMatch(s: State, length: number, offset: number): void {
  s.tokens[s.count++] = MATCH | ((length - 3) << LENGTH_SHIFT) | (offset - 1);
  const end = s.index + length - 1;
  let place = s.index + 1;
  for (; place < end; place++) if (place < s.insertEnd) insert(s, place);
  s.index = place;
  s.isHeld = false;
  s.length = MIN_MATCH - 1;
  if (s.count === BLOCK_TOKENS) endBlock(s, s.index);
}

/** The held byte stays a literal, the one at `index` is held now. */
function putHeld(s: State): void {
  if (s.isHeld) {
    s.tokens[s.count++] = s.window[s.index - 1] ?? 0;
    if (s.count === BLOCK_TOKENS) endBlock(s, s.index);
  }
  s.index++;
  s.isHeld = true;
}

function endBlock(s: State, end: number): void {
  const input = s.blockStart <= end ? s.window.subarray(s.blockStart, end) : undefined;
  s.blockStart = end;
  s.blocks.write(s.tokens, s.count, input);
  s.count = 0;
}
