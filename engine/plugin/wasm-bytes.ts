/** A module that is none; `message` says where and why. */
export class WasmFault extends Error {}

/** Reads the numbers and names of a module. Every read is checked against the end. */
export interface WasmReader {
  at: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** A reader of a part of a module. */
export function openWasm(bytes: Uint8Array, at = 0, end: number = bytes.length): WasmReader {
  if (end > bytes.length || at > end) throw new WasmFault(`a section ends behind the module's end`);
  return { at, end, bytes };
}

/** The next byte. */
export function readByte(reader: WasmReader): number {
  const byte = reader.at < reader.end ? reader.bytes[reader.at] : undefined;
  if (byte === undefined) throw new WasmFault(`cut off at byte ${reader.at}`);
  reader.at += 1;
  return byte;
}

/** LEB128, at most five bytes. */
export function readU32(reader: WasmReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte(reader);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if (value > 0xffff_ffff) break;
      return value;
    }
  }
  throw new WasmFault(`a number at byte ${reader.at} is larger than 32 bits`);
}

/** A count of things that need at least one byte each. */
export function readCount(reader: WasmReader, most: number, what: string): number {
  const count = readU32(reader);
  if (count > most) throw new WasmFault(`${count} ${what}: a plugin may have ${most}`);
  if (count > reader.end - reader.at) throw new WasmFault(`cut off behind the number of ${what}`);
  return count;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const MAX_NAME = 1024;

/** A name. */
export function readName(reader: WasmReader): string {
  const length = readCount(reader, MAX_NAME, "bytes of a name");
  const bytes = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WasmFault("a name is no UTF-8");
  }
}

/** LEB128 of a number of 32 bits. */
export function writeU32(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
