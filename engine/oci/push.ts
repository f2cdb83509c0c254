import { digestOf } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { EgressError } from "./egress-error.ts";
import { MANIFEST_ACCEPT, OCI_MANIFEST } from "./media-type.ts";
import { responseError } from "./registry-session.ts";
import type { RegistrySession, SessionRequest } from "./registry-session.ts";
import { TransferError } from "./transfer-error.ts";

/** Where content goes to. */
export interface PushTarget {
  readonly session: RegistrySession;
  readonly repository: string;
}

/** True for a path of the repository, `blobs/DIGEST` or `manifests/REFERENCE`, that is there. Throws {@link TransferError}. */
export async function isPushed({ session, repository }: PushTarget, path: string): Promise<boolean> {
  const url = `${session.origin}/v2/${repository}/${path}`;
  const request: SessionRequest = { method: "HEAD", url, repository, headers: { accept: MANIFEST_ACCEPT } };
  const response = await during("Exists", () => session.send(request));
  await response.body?.cancel();
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  throw prefixed("Exists", await responseError(request, response));
}

/** Sends a blob unless it is there. Throws {@link TransferError}. */
export async function pushBlob(request: PushTarget, data: Uint8Array): Promise<void> {
  const { session, repository } = request;
  const digest = await digestOf(data);
  if (await isPushed(request, `blobs/${digest}`)) return;
  const start: SessionRequest = {
    method: "POST",
    url: `${session.origin}/v2/${repository}/blobs/uploads/`,
    repository,
  };
  const begun = await during("Push", () => session.send(start));
  if (begun.status !== 202) throw prefixed("Push", await responseError(start, begun));
  await begun.body?.cancel();
  const put: SessionRequest = {
    method: "PUT",
    url: uploadUrl(start.url, begun.headers.get("location"), digest),
    repository,
    headers: { "content-type": "application/octet-stream" },
    body: data,
  };
  const done = await during("Push", () => session.send(put));
  if (done.status !== 201) throw prefixed("Push", await responseError(put, done));
  await done.body?.cancel();
}

/** Where the bytes go: the place that the registry names, on its own host. */
function uploadUrl(from: string, location: string | null, digest: Digest): string {
  const url = location === null ? null : URL.parse(location, from);
  const own = new URL(from);
  if (url === null) throw new TransferError("refused", `failed to perform "Push" on destination: no upload location`);
  if (url.host !== own.host || (own.protocol === "https:" && url.protocol !== "https:")) {
    const text = `blob upload Location ${JSON.stringify(location)} is on a different host than the registry "${own.host}"`;
    throw new TransferError("refused", `failed to perform "Push" on destination: ${text}`);
  }
  url.searchParams.set("digest", digest);
  return url.href;
}

/** Puts a manifest under a tag or its digest, and gives the headers of the answer. Throws {@link TransferError}. */
export async function pushManifest(
  { session, repository }: PushTarget,
  manifest: Uint8Array,
  reference: string,
  mediaType: string = OCI_MANIFEST,
): Promise<Headers> {
  const request: SessionRequest = {
    method: "PUT",
    url: `${session.origin}/v2/${repository}/manifests/${reference}`,
    repository,
    headers: { "content-type": mediaType },
    body: manifest,
  };
  const response = await during("PushReference", () => session.send(request));
  if (response.status !== 201) throw prefixed("PushReference", await responseError(request, response));
  await response.body?.cancel();
  return response.headers;
}

async function during<T>(step: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof EgressError) throw prefixed(step, error);
    throw error;
  }
}

function prefixed(step: string, cause: Error): TransferError {
  return new TransferError("refused", `failed to perform "${step}" on destination: ${cause.message}`, { cause });
}
