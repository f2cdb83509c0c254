import { ArchiveError } from "./archive-error.ts";

/** Size of a header and of the unit that contents are padded to. */
export const BLOCK = 512;

/** An entry of a tar archive, without its contents. */
export interface TarHeader {
  /** As stored, `prefix` and extended headers applied. */
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  /** Seconds since 1970, possibly with a fraction. */
  readonly mtime: number;
  /** The type flag: `0` file, `1` hard link, `2` symbolic link, `5` directory, … */
  readonly type: string;
}

/** Values that an extended header puts over the next entry's own. */
export interface HeaderOverrides {
  readonly name?: string;
  readonly size?: number;
  readonly mtime?: number;
}

const decoder = new TextDecoder();
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;

/** True for a directory: by type, by a name that ends in `/`, or by the mode's own bits, as Go's `FileInfo` has it. */
export function isDirectory(header: TarHeader): boolean {
  return header.type === "5" || (header.mode & S_IFMT) === S_IFDIR;
}

/** True for entries that carry no contents, whatever their size field says. */
export function isHeaderOnly(type: string): boolean {
  return type === "1" || type === "2" || type === "3" || type === "4" || type === "5" || type === "6";
}

/** Decodes one block. `undefined` for a block of zeros. Throws {@link ArchiveError} where Go says `invalid tar header`. */
export function decodeHeader(block: Uint8Array, overrides: HeaderOverrides): TarHeader | undefined {
  if (isZero(block)) return undefined;
  if (!checksumFits(block)) throw invalidHeader();
  const ustar = text(block, 257, 5) === "ustar";
  const prefix = ustar && block[262] === 0 ? text(block, 345, 155) : "";
  const own = text(block, 0, 100);
  const name = overrides.name ?? (prefix === "" ? own : `${prefix}/${own}`);
  const size = overrides.size ?? number(block, 124, 12);
  if (size < 0) throw invalidHeader();
  const flag = block[156] === 0 ? "0" : String.fromCharCode(block[156] ?? 48);
  const type = flag === "0" && name.endsWith("/") ? "5" : flag;
  return { name, size, mode: number(block, 100, 8), mtime: overrides.mtime ?? number(block, 136, 12), type };
}

/** Decodes the records of a PAX header: `LENGTH KEY=VALUE\n`, repeated. */
export function decodePax(data: Uint8Array, before: HeaderOverrides): HeaderOverrides {
  let out = before;
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    if (space < 0) throw invalidHeader();
    const length = Number(decoder.decode(data.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at + 1 || at + length > data.length) throw invalidHeader();
    const record = decoder.decode(data.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (data[at + length - 1] !== 0x0a || equals < 0) throw invalidHeader();
    out = withRecord(out, record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return out;
}

/** The name in the contents of a GNU long-name entry. */
export function decodeLongName(data: Uint8Array): string {
  return text(data, 0, data.length);
}

/** What Go's `archive/tar` says of a header that it cannot read. */
export function invalidHeader(): ArchiveError {
  return new ArchiveError("invalid-tar", "archive/tar: invalid tar header");
}

function withRecord(before: HeaderOverrides, key: string, value: string): HeaderOverrides {
  if (key === "path") return { ...before, name: value };
  if (key === "size") return { ...before, size: paxNumber(value) };
  if (key === "mtime") return { ...before, mtime: paxNumber(value) };
  return before;
}

function paxNumber(value: string): number {
  const parsed = Number(value);
  if (value === "" || !Number.isFinite(parsed)) throw invalidHeader();
  return parsed;
}

function isZero(block: Uint8Array): boolean {
  for (let i = 0; i < block.length; i++) if (block[i] !== 0) return false;
  return true;
}

/** The checksum sums all bytes with its own field read as blanks; old writers summed signed bytes. */
function checksumFits(block: Uint8Array): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stored = number(block, 148, 8);
  return stored === unsigned || stored === signed;
}

function text(block: Uint8Array, offset: number, length: number): string {
  const end = block.indexOf(0, offset);
  const stop = end < 0 || end > offset + length ? offset + length : end;
  return decoder.decode(block.subarray(offset, stop));
}

/** Octal text, or GNU's big-endian binary when the top bit is set. */
function number(block: Uint8Array, offset: number, length: number): number {
  const first = block[offset] ?? 0;
  return first & 0x80 ? binary(block, offset, length) : octal(block, offset, length);
}

function binary(block: Uint8Array, offset: number, length: number): number {
  const negative = ((block[offset] ?? 0) & 0x40) !== 0;
  let value = negative ? -1n : BigInt((block[offset] ?? 0) & 0x7f);
  if (negative) value = BigInt.asIntN(8, BigInt(block[offset] ?? 0));
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[offset + i] ?? 0);
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) throw invalidHeader();
  return Number(value);
}

function octal(block: Uint8Array, offset: number, length: number): number {
  let value = 0;
  let seen = false;
  let ended = false;
  for (let i = offset; i < offset + length; i++) {
    const byte = block[i] ?? 0;
    if (byte === 0x20 || byte === 0) {
      ended = seen;
      continue;
    }
    if (ended || byte < 0x30 || byte > 0x37) throw invalidHeader();
    value = value * 8 + (byte - 0x30);
    seen = true;
  }
  return value;
}
