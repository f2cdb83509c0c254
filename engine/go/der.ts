import { joinBytes } from "../bytes.ts";
/** ASN.1 values in DER: the few types that keys and certificates are made of. */

export type Der = Uint8Array<ArrayBuffer>;

/** Identifier octets. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  objectId: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** A value with any identifier octet. */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Der {
  const content = joinBytes(contents);
  return joinBytes([Uint8Array.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left & 255);
  return [0x80 | bytes.length, ...bytes];
}

export function sequence(...contents: readonly Uint8Array[]): Der {
  return encodeDer(TAG.sequence, ...contents);
}

/** A context-specific constructed value, `[n] EXPLICIT`. */
export function tagged(number: number, ...contents: readonly Uint8Array[]): Der {
  return encodeDer(0xa0 | number, ...contents);
}

/** A non-negative integer as big-endian bytes without leading zeros; zero is one zero byte. */
export function bigEndian(value: bigint): Der {
  const hex = value.toString(16);
  return Uint8Array.from((hex.length % 2 === 1 ? `0${hex}` : hex).match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
}

/** A non-negative `INTEGER`. */
export function integer(value: bigint): Der {
  const bytes = bigEndian(value);
  return (bytes[0] ?? 0) >= 0x80 ? encodeDer(TAG.integer, Uint8Array.of(0), bytes) : encodeDer(TAG.integer, bytes);
}

/** Whole bytes as `BIT STRING`, or fewer bits with `unused` of the last byte. */
export function bitString(bytes: Uint8Array, unused = 0): Der {
  return encodeDer(TAG.bitString, Uint8Array.of(unused), bytes);
}

export function octetString(bytes: Uint8Array): Der {
  return encodeDer(TAG.octetString, bytes);
}

/** An `OBJECT IDENTIFIER` from its dotted form. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encodeDer(TAG.objectId, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const bytes = [value & 127];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left & 127) | 128);
  return bytes;
}

export const NULL: Der = encodeDer(TAG.nothing);

/** A value that was read. `raw` is all of it, `content` what the length covers. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** DER that does not hold what was expected. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** Lengths of more bytes than this do not fit any input. */
const MAX_LENGTH_BYTES = 4;

/** Reads the value that starts at `at`. Throws {@link DerError}. */
export function readDer(bytes: Uint8Array, at = 0): Element {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new DerError("truncated tag or length");
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size === 0 || size > MAX_LENGTH_BYTES) throw new DerError("invalid length");
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + (bytes[start + i] ?? 0);
    start += size;
  }
  if (start + length > bytes.length) throw new DerError("data truncated");
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) };
}

/** The values within a constructed one, in their order. Throws {@link DerError}. */
export function readAll(content: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length;) {
    const element = readDer(content, at);
    found.push(element);
    at += element.raw.length;
  }
  return found;
}

/** The only value of `bytes`, which must have this tag: its content. Throws {@link DerError}. */
export function readOnly(bytes: Uint8Array, tag: number): Uint8Array {
  const element = readDer(bytes);
  if (element.raw.length !== bytes.length) throw new DerError("trailing data");
  return contentOf(element, tag);
}

/** The content of a value that must be there with this tag. Throws {@link DerError}. */
export function contentOf(element: Element | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new DerError("tags don't match");
  return element.content;
}

/** A non-negative `INTEGER`. Throws {@link DerError}. */
export function readInteger(element: Element | undefined): bigint {
  const content = contentOf(element, TAG.integer);
  if (content.length === 0 || (content[0] ?? 0) >= 0x80) throw new DerError("integer is empty or negative");
  return fromBigEndian(content);
}

/** The number that big-endian bytes stand for. */
export function fromBigEndian(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** Whether two byte strings are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
