import { digestAlgorithm, parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag, type RepositoryName, type Tag } from "../../engine/oci/repository-name.ts";
import { digestInvalid } from "../content/blobs.ts";
import { type IncomingBody, readBounded } from "../content/body.ts";
import { deleteManifest, type ManifestHead, type NewManifest, putManifest, tagOf } from "../content/manifests.ts";
import { deleteTag, readTag } from "../content/tags.ts";
import type { HostedProject } from "../projects/project.ts";
import type { LocatedRepository } from "../projects/projects.ts";
import type { ManifestReference } from "../projects/source.ts";
import { authorize } from "./authorize.ts";
import { matches, notModified } from "./blob-routes.ts";
import { cacheControl } from "./caching.ts";
import { type HttpDeps, queryOf, type RequestContext, requireName, wishFor } from "./context.ts";
import { changedTag, pushTag } from "./push.ts";
import type { Answer, HeaderRecord } from "./exchange.ts";
import { empty, missed } from "./respond.ts";
import { assertPullable } from "./signed.ts";
import { quotaWarnings, warned, warningsOf } from "./warning.ts";

/** Tags in one `PUT …/manifests/DIGEST?tag=a&tag=b`; the spec wants at least 10. */
const MAX_TAG_PARAMETERS = 100;

/** `GET`, `HEAD`, `PUT` and `DELETE /v2/NAME/manifests/REFERENCE`. */
export async function handleManifest(context: RequestContext, nameText: string, text: string): Promise<Answer> {
  const name = requireName(nameText);
  switch (context.method) {
    case "GET":
    case "HEAD":
      return await readManifestRoute(context, name, text);
    case "PUT":
      return await putManifestRoute(context, name, text);
    case "DELETE":
      return await deleteManifestRoute(context, name, text);
    default:
      throw new OciError("UNSUPPORTED");
  }
}

function parseReference(text: string): ManifestReference | undefined {
  const tag = parseTag(text);
  if (tag !== undefined) return { kind: "tag", tag };
  const digest = parseDigest(text);
  return digest === undefined ? undefined : { kind: "digest", digest };
}

async function readManifestRoute(context: RequestContext, name: RepositoryName, text: string): Promise<Answer> {
  const wish = wishFor(name, ["pull"]);
  await authorize(context, [wish]);
  const { request, deps } = context;
  const reference = parseReference(text);
  if (reference === undefined) return missed("MANIFEST_UNKNOWN");
  const at = await deps.projects.locate(name);
  const { source, repository } = at;
  const head = await source.manifest(repository, reference);
  if (head === undefined) return missed("MANIFEST_UNKNOWN");
  if (deps.signatures !== undefined) await assertPullable(context, name, at, head);
  const cache = await cacheControl(context, wish, reference.kind === "digest" ? "digest" : "name");
  const answer = matches(request, head.digest)
    ? notModified(head.digest, cache)
    : await manifestAnswer(context, at, head, cache);
  return warned(answer, warningsOf(head));
}

async function manifestAnswer(
  context: RequestContext,
  { source, repository }: LocatedRepository,
  head: ManifestHead,
  cache: string,
): Promise<Answer> {
  const headers: HeaderRecord = {
    "content-type": head.mediaType,
    "content-length": String(head.size),
    "docker-content-digest": head.digest,
    etag: `"${head.digest}"`,
    "cache-control": cache,
  };
  if (context.method === "HEAD") return empty(200, headers);
  const bytes = await source.manifestBytes(repository, head);
  if (bytes === undefined) return missed("MANIFEST_UNKNOWN");
  return { status: 200, headers, body: bytes };
}

async function putManifestRoute(context: RequestContext, name: RepositoryName, text: string): Promise<Answer> {
  const actor = await authorize(context, [wishFor(name, ["pull", "push"])]);
  const { deps, request } = context;
  const project = deps.projects.locateHosted(name);
  const reference = parseReference(text);
  if (reference === undefined) throw invalidReference(text);
  const tags = reference.kind === "tag" ? [reference.tag] : tagParameters(context);
  const bytes = await manifestBody(request.body);
  const item = await newManifest(deps, { bytes, contentType: request.headers.get("content-type"), reference });
  const until = await storeManifest(context, { project, name, item });
  for (const tag of tags) await pushTag(deps, { project, name, tag, item, actor, until });
  const answer = empty(201, putHeaders(name, item, reference.kind === "tag" ? [] : tags));
  return warned(answer, quotaWarnings(project.name, await deps.room.filled(name)));
}

function invalidReference(text: string): OciError {
  return text.includes(":") ? digestInvalid() : new OciError("MANIFEST_INVALID", { message: "invalid tag" });
}

function tagParameters(context: RequestContext): readonly Tag[] {
  if (context.search === "") return [];
  const texts = queryOf(context).getAll("tag");
  if (texts.length > MAX_TAG_PARAMETERS) throw new OciError("SIZE_INVALID", { status: 414, message: "too many tags" });
  return texts.map((text) => {
    const tag = parseTag(text);
    if (tag === undefined) throw new OciError("MANIFEST_INVALID", { message: "invalid tag" });
    return tag;
  });
}

async function manifestBody(body: IncomingBody): Promise<Uint8Array> {
  if (body.length !== undefined && body.length > MAX_MANIFEST_BYTES) throw tooLarge();
  if (body.length !== undefined) return await body.bytes();
  const bytes = body.stream === null ? new Uint8Array(0) : await readBounded(body.stream, MAX_MANIFEST_BYTES);
  if (bytes === undefined) throw tooLarge();
  return bytes;
}

function tooLarge(): OciError {
  return new OciError("SIZE_INVALID", { message: "manifest is too large" });
}

interface IncomingManifest {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  readonly reference: ManifestReference;
}

async function newManifest(deps: HttpDeps, { bytes, contentType, reference }: IncomingManifest): Promise<NewManifest> {
  const manifest = parseManifest(bytes, contentType ?? undefined);
  const algorithm = reference.kind === "digest" ? digestAlgorithm(reference.digest) : "sha256";
  const digest = await deps.digest(bytes, algorithm);
  if (reference.kind === "digest" && digest !== reference.digest) throw digestInvalid();
  return { digest, bytes, manifest };
}

interface Push {
  readonly project: HostedProject;
  readonly name: RepositoryName;
  readonly item: NewManifest;
}

/** Gives the time until which a tag may be pointed at it. */
async function storeManifest({ deps }: RequestContext, { project, name, item }: Push): Promise<number> {
  return await putManifest(deps, name, item, { sparse: project.sparseImages === true });
}

function putHeaders(name: RepositoryName, item: NewManifest, tags: readonly Tag[]): HeaderRecord {
  const headers: HeaderRecord = {
    location: `/v2/${name}/manifests/${item.digest}`,
    "docker-content-digest": item.digest,
  };
  if (item.manifest.subject !== undefined) headers["oci-subject"] = item.manifest.subject.digest;
  if (tags.length > 0) headers["oci-tag"] = tags.join(", ");
  return headers;
}

/** A tag that may not move may not be deleted and pushed anew either. Retention may expire it. Throws OciError `DENIED`. */
async function assertUntagged({ store }: HttpDeps, name: RepositoryName, reference: ManifestReference): Promise<void> {
  if (reference.kind === "tag" && (await readTag(store, name, reference.tag)) === undefined) return;
  const tag = reference.kind === "tag" ? reference.tag : await tagOf(store, name, reference.digest);
  if (tag === undefined) return;
  throw new OciError("DENIED", { message: `tag ${tag} is immutable`, detail: { tag } });
}

async function deleteManifestRoute(context: RequestContext, name: RepositoryName, text: string): Promise<Answer> {
  await authorize(context, [wishFor(name, ["delete"])]);
  const { deps } = context;
  const project = deps.projects.locateHosted(name);
  const reference = parseReference(text);
  if (reference === undefined) throw new OciError("MANIFEST_UNKNOWN");
  if (project.immutableTags === true) await assertUntagged(deps, name, reference);
  const removed =
    reference.kind === "tag"
      ? await deleteTag(deps.store, name, reference.tag)
      : await deleteManifest(deps.store, name, reference.digest);
  if (!removed) throw new OciError("MANIFEST_UNKNOWN");
  await changedTag(deps, project.name, name);
  return empty(202);
}
