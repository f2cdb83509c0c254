import { GoFailure } from "./value.ts";
import { isAscii } from "./unicode.ts";
import { fromUtf8, toUtf8 } from "./utf8.ts";

/** A string as Go slices it: by bytes. ASCII texts, nearly all, are sliced as they are. */
export interface ByteText {
  readonly length: number;
  /** Go's `s[from:to]`. Throws {@link GoFailure} with the text of Go's panic when the bounds are wrong. */
  readonly slice: (from: number, to: number) => string;
  /** The byte at `index`. */
  readonly at: (index: number) => number;
}

/** Opens `text` for slicing by bytes. A cut inside a rune leaves stray bytes (see value.ts). */
export function byteText(text: string): ByteText {
  if (isAscii(text)) {
    const slice = (from: number, to: number): string => {
      checkBounds(from, to, text.length);
      return text.slice(from, to);
    };
    return { length: text.length, slice, at: (index) => text.charCodeAt(index) };
  }
  const bytes = toUtf8(text);
  const slice = (from: number, to: number): string => {
    checkBounds(from, to, bytes.length);
    return fromUtf8(bytes.subarray(from, to));
  };
  return { length: bytes.length, slice, at: (index) => bytes[index] ?? 0 };
}

function checkBounds(from: number, to: number, length: number): void {
  if (to < 0) throw outOfRange(`[:${to}]`);
  if (to > length) throw outOfRange(`[:${to}] with length ${length}`);
  if (from < 0) throw outOfRange(`[${from}:]`);
  if (from > to) throw outOfRange(`[${from}:${to}]`);
}

function outOfRange(range: string): GoFailure {
  return new GoFailure(`runtime error: slice bounds out of range ${range}`);
}
