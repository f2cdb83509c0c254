import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { requireDigest, unlinkBlob } from "../content/blobs.ts";
import { authorize } from "./authorize.ts";
import { cacheControl } from "./caching.ts";
import { type RequestContext, requireName, wishFor } from "./context.ts";
import { parseRange } from "./range.ts";
import type { Answer, HeaderRecord, RequestHead } from "./exchange.ts";
import { empty, missed } from "./respond.ts";

/** `GET`, `HEAD` and `DELETE /v2/NAME/blobs/DIGEST`. */
export async function handleBlob(context: RequestContext, nameText: string, digestText: string): Promise<Answer> {
  const name = requireName(nameText);
  switch (context.method) {
    case "GET":
    case "HEAD":
      return await readBlob(context, name, digestText);
    case "DELETE":
      return await deleteBlob(context, name, digestText);
    default:
      throw new OciError("UNSUPPORTED");
  }
}

async function readBlob(context: RequestContext, name: RepositoryName, digestText: string): Promise<Answer> {
  const wish = wishFor(name, ["pull"]);
  await authorize(context, [wish]);
  const digest = requireDigest(digestText);
  const { request, deps } = context;
  const { source, repository } = await deps.projects.locate(name);
  const cache = await cacheControl(context, wish, "digest");
  const rangeHeader = rangeOf(request, digest);
  const isKnown = matches(request, digest);
  if (context.method === "HEAD" || rangeHeader !== null || isKnown) {
    const size = await source.blobSize(repository, digest);
    if (size === undefined) return missed("BLOB_UNKNOWN");
    if (isKnown) return notModified(digest, cache);
    if (context.method === "HEAD") return empty(200, blobHeaders(digest, size, cache));
    const range = parseRange(rangeHeader, size);
    if (range === "unsatisfiable") return unsatisfiable(size);
    if (range !== undefined) {
      const part = await source.blob(repository, digest, range);
      if (part === undefined) return missed("BLOB_UNKNOWN");
      const headers = blobHeaders(digest, range.length, cache);
      headers["content-range"] = `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
      return { status: 206, headers, body: part.body };
    }
  }
  const blob = await source.blob(repository, digest, undefined);
  if (blob === undefined) return missed("BLOB_UNKNOWN");
  return { status: 200, headers: blobHeaders(digest, blob.size, cache), body: blob.body };
}

/** The part that is asked for; none where the caller has parts of something else (RFC 9110, 13.1.5). */
function rangeOf({ headers }: RequestHead, digest: string): string | null {
  const range = headers.get("range");
  const of = range === null ? null : headers.get("if-range");
  return of === null || of === `"${digest}"` ? range : null;
}

/** True when the caller has this content already. */
export function matches(request: RequestHead, digest: string): boolean {
  const header = request.headers.get("if-none-match");
  return header !== null && (header === "*" || header.includes(`"${digest}"`));
}

/** 304: the caller's copy is still what is here. */
export function notModified(digest: string, cache: string): Answer {
  return empty(304, { "docker-content-digest": digest, etag: `"${digest}"`, "cache-control": cache });
}

function blobHeaders(digest: string, length: number, cache: string): HeaderRecord {
  return {
    "content-type": "application/octet-stream",
    "content-length": String(length),
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
    "cache-control": cache,
  };
}

function unsatisfiable(size: number): Answer {
  return empty(416, { "content-range": `bytes */${size}` });
}

async function deleteBlob(context: RequestContext, name: RepositoryName, digestText: string): Promise<Answer> {
  await authorize(context, [wishFor(name, ["delete"])]);
  const digest = requireDigest(digestText);
  context.deps.projects.locateHosted(name);
  if (!(await unlinkBlob(context.deps.store, name, digest))) throw new OciError("BLOB_UNKNOWN");
  return empty(202);
}
