import { ArchiveError } from "./archive-error.ts";
import { crc32 } from "./crc32.ts";
import { createDeflater } from "./deflate.ts";
import { INFLATE_STEP_BYTES, MAX_INFLATED_BYTES, MAX_WHOLE_BYTES } from "./limits.ts";

const MAGIC: readonly number[] = [0x1f, 0x8b, 0x08];

/** Compressed bytes: all at once, or as they come in. */
export type ByteSource = Uint8Array | ReadableStream<Uint8Array>;

/**
 * Inflates one whole gzip member at once where a runtime can. `undefined` for whatever it refuses, more than `limit` bytes and bytes behind the
 * end included: then the stream tells what is wrong.
 */
export type InflateWhole = (gzip: Uint8Array, limit: number) => Uint8Array | undefined;

/** `limit` is the budget of inflated bytes, {@link MAX_INFLATED_BYTES} where absent. */
export interface GunzipOptions {
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  readonly inflateWhole?: InflateWhole | undefined;
}

/**
 * Inflates gzip as a stream of chunks. The budget is checked on every chunk, so a bomb stops at once; a stream that ends early or
 * carries a wrong checksum is an {@link ArchiveError}. Leaving the loop cancels the source.
 */
export async function* gunzip(source: ByteSource, options: GunzipOptions = {}): AsyncGenerator<Uint8Array, void> {
  const limit = options.limit ?? MAX_INFLATED_BYTES;
  const whole = source instanceof Uint8Array && isGzip(source) ? atOnce(source, limit, options) : undefined;
  if (whole !== undefined) {
    yield whole;
    return;
  }
  const refusal: Refusal = {};
  const reader = inflate(source, refusal).getReader();
  let total = 0;
  let done = false;
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const next = await readInflated(reader, refusal);
      if (next === undefined) break;
      total += next.length;
      if (total > limit) throw new ArchiveError("too-large", `decompressed data is larger than ${limit} bytes`);
      yield next;
    }
    done = true;
  } finally {
    if (!done) await reader.cancel().catch(() => undefined);
  }
}

function atOnce(source: Uint8Array, limit: number, options: GunzipOptions): Uint8Array | undefined {
  options.signal?.throwIfAborted();
  return options.inflateWhole?.(source, Math.min(limit, MAX_WHOLE_BYTES));
}

/** True if `bytes` begin with the gzip magic and the deflate method. */
export function isGzip(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The optional parts of a gzip header: an extra field (RFC 1952 FEXTRA) and a comment in Latin-1. */
export interface GzipHeader {
  readonly extra?: Uint8Array;
  readonly comment?: string;
}

/** Compresses to one gzip member: no time, no name, operating system unknown; equal inputs give equal bytes on one runtime. */
export async function gzip(data: Uint8Array, header: GzipHeader = {}): Promise<Uint8Array> {
  const body = new Response(streamOf(data).pipeThrough(new CompressionStream("deflate-raw")));
  const deflated = new Uint8Array(await body.arrayBuffer());
  return member(gzipHeader(header), deflated, { sum: crc32(data), size: data.length });
}

/**
 * One gzip member with the bytes of Go's `compress/gzip` at its default level, written piece by piece as `chunks` are. Slower than
 * {@link gzip}, and the same on every runtime.
 */
export function gzipAsGo(chunks: Iterable<Uint8Array>, header: GzipHeader = {}): Uint8Array {
  const deflater = createDeflater();
  let sum = 0;
  let size = 0;
  for (const chunk of chunks) {
    deflater.write(chunk);
    sum = crc32(chunk, sum);
    size += chunk.length;
  }
  return member(gzipHeader(header), deflater.finish(), { sum, size });
}

function member(
  head: Uint8Array,
  deflated: Uint8Array,
  plain: { readonly sum: number; readonly size: number },
): Uint8Array {
  const out = new Uint8Array(head.length + deflated.length + 8);
  out.set(head);
  out.set(deflated, head.length);
  const view = new DataView(out.buffer, head.length + deflated.length);
  view.setUint32(0, plain.sum, true);
  view.setUint32(4, plain.size % 0x1_0000_0000, true);
  return out;
}

function gzipHeader(header: GzipHeader): Uint8Array {
  const comment = header.comment === undefined ? undefined : Array.from(header.comment, (c) => c.charCodeAt(0) & 0xff);
  const flags = (header.extra === undefined ? 0 : 4) | (comment === undefined ? 0 : 16);
  const out = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255];
  if (header.extra !== undefined) out.push(header.extra.length & 0xff, header.extra.length >> 8, ...header.extra);
  if (comment !== undefined) out.push(...comment, 0);
  return Uint8Array.from(out);
}

/** Why the bytes were refused. Not every runtime hands an error on from stream to stream as it is. */
interface Refusal {
  error?: ArchiveError;
}

function inflate(source: ByteSource, refusal: Refusal): ReadableStream<Uint8Array> {
  const stream = source instanceof Uint8Array ? streamOf(source) : source;
  return stream.pipeThrough(new TransformStream(plainBytes(refusal))).pipeThrough(new DecompressionStream("gzip"));
}

/** What Go reads before it looks at any of it. */
const HEADER_BYTES = 10;

/** Refuses what does not begin as gzip, and copies bytes of shared memory, which stream types do not take. */
function plainBytes(refusal: Refusal): Transformer<Uint8Array, Uint8Array<ArrayBuffer>> {
  let head: number[] | undefined = [];
  const refuse = (code: "not-gzip" | "truncated", message: string): never => {
    refusal.error = new ArchiveError(code, message);
    throw refusal.error;
  };
  return {
    transform(chunk, controller) {
      let rest = chunk;
      if (head !== undefined) {
        const taken = chunk.subarray(0, HEADER_BYTES - head.length);
        head.push(...taken);
        if (head.length < HEADER_BYTES) return;
        if (!isGzip(Uint8Array.from(head))) refuse("not-gzip", "gzip: invalid header");
        controller.enqueue(Uint8Array.from(head));
        head = undefined;
        rest = chunk.subarray(taken.length);
      }
      if (rest.length > 0) controller.enqueue(ownBytes(rest));
    },
    flush() {
      if (head !== undefined) refuse("truncated", head.length === 0 ? "EOF" : "unexpected EOF");
    },
  };
}

function ownBytes(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = chunk;
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, chunk.byteOffset, chunk.length) : new Uint8Array(chunk);
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  const own = ownBytes(bytes);
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= own.length) {
        controller.close();
        return;
      }
      const end = Math.min(offset + INFLATE_STEP_BYTES, own.length);
      controller.enqueue(own.subarray(offset, end));
      offset = end;
    },
  });
}

async function readInflated(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  refusal: Refusal,
): Promise<Uint8Array | undefined> {
  try {
    const { value } = await reader.read();
    return value;
  } catch (cause) {
    throw refusal.error ?? inflateError(cause);
  }
}

/** Runtimes name inflate failures differently; the code in Node's error is the surest sign of an early end. */
function inflateError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new ArchiveError("corrupt", "flate: corrupt input", { cause });
  if (cause.name === "AbortError" || cause instanceof ArchiveError) return cause;
  const text = `${cause.message} ${"code" in cause ? String(cause.code) : ""}`;
  if (/unexpected end|Z_BUF_ERROR|premature|incomplete|truncated/i.test(text)) {
    return new ArchiveError("truncated", "unexpected EOF", { cause });
  }
  if (/incorrect (data|length) check/i.test(text)) {
    return new ArchiveError("corrupt", "gzip: invalid checksum", { cause });
  }
  return new ArchiveError("corrupt", "flate: corrupt input", { cause });
}
