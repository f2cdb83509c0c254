import { parseChallenge } from "./challenge.ts";
import { type Authorizer, type AuthOptions, createAuthorizer, parseJson, readBytes, readText } from "./client-auth.ts";
import { asObject } from "./descriptor.ts";
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
}

/** How a registry is reached. */
export type OciClientOptions = AuthOptions;

interface Call {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly repository: string;
  readonly accept?: string;
  readonly signal: AbortSignal | undefined;
}

/** A client of one registry. It keeps tokens and nothing else. */
export function createOciClient(options: OciClientOptions): OciClient {
  const authorizer = createAuthorizer(options);
  const call = async (wish: Call): Promise<EgressResponse> => await send(options, authorizer, wish);
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
  };
}

async function fetchManifest(
  call: (wish: Call) => Promise<EgressResponse>,
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

/** Pages of tags/list: a registry that always links on is stopped. */
const MAX_PAGES = 200;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

interface TagsWish {
  readonly repository: string;
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

async function fetchTags(
  origin: string,
  call: (wish: Call) => Promise<EgressResponse>,
  { repository, limit, signal }: TagsWish,
): Promise<readonly string[] | undefined> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  for (let page = 0; path !== undefined && page < MAX_PAGES && tags.length < limit; page++) {
    const response = await call({ method: "GET", path, repository, signal });
    if (!(await isFound(response))) return undefined;
    const answer = asObject(parseJson(await readText(response, MAX_PAGE_BYTES)));
    const list = answer?.["tags"];
    if (answer === undefined || (list !== null && list !== undefined && !Array.isArray(list)))
      throw unavailable("the upstream's list of tags is no list");
    for (const tag of list ?? []) if (typeof tag === "string") tags.push(tag);
    path = nextPath(origin, path, response.headers.get("link"));
  }
  return tags.slice(0, limit);
}

/** The target of `Link: <…>; rel="next"` on the same origin. */
function nextPath(origin: string, from: string, link: string | null): string | undefined {
  const target = link === null ? undefined : /^\s*<([^>]{1,4096})>/.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, origin + from)) return undefined;
  const url = new URL(target, origin + from);
  return url.origin === origin ? url.pathname + url.search : undefined;
}

async function send(options: OciClientOptions, authorizer: Authorizer, wish: Call): Promise<EgressResponse> {
  const scope = `repository:${wish.repository}:pull`;
  const known = authorizer.known(scope);
  const first = await sendOnce(options, wish, known);
  if (first.status !== 401) return first;
  const challenge = parseChallenge(first.headers.get("www-authenticate"));
  await first.body?.cancel();
  const header = challenge === undefined ? undefined : await authorizer.answer(challenge, scope, wish.signal);
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

/** False for 404; throws for everything but 200. */
async function isFound(response: EgressResponse): Promise<boolean> {
  if (response.status === 200) return true;
  await response.body?.cancel();
  if (response.status === 404) return false;
  throw answerError(response);
}

/** What an upstream's refusal means to our callers. */
export function answerError(response: Pick<EgressResponse, "status" | "headers">): OciError {
  const { status } = response;
  if (status === 401 || status === 403) return new OciError("DENIED", { message: "the upstream denies access" });
  const seconds = retryAfter(response.headers);
  const known = seconds === undefined ? {} : { retryAfter: seconds };
  if (status === 429) return new OciError("TOOMANYREQUESTS", { message: "the upstream limits requests", ...known });
  if (status === 503) return new OciError("UNAVAILABLE", { message: "the upstream answered 503", ...known });
  return unavailable(`the upstream answered ${status}`);
}

/** Seconds that an answer asks to wait: a number, or a date counted from the answer's own `Date`. Undefined when it says nothing useful. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = /^[0-9]{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - Date.parse(headers.get("date") ?? "")) / 1000);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** A wrong answer; "no answer" is 503. */
function unavailable(message: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message });
}

function contentLength(response: EgressResponse): number | undefined {
  const text = response.headers.get("content-length");
  const length = text === null ? Number.NaN : Number(text);
  const encoded = response.headers.get("content-encoding") !== null;
  return Number.isSafeInteger(length) && length >= 0 && !encoded ? length : undefined;
}
