import { ArchiveError } from "./archive-error.ts";
import { gunzip } from "./gzip.ts";
import type { ByteSource, GunzipOptions } from "./gzip.ts";
import { joinParts } from "../bytes.ts";
import { MAX_ENTRIES, MAX_EXTENDED_HEADER_BYTES } from "./limits.ts";
import { BLOCK, decodeHeader, decodeLongName, decodePax, invalidHeader, isHeaderOnly } from "./tar-header.ts";
import type { HeaderOverrides, TarHeader } from "./tar-header.ts";

/** An entry with its contents; empty for links, devices and directories. */
export interface TarEntry extends TarHeader {
  readonly data: Uint8Array;
}

/** Decides on an entry before its contents are read: `true` reads it, `false` skips it, a throw ends the archive. */
export type AcceptEntry = (header: TarHeader) => boolean;

/**
 * Entries of a gzipped tar archive, in order, as they come in. Throws {@link ArchiveError} on anything that Go's readers refuse,
 * on an early end anywhere, and on a spent budget. The rest behind the archive's end is read too, so that gzip's checksum counts.
 */
export async function* readTarGz(
  source: ByteSource,
  accept: AcceptEntry,
  options: GunzipOptions = {},
): AsyncGenerator<TarEntry, void> {
  const reader = createTarReader(accept);
  for await (const chunk of gunzip(source, options)) yield* reader.push(chunk);
  reader.end();
}

/** Entries of a plain tar archive that is wholly in memory. */
export function readTar(bytes: Uint8Array, accept: AcceptEntry): readonly TarEntry[] {
  const reader = createTarReader(accept);
  const entries = reader.push(bytes);
  reader.end();
  return entries;
}

/** A tar reader that is fed: `push` gives the entries completed by a chunk, `end` throws if the archive stopped midway. */
export interface TarReader {
  readonly push: (chunk: Uint8Array) => readonly TarEntry[];
  readonly end: () => void;
}

interface Body {
  readonly header: TarHeader;
  readonly use: "entry" | "skip" | "pax" | "long-name";
  readonly parts: Uint8Array[];
  missing: number;
}

/** Makes a reader for one archive. */
export function createTarReader(accept: AcceptEntry): TarReader {
  const partial = new Uint8Array(BLOCK);
  let filled = 0;
  let padding = 0;
  let body: Body | undefined;
  let overrides: HeaderOverrides = {};
  let zeros = 0;
  let entries = 0;

  function begin(block: Uint8Array, out: TarEntry[]): void {
    const header = decodeHeader(block, isExtended(block) ? {} : overrides);
    if (header === undefined) {
      zeros++;
      return;
    }
    if (zeros === 1) throw invalidHeader();
    if (++entries > MAX_ENTRIES) throw new ArchiveError("too-large", `archive has more than ${MAX_ENTRIES} entries`);
    body = openBody(header, accept);
    if (body.use === "entry" || body.use === "skip") overrides = {};
    padding = (BLOCK - (body.missing % BLOCK)) % BLOCK;
    if (body.missing === 0) finish(out);
  }

  function finish(out: TarEntry[]): void {
    const done = body;
    body = undefined;
    if (done === undefined || done.use === "skip") return;
    const data = joinParts(done.parts);
    if (done.use === "entry") out.push({ ...done.header, data });
    else if (done.use === "pax") overrides = decodePax(data, overrides);
    else overrides = { ...overrides, name: decodeLongName(data) };
  }

  function push(chunk: Uint8Array): TarEntry[] {
    const out: TarEntry[] = [];
    let at = 0;
    while (at < chunk.length && zeros < 2) {
      if (body !== undefined) {
        const taken = chunk.subarray(at, at + body.missing);
        if (body.use !== "skip") body.parts.push(taken);
        body.missing -= taken.length;
        at += taken.length;
        if (body.missing === 0) finish(out);
      } else if (padding > 0) {
        const skipped = Math.min(padding, chunk.length - at);
        padding -= skipped;
        at += skipped;
      } else if (filled === 0 && chunk.length - at >= BLOCK) {
        begin(chunk.subarray(at, at + BLOCK), out);
        at += BLOCK;
      } else {
        const taken = Math.min(BLOCK - filled, chunk.length - at);
        partial.set(chunk.subarray(at, at + taken), filled);
        filled += taken;
        at += taken;
        if (filled < BLOCK) break;
        filled = 0;
        begin(partial, out);
      }
    }
    return out;
  }

  function end(): void {
    if (body !== undefined || padding > 0 || filled > 0) throw new ArchiveError("truncated", "unexpected EOF");
  }

  return { push, end };
}

/** Extended headers describe the entry behind them and take no overrides themselves. */
function isExtended(block: Uint8Array): boolean {
  const flag = block[156];
  return flag === 0x78 || flag === 0x67 || flag === 0x4c || flag === 0x4b;
}

function openBody(header: TarHeader, accept: AcceptEntry): Body {
  const use = bodyUse(header, accept);
  if ((use === "pax" || use === "long-name") && header.size > MAX_EXTENDED_HEADER_BYTES) {
    throw new ArchiveError("invalid-tar", "archive/tar: header field too long");
  }
  return { header, use, parts: [], missing: isHeaderOnly(header.type) ? 0 : header.size };
}

function bodyUse(header: TarHeader, accept: AcceptEntry): Body["use"] {
  switch (header.type) {
    case "x":
      return "pax";
    case "L":
      return "long-name";
    case "g":
    case "K":
      return "skip";
    default:
      return accept(header) ? "entry" : "skip";
  }
}
