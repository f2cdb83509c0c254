/** The calls of an R2 binding that are used here. */
export interface R2Bucket {
  readonly head: (key: string) => Promise<R2Object | null>;
  readonly get: (key: string, options?: { readonly range?: R2Range }) => Promise<R2ObjectBody | null>;
  /** Null when `onlyIf` did not hold. A stream must have a known length. */
  readonly put: (
    key: string,
    value: Uint8Array | ReadableStream<Uint8Array>,
    options?: R2PutOptions,
  ) => Promise<R2Object | null>;
  readonly delete: (key: string) => Promise<void>;
  readonly list: (options: R2ListOptions) => Promise<R2Objects>;
  readonly createMultipartUpload: (key: string) => Promise<R2MultipartUpload>;
  readonly resumeMultipartUpload: (key: string, uploadId: string) => R2MultipartUpload;
}

/** What is known of an object. */
export interface R2Object {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploaded: Date;
  readonly customMetadata?: Readonly<Record<string, string>>;
}

/** An object that is being read. */
export interface R2ObjectBody extends R2Object {
  readonly body: ReadableStream<Uint8Array>;
}

/** First byte, and how many. */
export interface R2Range {
  readonly offset: number;
  readonly length?: number;
}

/** When and how a put happens. `sha256` is checked by the store. */
export interface R2PutOptions {
  readonly onlyIf?: { readonly etagMatches: string } | { readonly etagDoesNotMatch: string };
  readonly sha256?: string;
  readonly customMetadata?: Readonly<Record<string, string>>;
}

/** A page to list. */
export interface R2ListOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly startAfter?: string;
  readonly include?: readonly "customMetadata"[];
}

/** A page of objects in key order. */
export interface R2Objects {
  readonly objects: readonly R2Object[];
  readonly truncated: boolean;
}

/** A part that was uploaded. */
export interface R2Part {
  readonly partNumber: number;
  readonly etag: string;
}

/** An upload in parts, which survives its request. All parts but the last have one size. */
export interface R2MultipartUpload {
  readonly uploadId: string;
  readonly uploadPart: (number: number, bytes: Uint8Array) => Promise<R2Part>;
  readonly complete: (parts: readonly R2Part[]) => Promise<R2Object>;
  readonly abort: () => Promise<void>;
}
