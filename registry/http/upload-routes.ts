import { type Digest, parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import { linkBlob, repositoriesWith, requireDigest, statBlob } from "../content/blobs.ts";
import type { IncomingBody } from "../content/body.ts";
import {
  appendUpload,
  beginUpload,
  cancelUpload,
  finishUpload,
  readUpload,
  storeWhole,
  type Upload,
  wholeBody,
} from "../content/uploads.ts";
import { authorize, isAllowed, isOffered } from "./authorize.ts";
import { mountFrom, queryOf, type RequestContext, requireName, wishFor } from "./context.ts";
import type { Answer, RequestHead } from "./exchange.ts";
import { empty } from "./respond.ts";

/** `POST /v2/NAME/blobs/uploads/`: starts an upload, takes a whole blob (`digest`), or mounts one (`mount`). */
export async function handleUploads(context: RequestContext, nameText: string): Promise<Answer> {
  if (context.method !== "POST") throw new OciError("UNSUPPORTED");
  const name = requireName(nameText);
  await authorize(context, [wishFor(name, ["pull", "push"])]);
  context.deps.projects.locateHosted(name);
  const query = context.search === "" ? undefined : queryOf(context);
  const mount = query?.get("mount");
  if (query !== undefined && typeof mount === "string") {
    const mounted = await mountBlob(context, name, requireDigest(mount), query.get("from"));
    if (mounted !== undefined) return mounted;
  }
  const digest = query?.get("digest");
  if (typeof digest === "string") return await takeWhole(context, name, requireDigest(digest));
  const id = beginUpload(context.deps, name);
  return empty(202, { location: uploadLocation(name, id), range: "0-0", "docker-upload-uuid": id });
}

async function takeWhole(context: RequestContext, name: RepositoryName, digest: Digest): Promise<Answer> {
  const { deps } = context;
  const body = context.request.body;
  const whole = await wholeBody(deps, body);
  if (whole !== undefined) return await linked(context, name, digest, await storeWhole(deps.store, digest, whole));
  const upload = await readUpload(deps, name, beginUpload(deps, name));
  return await linked(context, name, digest, await finishUpload(deps, upload, digest, body));
}

async function linked(context: RequestContext, name: RepositoryName, digest: Digest, size: number): Promise<Answer> {
  await linkBlob(context.deps, name, digest, size);
  return created(name, digest);
}

function created(name: RepositoryName, digest: Digest): Answer {
  return empty(201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
}

/** Only a repository that the caller may mount from lends its link; undefined otherwise, and an upload starts instead. */
async function mountBlob(
  context: RequestContext,
  name: RepositoryName,
  digest: Digest,
  from: string | null,
): Promise<Answer | undefined> {
  const { store } = context.deps;
  const source = from === null ? undefined : parseRepositoryName(from);
  if (source !== undefined) {
    const may = await isOffered(context, mountFrom(source), wishFor(name, ["pull", "push"]));
    const size = may ? await statBlob(store, source, digest) : undefined;
    return size === undefined ? undefined : await linked(context, name, digest, size);
  }
  for (const candidate of await repositoriesWith(store, digest)) {
    const size = await statBlob(store, candidate, digest);
    if (size !== undefined && (await isAllowed(context, mountFrom(candidate)))) {
      return await linked(context, name, digest, size);
    }
  }
  return undefined;
}

/** `GET`, `PATCH`, `PUT` and `DELETE` on the Location of an upload. */
export async function handleUpload(context: RequestContext, nameText: string, id: string): Promise<Answer> {
  const name = requireName(nameText);
  await authorize(context, [wishFor(name, ["pull", "push"])]);
  const { deps } = context;
  const upload = await readUpload(deps, name, id);
  switch (context.method) {
    case "GET":
      return empty(204, progress(name, upload));
    case "PATCH":
      return await patchUpload(context, name, upload);
    case "PUT":
      return await putUpload(context, name, upload);
    case "DELETE":
      await cancelUpload(deps.store, upload);
      return empty(204);
    default:
      throw new OciError("UNSUPPORTED");
  }
}

async function patchUpload(context: RequestContext, name: RepositoryName, upload: Upload): Promise<Answer> {
  const body = context.request.body;
  if (!inOrder(context.request, upload, body)) return empty(416, progress(name, upload));
  return empty(202, progress(name, await appendUpload(context.deps, upload, body)));
}

async function putUpload(context: RequestContext, name: RepositoryName, upload: Upload): Promise<Answer> {
  const text = queryOf(context).get("digest");
  const digest = text === null ? undefined : parseDigest(text);
  if (digest === undefined) throw new OciError("DIGEST_INVALID", { message: "invalid digest" });
  const body = context.request.body;
  if (!inOrder(context.request, upload, body)) return empty(416, progress(name, upload));
  return await linked(context, name, digest, await finishUpload(context.deps, upload, digest, body));
}

/** True when a stated Content-Range starts where the upload stands and is as long as the body. */
function inOrder(request: RequestHead, upload: Upload, body: IncomingBody): boolean {
  const header = request.headers.get("content-range");
  if (header === null || body.length === 0) return true;
  const range = /^(?:bytes )?([0-9]{1,15})-([0-9]{1,15})$/.exec(header);
  if (range === null) throw new OciError("BLOB_UPLOAD_INVALID", { message: "malformed Content-Range" });
  const start = Number(range[1]);
  const length = Number(range[2]) - start + 1;
  if (body.length !== undefined && body.length !== length) throw new OciError("SIZE_INVALID", { status: 400 });
  return start === upload.state.offset;
}

function uploadLocation(name: RepositoryName, id: string): string {
  return `/v2/${name}/blobs/uploads/${id}`;
}

function progress(name: RepositoryName, upload: Upload): Record<string, string> {
  return {
    location: uploadLocation(name, upload.id),
    range: `0-${Math.max(0, upload.state.offset - 1)}`,
    "docker-upload-uuid": upload.id,
  };
}
