import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { requireDigest, unlinkBlob } from "../content/blobs.ts";
import { authorize } from "./authorize.ts";
import { type RequestContext, requireName, wishFor } from "./context.ts";
import { parseRange } from "./range.ts";
import { empty, type HeaderRecord, missed } from "./respond.ts";

/** `GET`, `HEAD` and `DELETE /v2/NAME/blobs/DIGEST`. */
export async function handleBlob(context: RequestContext, nameText: string, digestText: string): Promise<Response> {
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

async function readBlob(context: RequestContext, name: RepositoryName, digestText: string): Promise<Response> {
  await authorize(context, [wishFor(name, ["pull"])]);
  const digest = requireDigest(digestText);
  const { request, deps } = context;
  const { source, repository } = await deps.projects.locate(name);
  const rangeHeader = request.headers.get("range");
  if (context.method === "HEAD" || rangeHeader !== null) {
    const size = await source.blobSize(repository, digest);
    if (size === undefined) return missed("BLOB_UNKNOWN");
    if (context.method === "HEAD") return empty(200, blobHeaders(digest, size));
    const range = parseRange(rangeHeader, size);
    if (range === "unsatisfiable") return unsatisfiable(size);
    if (range !== undefined) {
      const part = await source.blob(repository, digest, range);
      if (part === undefined) return missed("BLOB_UNKNOWN");
      const headers = blobHeaders(digest, range.length);
      headers["content-range"] = `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
      return new Response(bodyOf(part.body), { status: 206, headers });
    }
  }
  if (matches(request, digest)) return empty(304, { etag: `"${digest}"` });
  const blob = await source.blob(repository, digest, undefined);
  if (blob === undefined) return missed("BLOB_UNKNOWN");
  return new Response(bodyOf(blob.body), { status: 200, headers: blobHeaders(digest, blob.size) });
}

/** A body for `Response`, whose type wants bytes over a plain ArrayBuffer; ours always are. */
export function bodyOf(body: ReadableStream<Uint8Array> | Uint8Array): BodyInit {
  return body instanceof Uint8Array ? plainBytes(body) : body;
}

function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, bytes.byteOffset, bytes.byteLength);
  return new Uint8Array(bytes);
}

/** True when the caller has this content already. */
export function matches(request: Request, digest: string): boolean {
  const header = request.headers.get("if-none-match");
  return header !== null && (header === "*" || header.includes(`"${digest}"`));
}

function blobHeaders(digest: string, length: number): HeaderRecord {
  return {
    "content-type": "application/octet-stream",
    "content-length": String(length),
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
  };
}

function unsatisfiable(size: number): Response {
  return empty(416, { "content-range": `bytes */${size}` });
}

async function deleteBlob(context: RequestContext, name: RepositoryName, digestText: string): Promise<Response> {
  await authorize(context, [wishFor(name, ["delete"])]);
  const digest = requireDigest(digestText);
  context.deps.projects.locateHosted(name);
  if (!(await unlinkBlob(context.deps.store, name, digest))) throw new OciError("BLOB_UNKNOWN");
  return empty(202);
}
