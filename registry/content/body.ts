import { joinParts, readParts } from "../../engine/bytes.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { ObjectBody, Pour } from "./object-store.ts";

/** All bytes of an object, with as few copies as the store allows. */
export async function objectBytes(object: ObjectBody): Promise<Uint8Array> {
  if (object.bytes !== undefined) return object.bytes;
  const bytes = await readBounded(object.body, object.size);
  if (bytes === undefined) throw new Error("an object is longer than its size says");
  return bytes;
}

/** All bytes of a stream, or undefined (and the stream cancelled) when there are more than `limit`. */
export async function readBounded(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const parts = await readParts(stream, limit);
  return parts === undefined ? undefined : joinParts(parts);
}

/** Bytes as a stream of one chunk. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** A body that a client or an upstream sends, and how long it says it is. */
export interface IncomingBody {
  readonly stream: ReadableStream<Uint8Array> | null;
  /** All bytes, read by the fastest way that the server has. */
  readonly bytes: () => Promise<Uint8Array>;
  /** A faster way than `stream`, where the server has one; one of them is used. */
  readonly pour?: Pour;
  /** Content-Length, where there is one. */
  readonly length?: number;
}

/** The client left, or stood still, before its body was whole: its own affair, and no defect. */
export class BrokenBody extends Error {
  override readonly name = "BrokenBody";
  readonly code = "client-gone";
  constructor(options?: ErrorOptions) {
    super("the client broke off", options);
  }
}

/** The length that a Content-Length header states; undefined when absent. Throws OciError `SIZE_INVALID` (400) when it is no number. */
export function parseLength(header: string | null): number | undefined {
  if (header === null) return undefined;
  const length = Number(header);
  if (!Number.isSafeInteger(length) || length < 0) throw new OciError("SIZE_INVALID", { status: 400 });
  return length;
}
