import { longHash, shortHash, SLOTS } from "./deflate-hash.ts";
import { MAX_LENGTH, matchToken, MIN_LENGTH, WINDOW } from "./deflate-token.ts";

/** What the hash of 4 bytes has found for sure. */
const FOUND = 4;
/** No match begins in the last bytes of a block. */
const MARGIN = 11;
/** Where no match was found in so many bytes, as a power of two, one place more is left out each time. */
const SKIP_BITS = 7;
/** A match that goes on behind the end of another may begin so much later. */
const LATER = 2;
/** The first places in the tables are out of every reach, so that an empty slot is as well. */
const FIRST_BASE: number = 2 * WINDOW;

/** The memory of one stream: where the bytes of each hash were seen last. */
export interface MatchFinder {
  /** Writes the tokens of `window` from `start` to `end` into `tokens` and gives their number; 0 where there is no match at all. */
  readonly tokenize: (start: number, end: number, tokens: Int32Array) => number;
  /** Says that the window's contents moved down. */
  readonly moved: (by: number) => void;
}

interface Search {
  readonly window: Uint8Array;
  readonly view: DataView;
  /** Places, plus `base`: the last one of each short hash, the last and the one before of each long hash. */
  readonly short: Int32Array;
  readonly long: Int32Array;
  readonly older: Int32Array;
  base: number;
  /** The block's end, and the last place where a match may begin. */
  end: number;
  limit: number;
  /** What has tokens. */
  done: number;
  tokens: Int32Array;
  count: number;
  /** The offset of the match before. */
  repeat: number;
  /** The match at hand: its place, where it is from, its length (0: not measured); the tables know the places up to `next`. */
  at: number;
  from: number;
  length: number;
  next: number;
}

/**
 * Finds matches as level 6, the default, of Go 1.27's `compress/flate` does. Helm compatibility: every choice shows in the digest of a
 * package. Go clears its memory after 2 GiB, more than a chart may have. `window` holds what is to be found: {@link WINDOW} bytes before
 * a block's start, fewer only at the beginning of the stream.
 */
export function createMatchFinder(window: Uint8Array<ArrayBuffer>): MatchFinder {
  const search: Search = {
    window,
    view: new DataView(window.buffer, window.byteOffset, window.length),
    short: new Int32Array(SLOTS),
    long: new Int32Array(SLOTS),
    older: new Int32Array(SLOTS),
    base: FIRST_BASE,
    end: 0,
    limit: 0,
    done: 0,
    tokens: new Int32Array(0),
    count: 0,
    repeat: 1,
    at: 0,
    from: 0,
    length: 0,
    next: 0,
  };
  return {
    tokenize: (start, end, tokens) => {
      search.at = start;
      search.done = start;
      search.end = end;
      search.limit = end - MARGIN;
      search.tokens = tokens;
      search.count = 0;
      search.repeat = 1;
      run(search);
      return search.count;
    },
    moved: (by) => {
      search.base += by;
    },
  };
}

function run(s: Search): void {
  while (seek(s)) {
    measure(s);
    goOnBehind(s);
    beginEarlier(s);
    put(s);
    if (s.at >= s.limit) {
      noteLast(s);
      break;
    }
    noteInside(s);
  }
  if (s.count > 0) putLiterals(s, s.end);
}

/** Puts the next match into the state, one of at least {@link FOUND} bytes; false if there is none. */
function seek(s: Search): boolean {
  const { view, short, long, older, base, limit, done } = s;
  let at = s.at;
  let shortSlot = shortHash(view, at);
  let longSlot = longHash(view, at);
  s.length = 0;
  for (;;) {
    const next = at + 1 + ((at - done) >> SKIP_BITS);
    if (next > limit) return false;
    const near = (short[shortSlot] ?? 0) - base;
    const far = (long[longSlot] ?? 0) - base;
    const farther = (older[longSlot] ?? 0) - base;
    note(s, at, shortSlot, longSlot);
    shortSlot = shortHash(view, next);
    longSlot = longHash(view, next);
    const isFar = isSame(view, at, far);
    if (isFar || (at - far < WINDOW && isSame(view, at, farther))) {
      s.next = next;
      note(s, next, shortSlot, longSlot);
      return isFar ? chooseLong(s, at, far, farther) : found(s, at, farther);
    }
    if (isSame(view, at, near)) {
      s.next = next;
      return chooseShort(s, at, near, shortSlot, longSlot);
    }
    at = next;
  }
}

/** Takes a match, its length yet to be measured. */
function found(s: Search, at: number, from: number): true {
  s.at = at;
  s.from = from;
  return true;
}

/** Notes a place in both tables. */
function note(s: Search, place: number, shortSlot: number, longSlot: number): void {
  s.short[shortSlot] = place + s.base;
  noteLong(s, place, longSlot);
}

function noteLong({ long, older, base }: Search, place: number, slot: number): void {
  older[slot] = long[slot] ?? 0;
  long[slot] = place + base;
}

/** True if `from` is in reach and has the 4 bytes of `at`. */
function isSame(view: DataView, at: number, from: number): boolean {
  return at - from < WINDOW && view.getInt32(at, true) === view.getInt32(from, true);
}

/** Of two places with the same long hash, the one with the longer match; the last one of equals. */
function chooseLong(s: Search, at: number, far: number, farther: number): true {
  found(s, at, far);
  if (!isSame(s.view, at, farther)) return true;
  s.length = shortLength(s, at, far);
  better(s, at, farther);
  return true;
}

/** A place with the same short hash, or what is longer: the offset of the match before one byte on, or a long hash at the next place. */
function chooseShort(s: Search, at: number, near: number, shortSlot: number, longSlot: number): true {
  const { view, next, base } = s;
  const far = (s.long[longSlot] ?? 0) - base;
  const farther = (s.older[longSlot] ?? 0) - base;
  note(s, next, shortSlot, longSlot);
  found(s, at, near);
  s.length = shortLength(s, at, near);
  if (isSame(view, at + 1, at + 1 - s.repeat) && better(s, at + 1, at + 1 - s.repeat)) return true;
  if (next - far >= WINDOW) return true;
  if (isSame(view, next, far)) better(s, next, far);
  if (isSame(view, next, farther)) better(s, next, farther);
  return true;
}

/** Takes a match instead of the one at hand if it is longer. */
function better(s: Search, at: number, from: number): boolean {
  const length = shortLength(s, at, from);
  if (length <= s.length) return false;
  s.length = length;
  return found(s, at, from);
}

/** The length of a match that is known to have {@link FOUND} bytes, as far as one token goes. */
function shortLength(s: Search, at: number, from: number): number {
  return FOUND + commonLength(s, at + FOUND, from + FOUND, Math.min(at + MAX_LENGTH, s.end));
}

/** How many bytes from `at` on, before `stop`, are those from `from` on. */
function commonLength({ window, view }: Search, at: number, from: number, stop: number): number {
  const room = stop - at;
  let length = 0;
  for (; length + 4 <= room; length += 4) {
    const difference = view.getInt32(at + length, true) ^ view.getInt32(from + length, true);
    if (difference !== 0) return length + ((31 - Math.clz32(difference & -difference)) >> 3);
  }
  while (length < room && window[at + length] === window[from + length]) length++;
  return length;
}

/** Measures what was not, or only as far as one token goes. */
function measure(s: Search): void {
  if (s.length === 0) s.length = FOUND;
  else if (s.length < MAX_LENGTH) return;
  s.length += commonLength(s, s.at + s.length, s.from + s.length, s.end);
}

/** Tries what has the same long hash as the bytes behind the match. */
function goOnBehind(s: Search): void {
  const behind = s.at + s.length;
  if (behind >= s.limit) return;
  const slot = longHash(s.view, behind);
  const at = s.at + LATER;
  const from = (s.long[slot] ?? 0) - s.base - s.length + LATER;
  if (at - from >= WINDOW) return;
  longer(s, at, from);
  longer(s, at, (s.older[slot] ?? 0) - s.base - s.length + LATER);
}

function longer(s: Search, at: number, from: number): void {
  if (at <= from || at - from >= WINDOW || from < 0) return;
  const length = commonLength(s, at, from, s.end);
  if (length <= s.length) return;
  s.length = length;
  found(s, at, from);
}

function beginEarlier(s: Search): void {
  const { window, done } = s;
  while (s.from > 0 && s.at > done && window[s.from - 1] === window[s.at - 1]) {
    s.at--;
    s.from--;
    s.length++;
  }
}

/** Writes the match and the literals before it, and goes behind both it and what the tables know. */
function put(s: Search): void {
  putLiterals(s, s.at);
  s.repeat = s.at - s.from;
  for (let left = s.length; left > 0;) {
    const length = tokenOf(left);
    s.tokens[s.count++] = matchToken(length, s.repeat);
    left -= length;
  }
  s.done = s.at + s.length;
  s.at = Math.max(s.done, s.next + 1);
}

/** How much of a long match the next token takes: so much less that a match remains. */
function tokenOf(left: number): number {
  if (left <= MAX_LENGTH) return left;
  return left > MAX_LENGTH + MIN_LENGTH ? MAX_LENGTH : MAX_LENGTH - MIN_LENGTH;
}

function putLiterals(s: Search, end: number): void {
  for (let place = s.done; place < end; place++) s.tokens[s.count++] = s.window[place] ?? 0;
}

/** Notes what lies between `next` and `at`: every long hash, every second short one. */
function noteInside(s: Search): void {
  const { view } = s;
  for (let place = s.next + 1; place < s.at - 1; place += 2) {
    note(s, place, shortHash(view, place), longHash(view, place));
    noteLong(s, place + 1, longHash(view, place + 1));
  }
}

/** Notes every second place of the rest of a block. */
function noteLast(s: Search): void {
  const { view } = s;
  for (let place = s.next + 1; place < s.end - 8; place += 2) {
    note(s, place, shortHash(view, place), longHash(view, place));
  }
}
