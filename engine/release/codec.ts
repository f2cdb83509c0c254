import { joinBytes, readParts } from "../bytes.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { parseReleaseText, releaseText } from "./document.ts";
import { ReleaseError } from "./errors.ts";
import { recordName } from "./name.ts";
import type { Release } from "./release.ts";

/** The API server's limit for the data of a Secret. */
export const MAX_RECORD_BYTES: number = 1_048_576;

/**
 * Bytes that a record may grow to when unpacked: gzip of text reaches at most about 1:1000, so that a record at the limit could unpack
 * to a gigabyte; charts that fit a record stay far below this.
 */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Packs bytes as gzip. A runtime may bring a way that is quicker than the web's streams. */
export type Gzip = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/**
 * The value that Helm keeps under `release` in a record: base64 of the gzipped JSON document. (A Secret's `data` is base64 once
 * more.) Throws `ReleaseError` `too-large` when the API server could not store it.
 */
export async function encodeRelease(release: Release, kind: "secret" | "configmap" = "secret"): Promise<string> {
  return encodeDocument(release, releaseText(release), kind);
}

/** Throws `ReleaseError` `too-large` when a release's document cannot be stored. */
export async function checkRecordSize(
  release: Release,
  document: string,
  kind: "secret" | "configmap" = "secret",
): Promise<void> {
  // Base64 of what gzip cannot make smaller is this long, and a character of the document has three bytes at most.
  if (document.length * 3 * 1.4 < MAX_RECORD_BYTES) return;
  await encodeDocument(release, document, kind);
}

/** {@link encodeRelease} of a release whose document is known. */
export async function encodeDocument(
  release: Release,
  document: string,
  kind: "secret" | "configmap" = "secret",
  pack: Gzip = gzip,
): Promise<string> {
  const text = encodeBase64(await pack(new TextEncoder().encode(document)));
  if (text.length > MAX_RECORD_BYTES) throw tooLarge(release, text.length, kind);
  return text;
}

/** The inverse of {@link encodeRelease}; also reads records that are not gzipped. Throws `ReleaseError` `invalid`. */
export async function decodeRelease(text: string): Promise<Release> {
  return parseReleaseText(await decodeDocument(text));
}

/** The inverse of {@link encodeDocument}. Throws `ReleaseError` `invalid`. */
export async function decodeDocument(text: string): Promise<string> {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new ReleaseError("invalid", "the release record is no base64");
  const unpacked = isGzip(bytes) ? await gunzip(bytes) : bytes;
  return new TextDecoder().decode(unpacked);
}

/** The API server's own words, as Helm prints them, and what to do. */
function tooLarge(release: Release, bytes: number, kind: "secret" | "configmap"): ReleaseError {
  const name = recordName(release.name, release.version);
  const limit = `Too long: may not be more than ${MAX_RECORD_BYTES} bytes`;
  const text =
    kind === "secret"
      ? `create: failed to create: Secret "${name}" is invalid: data: ${limit}`
      : `ConfigMap "${name}" is invalid: []: ${limit}`;
  return new ReleaseError(
    "too-large",
    `${text} (it has ${bytes}): leave files out of the chart (.helmignore), split it, or record the chart without its templates and files (recordChart: slim; --record-chart slim)`,
    { bytes, limit: MAX_RECORD_BYTES },
  );
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return collect(through(bytes, new CompressionStream("gzip")), Number.MAX_SAFE_INTEGER);
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await collect(through(Uint8Array.from(bytes), new DecompressionStream("gzip")), MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof ReleaseError) throw error;
    throw new ReleaseError("invalid", "the release record is no gzip");
  }
}

/** What a transformation makes of bytes. A pipe from a stream of them costs a command ten times as much; faults are the reader's to see. */
function through(
  bytes: Uint8Array<ArrayBuffer>,
  { readable, writable }: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  const writer = writable.getWriter();
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  return readable;
}

function ignore(): void {
  // The reader sees it.
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts = await readParts(stream, limit);
  if (parts === undefined)
    throw new ReleaseError("too-large", `the release record unpacks to more than ${limit} bytes`);
  return joinBytes(parts);
}
