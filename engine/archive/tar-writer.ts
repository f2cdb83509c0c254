import { joinParts } from "../bytes.ts";
import { BLOCK } from "./tar-header.ts";

/** A file to write. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Seconds since 1970; rounded to whole ones. */
  readonly mtime: number;
}

const encoder = new TextEncoder();
const MAX_OCTAL_12 = 8 ** 11 - 1;

/**
 * A tar archive with Go's `archive/tar` headers: USTAR, mode 0644, no owner, no directories; PAX only for what USTAR cannot hold; two
 * zero blocks at the end. Equal inputs give equal bytes.
 */
export function writeTar(files: Iterable<TarFile>): Uint8Array {
  return joinParts(tarParts(files));
}

/** The pieces of {@link writeTar} as Go's writer hands them on: headers, contents, padding. */
export function tarParts(files: Iterable<TarFile>): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    const mtime = Math.round(file.mtime);
    const split = splitName(file.name);
    const pax = paxRecords(file.name, split === undefined, mtime);
    if (pax !== "") pushPax(parts, file.name, encoder.encode(pax));
    parts.push(
      header({
        ...(split ?? { name: asciiOnly(file.name).slice(0, 100), prefix: "" }),
        size: file.data.length,
        mtime: mtime < 0 || mtime > MAX_OCTAL_12 ? 0 : mtime,
        mode: 0o644,
        type: "0",
      }),
    );
    pushPadded(parts, file.data);
  }
  parts.push(new Uint8Array(BLOCK), new Uint8Array(BLOCK));
  return parts;
}

function paxRecords(name: string, longName: boolean, mtime: number): string {
  const records: string[] = [];
  if (mtime < 0 || mtime > MAX_OCTAL_12) records.push(record("mtime", String(mtime)));
  if (longName) records.push(record("path", name));
  return records.join("");
}

/** A record's length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = encoder.encode(rest).length;
  let size = length + String(length).length;
  if (length + String(size).length !== size) size = length + String(size).length;
  return `${size}${rest}`;
}

function pushPax(parts: Uint8Array[], name: string, data: Uint8Array): void {
  const slash = name.lastIndexOf("/");
  const directory = slash < 0 ? "" : `${name.slice(0, slash)}/`;
  const paxName = asciiOnly(`${directory}PaxHeaders.0/${name.slice(slash + 1)}`).slice(0, 100);
  parts.push(
    header({ name: paxName.replace(/\/+$/, ""), prefix: "", size: data.length, mtime: 0, mode: 0, type: "x" }),
  );
  pushPadded(parts, data);
}

interface HeaderFields {
  readonly name: string;
  readonly prefix: string;
  readonly size: number;
  readonly mtime: number;
  readonly mode: number;
  readonly type: string;
}

function header(fields: HeaderFields): Uint8Array {
  const block = new Uint8Array(BLOCK);
  encoder.encodeInto(fields.name, block.subarray(0, 100));
  putOctal(block, 100, 8, fields.mode);
  putOctal(block, 108, 8, 0);
  putOctal(block, 116, 8, 0);
  putOctal(block, 124, 12, fields.size);
  putOctal(block, 136, 12, fields.mtime);
  block[156] = fields.type.charCodeAt(0);
  encoder.encodeInto("ustar\u000000", block.subarray(257, 265));
  putOctal(block, 329, 8, 0);
  putOctal(block, 337, 8, 0);
  encoder.encodeInto(fields.prefix, block.subarray(345, 500));
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  putOctal(block, 148, 7, sum);
  return block;
}

function putOctal(block: Uint8Array, offset: number, length: number, value: number): void {
  encoder.encodeInto(value.toString(8).padStart(length - 1, "0"), block.subarray(offset, offset + length - 1));
  block[offset + length - 1] = 0;
}

/** Where USTAR cuts a long name, or `undefined` where it cannot hold it. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  if (asciiOnly(name) !== name) return undefined;
  if (name.length <= 100) return { name, prefix: "" };
  const cut = name.slice(0, 156).lastIndexOf("/");
  const rest = name.length - cut - 1;
  if (cut <= 0 || rest > 100 || rest === 0 || cut > 155) return undefined;
  return { name: name.slice(cut + 1), prefix: name.slice(0, cut) };
}

function asciiOnly(name: string): string {
  let out = "";
  for (const char of name) if (char.charCodeAt(0) > 0 && char.charCodeAt(0) < 0x80) out += char;
  return out;
}

function pushPadded(parts: Uint8Array[], data: Uint8Array): void {
  parts.push(data);
  const padding = (BLOCK - (data.length % BLOCK)) % BLOCK;
  if (padding > 0) parts.push(new Uint8Array(padding));
}
