import { parseChallenge } from "./challenge.ts";
import { type Ask, type Call, isFound, unavailable } from "./client-answer.ts";
import { type Authorizer, type AuthOptions, createAuthorizer, readBytes } from "./client-auth.ts";
import { fetchReferrers, fetchTags } from "./client-lists.ts";
import type { Descriptor } from "./descriptor.ts";
import { type Digest, digestAlgorithm, digestOf, parseDigest } from "./digest.ts";
import type { EgressResponse } from "./egress.ts";
import { OciError } from "./error.ts";
import { sendFollowing } from "./follow.ts";
import { MAX_MANIFEST_BYTES } from "./manifest.ts";
import { bareMediaType, MANIFEST_ACCEPT, OCI_MANIFEST } from "./media-type.ts";

/** A manifest as another registry gave it; the bytes have the digest. */
export interface FetchedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A blob that is coming in. Its bytes are not checked yet. */
export interface FetchedBlob {
  /** Absent when the registry does not say. */
  readonly size?: number;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * Another registry. `undefined` is 404; OciError says the rest: `DENIED` (401 and 403 after signing in), `TOOMANYREQUESTS`,
 * `UNAVAILABLE` (5xx, answers that are none, bytes without their digest). EgressErrors pass.
 */
export interface OciClient {
  readonly manifest: (
    repository: string,
    reference: string,
    signal?: AbortSignal,
  ) => Promise<FetchedManifest | undefined>;
  /** The digest that a tag has now, by HEAD; `"unknown"` when the registry does not tell. */
  readonly resolve: (repository: string, tag: string, signal?: AbortSignal) => Promise<Digest | "unknown" | undefined>;
  readonly blob: (repository: string, digest: Digest, signal?: AbortSignal) => Promise<FetchedBlob | undefined>;
  readonly blobSize: (repository: string, digest: Digest, signal?: AbortSignal) => Promise<number | undefined>;
  /** All tags, page by page, at most `limit`. */
  readonly tags: (repository: string, limit: number, signal?: AbortSignal) => Promise<readonly string[] | undefined>;
  /**
   * All that refers to a manifest, by the registry's own list or, where it keeps none, by the tag that stands in for it; empty where there
   * is nothing, not even the repository.
   */
  readonly referrers: (repository: string, subject: Digest, signal?: AbortSignal) => Promise<readonly Descriptor[]>;
}

/** How a registry is reached. */
export type OciClientOptions = AuthOptions;

/** A client of one registry. It keeps tokens and nothing else. */
export function createOciClient(options: OciClientOptions): OciClient {
  const authorizer = createAuthorizer(options);
  const call: Ask = async (wish) => await send(options, authorizer, wish);
  return {
    manifest: async (repository, reference, signal) => await fetchManifest(call, repository, reference, signal),
    resolve: async (repository, tag, signal) => {
      const path = `/v2/${repository}/manifests/${tag}`;
      const response = await call({ method: "HEAD", path, repository, accept: MANIFEST_ACCEPT, signal });
      if (!(await isFound(response))) return undefined;
      return parseDigest(response.headers.get("docker-content-digest") ?? "") ?? "unknown";
    },
    blob: async (repository, digest, signal) => {
      const response = await call({ method: "GET", path: `/v2/${repository}/blobs/${digest}`, repository, signal });
      if (!(await isFound(response))) return undefined;
      if (response.body === null) throw unavailable("the registry sent no blob");
      const size = contentLength(response);
      return size === undefined ? { body: response.body } : { body: response.body, size };
    },
    blobSize: async (repository, digest, signal) => {
      const response = await call({ method: "HEAD", path: `/v2/${repository}/blobs/${digest}`, repository, signal });
      if (!(await isFound(response))) return undefined;
      const type = response.headers.get("content-type") ?? "";
      if (bareMediaType(type) === "text/html") throw unavailable("the upstream answers a page for a blob");
      return contentLength(response);
    },
    tags: async (repository, limit, signal) => await fetchTags(options.origin, call, { repository, limit, signal }),
    referrers: async (repository, subject, signal) =>
      await fetchReferrers(options.origin, call, { repository, subject, signal }),
  };
}

async function fetchManifest(
  call: Ask,
  repository: string,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest | undefined> {
  const path = `/v2/${repository}/manifests/${reference}`;
  const response = await call({ method: "GET", path, repository, accept: MANIFEST_ACCEPT, signal });
  if (!(await isFound(response))) return undefined;
  const bytes = await readBytes(response, MAX_MANIFEST_BYTES);
  const stated = parseDigest(reference) ?? parseDigest(response.headers.get("docker-content-digest") ?? "");
  const digest = await digestOf(bytes, stated === undefined ? "sha256" : digestAlgorithm(stated));
  if (stated !== undefined && stated !== digest) {
    throw unavailable("the upstream's manifest does not have its digest");
  }
  const type = response.headers.get("content-type");
  return { digest, mediaType: type === null ? OCI_MANIFEST : bareMediaType(type), bytes };
}

async function send(options: OciClientOptions, authorizer: Authorizer, wish: Call): Promise<EgressResponse> {
  const scope = `repository:${wish.repository}:pull`;
  const known = authorizer.known(scope);
  const first = await sendOnce(options, wish, known);
  if (first.status !== 401) return first;
  const challenge = parseChallenge(first.headers.get("www-authenticate"));
  await first.body?.cancel();
  const header =
    challenge === undefined
      ? undefined
      : await authorizer.answer(challenge, { scope, refused: known, signal: wish.signal });
  if (header === undefined) throw new OciError("DENIED", { message: "the upstream wants credentials" });
  return await sendOnce(options, wish, header);
}

async function sendOnce(
  options: OciClientOptions,
  wish: Call,
  authorization: string | undefined,
): Promise<EgressResponse> {
  return await sendFollowing(options.egress, {
    method: wish.method,
    url: options.origin + wish.path,
    headers: wish.accept === undefined ? {} : { accept: wish.accept },
    policy: options.policy,
    ...(authorization === undefined ? {} : { authorization }),
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
  });
}

function contentLength(response: EgressResponse): number | undefined {
  const text = response.headers.get("content-length");
  const length = text === null ? Number.NaN : Number(text);
  const encoded = response.headers.get("content-encoding") !== null;
  return Number.isSafeInteger(length) && length >= 0 && !encoded ? length : undefined;
}
