import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { streamOf } from "../../registry/content/body.ts";
import type { ByteRange, ListPage, ObjectBody, ObjectHead, ObjectStore } from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { asking, isConflict, requiring } from "./s3-error.ts";
import { abortOlder, abortParts, beginParts, completeParts, putObject, putPart, type S3Place } from "./s3-write.ts";

/** How a bucket is reached. */
export interface S3StoreOptions {
  readonly bucket: string;
  readonly region: string;
  /** Put before every key, e.g. `slipway/`. */
  readonly prefix?: string;
  /** Absent: AWS itself. */
  readonly endpoint?: string;
  /** The bucket's name in the path: what most other servers want. */
  readonly pathStyle?: boolean;
  /** Absent: the platform's own chain (environment, role, metadata). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Most keys in one page. */
const MAX_PAGE = 1000;
/** Objects up to this size come as bytes: no connection to hold open. */
const IN_ONE_PIECE = 1024 * 1024;
/** CopyObject ends here. */
const MAX_COPY = 5 * 1024 * 1024 * 1024;

/**
 * Objects in an S3 bucket, or in a server that speaks S3 with conditional writes (`If-None-Match: *`, `If-Match`). Etags are S3's: equal bytes
 * have equal etags.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const place: S3Place = { client: createClient(options), bucket: options.bucket, prefix: options.prefix ?? "" };
  return {
    head: async (key) => await headObject(place, key),
    get: async (key, range) => await getObject(place, key, range),
    put: async (key, body, put = {}) => await putObject(place, key, body, put),
    delete: async (key, etag) => await deleteObject(place, key, etag),
    list: async (prefix, list = {}) => await listObjects(place, prefix, list),
    beginMultipart: async (key) => await beginParts(place, key),
    putPart: async (key, uploadId, number, bytes) => await putPart(place, { key, uploadId, number, bytes }),
    completeMultipart: async (key, uploadId, parts) => {
      await requiring(async () => await completeParts(place, { key, uploadId, parts }));
      const head = await headObject(place, key);
      if (head === undefined) throw new StoreError("unavailable", "a completed upload is gone");
      return head;
    },
    abortMultipart: async (key, uploadId) => await abortParts(place, key, uploadId),
    abortOlder: async (before) => await abortOlder(place, before),
    move: async (from, to) => await moveObject(place, from, to),
  };
}

/** `expectContinueHeader: false`: a server that ignores `Expect: 100-continue` costs seconds for each large part. */
function createClient(options: S3StoreOptions): S3Client {
  return new S3Client({
    region: options.region,
    forcePathStyle: options.pathStyle ?? options.endpoint !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    expectContinueHeader: false,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
}

async function headObject({ client, bucket, prefix }: S3Place, key: string): Promise<ObjectHead | undefined> {
  const head = await asking(
    async () => await client.send(new HeadObjectCommand({ Bucket: bucket, Key: prefix + key })),
  );
  return head === undefined
    ? undefined
    : { key, size: head.ContentLength ?? 0, etag: head.ETag ?? "", modified: head.LastModified?.getTime() ?? 0 };
}

async function getObject(
  { client, bucket, prefix }: S3Place,
  key: string,
  range: ByteRange | undefined,
): Promise<ObjectBody | undefined> {
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: prefix + key,
    ...(range === undefined ? {} : { Range: formatRange(range) }),
  });
  return await asking(async () => await toBody(key, await client.send(command)));
}

function formatRange({ offset, length }: ByteRange): string {
  return `bytes=${offset}-${length === undefined ? "" : offset + length - 1}`;
}

async function toBody(key: string, answer: GetObjectCommandOutput): Promise<ObjectBody> {
  const { Body: body, ContentLength: length = 0, ContentRange: range } = answer;
  if (body === undefined) throw new StoreError("unavailable", "S3 sent no body");
  const size = range === undefined ? length : Number(range.slice(range.indexOf("/") + 1));
  const head = { key, size, etag: answer.ETag ?? "", modified: answer.LastModified?.getTime() ?? 0 };
  if (length > IN_ONE_PIECE) return { ...head, body: body.transformToWebStream() };
  const bytes = await body.transformToByteArray();
  return {
    ...head,
    bytes,
    get body() {
      return streamOf(bytes);
    },
  };
}

/** S3 does not say whether there was one: it is asked first. `If-Match` keeps a version that was written meanwhile. */
async function deleteObject(place: S3Place, key: string, etag: string | undefined): Promise<boolean> {
  const head = await headObject(place, key);
  if (head === undefined || (etag !== undefined && head.etag !== etag)) return false;
  const command = new DeleteObjectCommand({
    Bucket: place.bucket,
    Key: place.prefix + key,
    ...(etag === undefined ? {} : { IfMatch: etag }),
  });
  return await requiring(async () => {
    try {
      await place.client.send(command);
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  });
}

async function listObjects(
  { client, bucket, prefix: root }: S3Place,
  prefix: string,
  options: { readonly after?: string; readonly limit?: number },
): Promise<ListPage> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: root + prefix,
    MaxKeys: Math.min(MAX_PAGE, options.limit ?? MAX_PAGE),
    ...(options.after === undefined ? {} : { StartAfter: root + options.after }),
  });
  const page = await requiring(async () => await client.send(command));
  const items = (page.Contents ?? []).map((item) => ({
    key: (item.Key ?? "").slice(root.length),
    size: item.Size ?? 0,
    etag: item.ETag ?? "",
    modified: item.LastModified?.getTime() ?? 0,
  }));
  const last = items.at(-1);
  return page.IsTruncated === true && last !== undefined ? { items, next: last.key } : { items };
}

/** The bytes stay within S3. */
async function moveObject(place: S3Place, from: string, to: string): Promise<boolean> {
  const { client, bucket, prefix } = place;
  const head = await headObject(place, from);
  if (head === undefined) return false;
  if (head.size > MAX_COPY) return await moveThrough(place, from, to);
  const source = `${bucket}/${prefix}${from}`.split("/").map(encodeURIComponent).join("/");
  await requiring(
    async () => await client.send(new CopyObjectCommand({ Bucket: bucket, Key: prefix + to, CopySource: source })),
  );
  await deleteObject(place, from, undefined);
  return true;
}

async function moveThrough(place: S3Place, from: string, to: string): Promise<boolean> {
  const object = await getObject(place, from, undefined);
  if (object === undefined) return false;
  await putObject(place, to, { kind: "stream", stream: object.body, size: object.size }, {});
  await deleteObject(place, from, undefined);
  return true;
}
