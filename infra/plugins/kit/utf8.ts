import { outputBytes } from "./host";
import { hexDigit } from "./scalar";
import { isLoneSurrogate } from "./text";

/** Units that are written between two looks at the room: each takes six bytes at most. */
const STRIDE: i32 = 512;
const MOST: i32 = 6;

/** An answer in UTF-8 that grows, so that a long text is written once. */
export class Utf8 {
  private bytes: usize;
  private room: i32;
  private size: i32 = 0;

  constructor(room: i32) {
    this.room = room + STRIDE * MOST;
    this.bytes = heap.alloc(this.room);
  }

  /** Adds ASCII. */
  add(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  /** Adds a text from `start` up to `end` as the inside of a string of JSON, with the same escapes as `addQuoted`. */
  escaped(text: string, start: i32, end: i32): void {
    for (let from = start; from < end; from += STRIDE) {
      this.reserve(STRIDE * MOST);
      this.units(text, from, min(from + STRIDE, end));
    }
  }

  /** Answers with it: `return out.write()`. */
  write(): i32 {
    return outputBytes(this.bytes, this.size);
  }

  private units(text: string, start: i32, end: i32): void {
    const units = changetype<usize>(text);
    let to = this.bytes + this.size;
    let i = start;
    while (i < end) {
      if (i + 4 <= end) {
        const four = load<u64>(units + ((<usize>i) << 1));
        store<u32>(to, narrow(four));
        const odd = oddUnits(four);
        if (odd == 0) {
          to += 4;
          i += 4;
          continue;
        }
        const count = <i32>ctz(odd) >> 4;
        to += count;
        i += count;
      }
      const code = <u32>load<u16>(units + ((<usize>i) << 1));
      i += 1;
      if (code == 0x0a) {
        store<u16>(to, 0x6e5c);
        to += 2;
      } else if (isPlain(code)) {
        store<u8>(to, <u8>code);
        to += 1;
      } else to = addOther(to, text, i - 1, code);
    }
    this.size = <i32>(to - this.bytes);
  }

  private byte(code: i32): void {
    this.reserve(1);
    store<u8>(this.bytes + this.size, <u8>code);
    this.size += 1;
  }

  private reserve(more: i32): void {
    if (this.size + more <= this.room) return;
    this.room = max(this.room + (this.room >> 1), this.size + more);
    this.bytes = heap.realloc(this.bytes, this.room);
  }
}

function isPlain(code: u32): bool {
  return code - 0x20 < 0x5f && code != 0x22 && code != 0x5c;
}

const LANES: u64 = 0x0001_0001_0001_0001;

/** How many of four units stand in a string of JSON as they are, up to the first that does not. */
function oddUnits(four: u64): u64 {
  // Each term has a bit in the lane of a unit that is out of place; a carry or borrow goes to the lanes behind it alone.
  const high = (four + LANES) & (LANES * 0xff80);
  const low = four - LANES * 0x20;
  const marks = zeroLanes(four ^ (LANES * 0x22)) | zeroLanes(four ^ (LANES * 0x5c));
  return high | ((low | marks) & (LANES * 0x8000));
}

function zeroLanes(value: u64): u64 {
  return (value - LANES) & ~value;
}

/** Four units of ASCII as bytes. */
function narrow(four: u64): u32 {
  const pairs = (four | (four >> 8)) & 0x0000_ffff_0000_ffff;
  return <u32>(pairs | (pairs >> 16));
}

/** Writes what is not ASCII's own, or must be escaped; answers the place behind it. */
function addOther(to: usize, text: string, at: i32, code: u32): usize {
  if (code > 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff) {
    const high = (code & 0xfc00) == 0xd800;
    if (!isLoneSurrogate(text, at)) {
      if (high) return addPair(to, code, text.charCodeAt(at + 1));
      // Written together with its other half.
      if ((code & 0xfc00) == 0xdc00) return to;
      return addCode(to, code);
    }
  }
  return addEscape(to, code);
}

function addCode(to: usize, code: u32): usize {
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to, 0x80 | (code & 63), 1);
    return to + 2;
  }
  store<u8>(to, 0xe0 | (code >> 12));
  store<u8>(to, 0x80 | ((code >> 6) & 63), 1);
  store<u8>(to, 0x80 | (code & 63), 2);
  return to + 3;
}

function addPair(to: usize, high: u32, low: u32): usize {
  const code = 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
  store<u8>(to, 0xf0 | (code >> 18));
  store<u8>(to, 0x80 | ((code >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((code >> 6) & 63), 2);
  store<u8>(to, 0x80 | (code & 63), 3);
  return to + 4;
}

function addEscape(to: usize, code: u32): usize {
  store<u8>(to, 0x5c);
  const short =
    code == 0x0a ? 0x6e : code == 0x0d ? 0x72 : code == 0x09 ? 0x74 : code == 0x22 || code == 0x5c ? code : 0;
  if (short != 0) {
    store<u8>(to, short, 1);
    return to + 2;
  }
  store<u8>(to, 0x75, 1);
  for (let i: u32 = 0; i < 4; i++) {
    const digit = (code >> (12 - 4 * i)) & 15;
    store<u8>(to + 2 + i, digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
  return to + 6;
}

/** A string of JSON out of UTF-8, read in one go: it is what a message is made of mostly. */
export class JsonText {
  text: string = "";
  /** Behind its closing quote; -1 when it has none, or an escape that JSON does not have. */
  end: i32 = -1;
}

/** Reads the string whose opening quote stands before `from`. */
export function readJsonText(bytes: ArrayBuffer, from: i32): JsonText {
  const read = new JsonText();
  const start = changetype<usize>(bytes);
  const stop = start + bytes.byteLength;
  const units = __new((<usize>(bytes.byteLength - from)) << 1, idof<string>());
  let to = units;
  let at = start + from;
  while (at < stop) {
    if (at + 8 <= stop) {
      const eight = load<u64>(at);
      store<u64>(to, widen(<u32>eight));
      store<u64>(to, widen(<u32>(eight >> 32)), 8);
      const odd = oddBytes(eight);
      if (odd == 0) {
        at += 8;
        to += 16;
        continue;
      }
      const count = <usize>ctz(odd) >> 3;
      at += count;
      to += count << 1;
    }
    const code = <u32>load<u8>(at);
    if (code == 0x22) {
      read.end = <i32>(at - start) + 1;
      read.text = changetype<string>(__renew(units, to - units));
      break;
    }
    // JSON has no control inside of a string.
    if (code < 0x20) break;
    if (code < 0x80 && code != 0x5c) {
      store<u16>(to, <u16>code);
      to += 2;
      at += 1;
    } else if (code == 0x5c) {
      const length = unescape(at + 1, stop, to);
      if (length == 0) break;
      to += 2;
      at += 1 + length;
    } else {
      const length = code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
      if (at + length > stop) break;
      to = decode(at, length, to);
      at += length;
    }
  }
  return read;
}

const BYTES: u64 = LANES * 0x0101;

/** How many of eight bytes are ASCII, and neither a control nor a quote nor a backslash, up to the first that is not. */
function oddBytes(eight: u64): u64 {
  const low = eight - BYTES * 0x20;
  const marks = zeroBytes(eight ^ (BYTES * 0x22)) | zeroBytes(eight ^ (BYTES * 0x5c));
  return (eight | low | marks) & (BYTES * 0x80);
}

function zeroBytes(value: u64): u64 {
  return (value - BYTES) & ~value;
}

/** Four bytes of ASCII as units. */
function widen(four: u32): u64 {
  const pairs = (<u64>four | ((<u64>four) << 16)) & 0x0000_ffff_0000_ffff;
  return (pairs | (pairs << 8)) & (LANES * 0xff);
}

/** Writes the unit that an escape stands for; answers how many bytes it has, 0 for none of JSON's. */
function unescape(at: usize, stop: usize, to: usize): usize {
  if (at >= stop) return 0;
  const code = <u32>load<u8>(at);
  let unit: u32 = 0;
  if (code == 0x6e) unit = 0x0a;
  else if (code == 0x22 || code == 0x5c || code == 0x2f) unit = code;
  else if (code == 0x74) unit = 0x09;
  else if (code == 0x72) unit = 0x0d;
  else if (code == 0x62) unit = 0x08;
  else if (code == 0x66) unit = 0x0c;
  else {
    if (code != 0x75 || at + 5 > stop) return 0;
    for (let i: usize = 1; i < 5; i++) {
      const digit = hexDigit(load<u8>(at + i));
      if (digit < 0) return 0;
      unit = (unit << 4) | digit;
    }
    store<u16>(to, <u16>unit);
    return 5;
  }
  store<u16>(to, <u16>unit);
  return 1;
}

function decode(at: usize, length: i32, to: usize): usize {
  let code = <u32>load<u8>(at) & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | (load<u8>(at + i) & 63);
  if (code < 0x10000) {
    store<u16>(to, <u16>code);
    return to + 2;
  }
  store<u16>(to, <u16>(0xd800 + ((code - 0x10000) >> 10)));
  store<u16>(to, <u16>(0xdc00 + (code & 0x3ff)), 2);
  return to + 4;
}
