import { createHash, hash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { joinParts } from "../../engine/bytes.ts";
import type {
  MultipartPart,
  PutBody,
  PutCondition,
  PutOptions,
  PutResult,
} from "../../registry/content/object-store.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { isConflict, requiring } from "./s3-error.ts";

/** Where objects lie. */
export interface S3Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Put before every key; ends with `/` when not empty. */
  readonly prefix: string;
}

/** What a stream is cut into: S3 wants 5 MiB at least, and this much is held in memory. */
const PART_BYTES = 8 * 1024 * 1024;

/** Writes an object. The digest is checked here before anything is visible. */
export async function putObject(place: S3Place, key: string, body: PutBody, options: PutOptions): Promise<PutResult> {
  options.signal?.throwIfAborted();
  if (body.kind === "bytes") return await putBytes(place, key, body.bytes, options);
  if (body.size > PART_BYTES) return await putParts(place, key, body, options);
  const parts = partsOf(body);
  const first = (await parts.next()).value ?? new Uint8Array(0);
  if ((await parts.next()).done !== true) throw mismatch();
  return await putBytes(place, key, first, options);
}

async function putBytes(place: S3Place, key: string, bytes: Uint8Array, options: PutOptions): Promise<PutResult> {
  if (options.sha256 !== undefined && hash("sha256", bytes, "hex") !== options.sha256) throw mismatch();
  const put = new PutObjectCommand({
    Bucket: place.bucket,
    Key: place.prefix + key,
    Body: bytes,
    ContentLength: bytes.length,
    ...conditionOf(options.condition),
  });
  return await conditional(async () => (await place.client.send(put)).ETag);
}

async function putParts(
  place: S3Place,
  key: string,
  body: Extract<PutBody, { kind: "stream" }>,
  options: PutOptions,
): Promise<PutResult> {
  const digest = createHash("sha256");
  const uploadId = await beginParts(place, key);
  try {
    const parts: MultipartPart[] = [];
    for await (const part of partsOf(body)) {
      digest.update(part);
      parts.push(await putPart(place, { key, uploadId, number: parts.length + 1, bytes: part }));
    }
    if (options.sha256 !== undefined && digest.digest("hex") !== options.sha256) throw mismatch();
    const result = await conditional(
      async () => await completeParts(place, { key, uploadId, parts }, options.condition),
    );
    if (result.kind === "conflict") await abortParts(place, key, uploadId);
    return result;
  } catch (error) {
    await abortParts(place, key, uploadId).catch(() => undefined);
    throw error;
  }
}

/** The stream in parts; throws when it is shorter or longer than announced. */
async function* partsOf(body: Extract<PutBody, { kind: "stream" }>): AsyncGenerator<Uint8Array, undefined> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  for await (const chunk of body.stream) {
    total += chunk.length;
    if (total > body.size) throw mismatch();
    chunks.push(chunk);
    size += chunk.length;
    while (size >= PART_BYTES) {
      const all = joinParts(chunks);
      yield all.subarray(0, PART_BYTES);
      chunks = [all.subarray(PART_BYTES)];
      size -= PART_BYTES;
    }
  }
  if (total !== body.size) throw mismatch();
  if (size > 0) yield joinParts(chunks);
  return undefined;
}

async function conditional(write: () => Promise<string | undefined>): Promise<PutResult> {
  return await requiring(async () => {
    try {
      return { kind: "stored", etag: (await write()) ?? "" };
    } catch (error) {
      if (isConflict(error)) return { kind: "conflict" };
      throw error;
    }
  });
}

function conditionOf(condition: PutCondition | undefined): {
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
} {
  if (condition?.kind === "absent") return { IfNoneMatch: "*" };
  return condition?.kind === "etag" ? { IfMatch: condition.etag } : {};
}

/** Starts a multipart upload; gives its id. */
export async function beginParts({ client, bucket, prefix }: S3Place, key: string): Promise<string> {
  return await requiring(async () => {
    const begun = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: prefix + key }));
    if (begun.UploadId === undefined) throw new StoreError("unavailable", "S3 gave no upload");
    return begun.UploadId;
  });
}

/** A part that is to be kept. */
export interface S3Part {
  readonly key: string;
  readonly uploadId: string;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Keeps a part; sent again it replaces the first. */
export async function putPart(place: S3Place, part: S3Part): Promise<MultipartPart> {
  const command = new UploadPartCommand({
    Bucket: place.bucket,
    Key: place.prefix + part.key,
    UploadId: part.uploadId,
    PartNumber: part.number,
    Body: part.bytes,
    ContentLength: part.bytes.length,
  });
  const kept = await requiring(async () => await place.client.send(command));
  return { number: part.number, etag: kept.ETag ?? "" };
}

/** Parts that shall be one object. */
export interface S3Parts {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly MultipartPart[];
}

/** Makes one object of the parts; gives its etag. Failures pass as they are. */
export async function completeParts(
  { client, bucket, prefix }: S3Place,
  { key, uploadId, parts }: S3Parts,
  condition?: PutCondition,
): Promise<string | undefined> {
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: prefix + key,
    UploadId: uploadId,
    MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) },
    ...conditionOf(condition),
  });
  return (await client.send(command)).ETag;
}

/** Forgets a multipart upload. */
export async function abortParts({ client, bucket, prefix }: S3Place, key: string, uploadId: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: prefix + key, UploadId: uploadId });
  await requiring(async () => await client.send(command));
}

/** Forgets the multipart uploads below the prefix that were begun before then, a page of them; says how many. */
export async function abortOlder(place: S3Place, before: number): Promise<number> {
  const { client, bucket, prefix } = place;
  const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix });
  const page = await requiring(async () => await client.send(command));
  const old = (page.Uploads ?? []).filter(({ Initiated }) => Initiated !== undefined && Initiated.getTime() < before);
  for (const { Key: key = "", UploadId: id = "" } of old) await abortParts(place, key.slice(prefix.length), id);
  return old.length;
}

function mismatch(): StoreError {
  return new StoreError("digest-mismatch", "the bytes do not have the digest that they were announced with");
}
