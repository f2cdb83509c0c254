/** What a stored object is. `etag` is opaque, changes whenever the bytes change, and is the only thing to compare-and-set by. */
export interface ObjectHead {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** A stored object with its bytes, or the part of them that was asked for. */
export interface ObjectBody extends ObjectHead {
  /** Must be read or cancelled, unless `bytes` is there. */
  readonly body: ReadableStream<Uint8Array>;
  /** All bytes that were asked for, where the store had them at hand; `body` then holds nothing open. Never written to. */
  readonly bytes?: Uint8Array;
}

/** First byte and how many; `length` absent means to the end. */
export interface ByteRange {
  readonly offset: number;
  readonly length?: number;
}

/** When a `put` or `delete` may happen. */
export type PutCondition =
  | { readonly kind: "always" }
  | { readonly kind: "absent" }
  | { readonly kind: "etag"; readonly etag: string };

/** What is stored: bytes, or a stream of a known length. */
export type PutBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "stream";
      readonly stream: ReadableStream<Uint8Array>;
      readonly size: number;
      /** The same bytes, handed on as they come; whoever calls it leaves `stream` alone. */
      readonly pour?: Pour;
    };

/** Calls `take` with each piece and settles after the last one. A piece is gone when `take` returns. When `take` throws, that is the end of it. */
export type Pour = (take: (piece: Uint8Array) => void) => Promise<void>;

export interface PutOptions {
  readonly condition?: PutCondition;
  /** Lower-case hex. The store refuses the write when the bytes have another digest, and nothing is visible. */
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

/** `conflict`: the condition did not hold; nothing was written. */
export type PutResult = { readonly kind: "stored"; readonly etag: string } | { readonly kind: "conflict" };

export interface ListPage {
  readonly items: readonly ObjectHead[];
  /** Pass as `after` for the next page; absent at the end. */
  readonly next?: string;
}

/** A multipart upload that the store keeps across requests. All parts but the last have the size that `begin` was told. */
export interface MultipartPart {
  readonly number: number;
  readonly etag: string;
}

/**
 * Objects by key, strongly consistent. Keys are `/`-separated, made only by registry/content/keys.ts. Absence is `undefined`; every
 * method throws a `StoreError` (code `unavailable`, `digest-mismatch`, `too-large`) when the store cannot do it. One contract suite
 * (test/contracts/object-store.ts) runs against every adapter.
 */
export interface ObjectStore {
  readonly head: (key: string, signal?: AbortSignal) => Promise<ObjectHead | undefined>;
  readonly get: (key: string, range?: ByteRange, signal?: AbortSignal) => Promise<ObjectBody | undefined>;
  readonly put: (key: string, body: PutBody, options?: PutOptions) => Promise<PutResult>;
  /** True when there was one. With `etag`, deletes only that version (false otherwise). */
  readonly delete: (key: string, etag?: string) => Promise<boolean>;
  /** Keys in byte order that start with `prefix`, after `after`, at most `limit` (1000). */
  readonly list: (prefix: string, options?: { readonly after?: string; readonly limit?: number }) => Promise<ListPage>;
  readonly beginMultipart: (key: string, partSize: number) => Promise<string>;
  readonly putPart: (key: string, uploadId: string, number: number, bytes: Uint8Array) => Promise<MultipartPart>;
  readonly completeMultipart: (key: string, uploadId: string, parts: readonly MultipartPart[]) => Promise<ObjectHead>;
  readonly abortMultipart: (key: string, uploadId: string) => Promise<void>;
  /** Aborts multipart uploads that were begun before then (milliseconds since 1970), where the store can list them; says how many. At most 1000 at once. */
  readonly abortOlder?: (before: number) => Promise<number>;
  /** Keys alone, where that is cheaper than `list`; same order and limits. */
  readonly keys?: (prefix: string, options?: { readonly after?: string; readonly limit?: number }) => Promise<KeyPage>;
  /** True where bytes that are poured are stored as they come, at no more cost than bytes that lie in memory. */
  readonly takesPoured?: boolean;
  /** Gives an object another key, replacing what is there, where the store can do it without the bytes passing through here. False when there is none. */
  readonly move?: (from: string, to: string) => Promise<boolean>;
}

/** A page of {@link ObjectStore.keys}. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next?: string;
}
