import type {
  ObjectHead,
  ObjectStore,
  PutBody,
  PutCondition,
  PutOptions,
  PutResult,
} from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import type { R2Bucket, R2Object, R2PutOptions } from "./r2-bucket.ts";

export type { R2Bucket } from "./r2-bucket.ts";

const PAGE = 1000;
/**
 * R2 has no conditional delete: a version is first replaced, conditionally, by a mark that counts as absent, then deleted. Whoever
 * writes in between wins.
 */
const GONE: Readonly<Record<string, string>> = { slipway: "gone" };

/** Objects in an R2 bucket. */
export function createR2Store(bucket: R2Bucket): ObjectStore {
  const head = async (key: string): Promise<ObjectHead | undefined> => {
    const object = await guarded(() => bucket.head(key));
    return object === null || isGone(object) ? undefined : toHead(object);
  };
  return {
    head,
    get: async (key, range) => {
      const object = await guarded(() => bucket.get(key, range === undefined ? {} : { range }));
      if (object === null) return undefined;
      if (!isGone(object)) return { ...toHead(object), body: object.body };
      await object.body.cancel();
      return undefined;
    },
    put: (key, body, options = {}) => put(bucket, { key, body, options }),
    delete: async (key, etag) => {
      if ((await head(key)) === undefined) return false;
      if (etag !== undefined) {
        const marked = await guarded(() =>
          bucket.put(key, new Uint8Array(0), { onlyIf: { etagMatches: etag }, customMetadata: GONE }),
        );
        if (marked === null) return false;
      }
      await guarded(() => bucket.delete(key));
      return true;
    },
    list: async (prefix, { after, limit = PAGE } = {}) => {
      const start = after === undefined ? {} : { startAfter: after };
      const page = await guarded(() =>
        bucket.list({ prefix, limit: Math.min(limit, PAGE), include: ["customMetadata"], ...start }),
      );
      const last = page.objects.at(-1);
      const items = page.objects.filter((object) => !isGone(object)).map(toHead);
      return page.truncated && last !== undefined ? { items, next: last.key } : { items };
    },
    beginMultipart: async (key) => (await guarded(() => bucket.createMultipartUpload(key))).uploadId,
    putPart: async (key, uploadId, number, bytes) => {
      const part = await guarded(() => bucket.resumeMultipartUpload(key, uploadId).uploadPart(number, bytes));
      return { number: part.partNumber, etag: part.etag };
    },
    completeMultipart: async (key, uploadId, parts) => {
      const named = parts.map(({ number, etag }) => ({ partNumber: number, etag }));
      return toHead(await guarded(() => bucket.resumeMultipartUpload(key, uploadId).complete(named)));
    },
    abortMultipart: async (key, uploadId) => {
      await bucket.resumeMultipartUpload(key, uploadId).abort().catch(ignoreMissing);
    },
  };
}

interface Put {
  readonly key: string;
  readonly body: PutBody;
  readonly options: PutOptions;
}

async function put(bucket: R2Bucket, { key, body, options }: Put): Promise<PutResult> {
  options.signal?.throwIfAborted();
  const value = body.kind === "bytes" ? body.bytes : body.stream.pipeThrough(new FixedLengthStream(body.size));
  const condition = options.condition ?? { kind: "always" };
  const settings = { ...conditionOf(condition), ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }) };
  const stored = await guarded(() => bucket.put(key, value, settings));
  return stored === null ? { kind: "conflict" } : { kind: "stored", etag: stored.etag };
}

function conditionOf(condition: PutCondition): R2PutOptions {
  if (condition.kind === "absent") return { onlyIf: { etagDoesNotMatch: "*" } };
  return condition.kind === "etag" ? { onlyIf: { etagMatches: condition.etag } } : {};
}

function toHead({ key, size, etag, uploaded }: R2Object): ObjectHead {
  return { key, size, etag, modified: uploaded.getTime() };
}

function isGone(object: R2Object): boolean {
  return object.customMetadata?.["slipway"] === GONE["slipway"];
}

/** R2 says a wrong digest in words only. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isDigest = /sha-?256|checksum|digest/i.test(message);
    throw new StoreError(isDigest ? "digest-mismatch" : "unavailable", `r2: ${message}`, { cause });
  }
}

function ignoreMissing(): void {
  // The upload is gone already, which is what was asked for.
}
