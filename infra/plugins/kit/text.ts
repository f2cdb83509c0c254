/** Blank, tab, line breaks, `:` and `#`: where a plain text may end. All else goes by at a stride. */
export const ENDS_WORD: u64 =
  ((<u64>1) << 0x20) |
  ((<u64>1) << 0x09) |
  ((<u64>1) << 0x0a) |
  ((<u64>1) << 0x0d) |
  ((<u64>1) << 0x3a) |
  ((<u64>1) << 0x23);

/** A text that grows: UTF-16 in memory of its own, so that a long one is copied a few times only. */
export class Text {
  private units: ArrayBuffer;
  private length: i32 = 0;

  constructor(room: i32 = 256) {
    this.units = new ArrayBuffer(max(room, 16) << 1);
  }

  /** Adds one UTF-16 unit. */
  unit(code: i32): void {
    this.reserve(1);
    store<u16>(changetype<usize>(this.units) + ((<usize>this.length) << 1), <u16>code);
    this.length += 1;
  }

  /** Adds `source` from `start` up to `end`. */
  slice(source: string, start: i32, end: i32): void {
    const count = end - start;
    if (count <= 0) return;
    this.reserve(count);
    const to = changetype<usize>(this.units) + ((<usize>this.length) << 1);
    memory.copy(to, changetype<usize>(source) + ((<usize>start) << 1), (<usize>count) << 1);
    this.length += count;
  }

  add(text: string): void {
    this.slice(text, 0, text.length);
  }

  /** Takes blanks away from the end, down to `floor` units. */
  trim(floor: i32): void {
    while (this.length > floor) {
      const last = load<u16>(changetype<usize>(this.units) + ((<usize>(this.length - 1)) << 1));
      if (last != 0x20 && last != 0x09) return;
      this.length -= 1;
    }
  }

  size(): i32 {
    return this.length;
  }

  toString(): string {
    return String.UTF16.decodeUnsafe(changetype<usize>(this.units), (<usize>this.length) << 1);
  }

  private reserve(more: i32): void {
    const have = this.units.byteLength >> 1;
    if (this.length + more <= have) return;
    const grown = new ArrayBuffer(max(have << 1, this.length + more) << 1);
    memory.copy(changetype<usize>(grown), changetype<usize>(this.units), (<usize>this.length) << 1);
    this.units = grown;
  }
}

/** The first place of a unit from `from` on; `end` when there is none. */
export function findUnit(text: string, unit: u32, from: i32, end: i32): i32 {
  const base = changetype<usize>(text);
  const four = <u64>unit * 0x0001_0001_0001_0001;
  let at = from;
  // Four units at a time: one that is equal leaves a zero, out of which the subtraction borrows.
  for (; at + 4 <= end; at += 4) {
    const differs = load<u64>(base + ((<usize>at) << 1)) ^ four;
    if (((differs - 0x0001_0001_0001_0001) & ~differs & 0x8000_8000_8000_8000) != 0) break;
  }
  while (at < end && load<u16>(base + ((<usize>at) << 1)) != unit) at += 1;
  return at;
}

/** Adds `text` as a string of JSON, which is one of YAML too. */
export function addQuoted(out: Text, text: string): void {
  out.unit(0x22);
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code != 0x22 && code != 0x5c && code < 0x7f) continue;
    if (code > 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff && !isLoneSurrogate(text, i)) continue;
    out.slice(text, from, i);
    from = i + 1;
    addEscaped(out, code);
  }
  out.slice(text, from, text.length);
  out.unit(0x22);
}

/** `text` as a string of JSON. */
export function quote(text: string): string {
  const out = new Text(text.length + 16);
  addQuoted(out, text);
  return out.toString();
}

function addEscaped(out: Text, code: i32): void {
  out.unit(0x5c);
  if (code == 0x22 || code == 0x5c) out.unit(code);
  else if (code == 0x0a) out.unit(0x6e);
  else if (code == 0x0d) out.unit(0x72);
  else if (code == 0x09) out.unit(0x74);
  else {
    out.unit(0x75);
    for (let shift = 12; shift >= 0; shift -= 4) out.unit(HEX.charCodeAt((code >> shift) & 15));
  }
}

const HEX: string = "0123456789abcdef";

/** Half of a pair without its other half has no UTF-8. */
export function isLoneSurrogate(text: string, at: i32): bool {
  const code = text.charCodeAt(at);
  if (code < 0xd800 || code > 0xdfff) return false;
  if (code < 0xdc00) return at + 1 >= text.length || (text.charCodeAt(at + 1) & 0xfc00) != 0xdc00;
  return at == 0 || (text.charCodeAt(at - 1) & 0xfc00) != 0xd800;
}
