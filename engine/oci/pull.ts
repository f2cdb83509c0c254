import { readBytes } from "./client-auth.ts";
import type { Descriptor } from "./descriptor.ts";
import { digestAlgorithm, digestOf, parseDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { bareMediaType, MANIFEST_ACCEPT } from "./media-type.ts";
import { responseError } from "./registry-session.ts";
import type { RegistrySession, SessionRequest } from "./registry-session.ts";
import { TransferError } from "./transfer-error.ts";

/** Where content comes from. */
export interface PullTarget {
  readonly session: RegistrySession;
  readonly repository: string;
}

/** A manifest with the digest and the size of its bytes. */
export interface PulledManifest {
  readonly digest: Digest;
  readonly size: number;
  readonly manifest: Manifest;
}

/** The manifest of a tag or digest; `undefined` when there is none. Throws {@link TransferError}. */
export async function fetchManifest(
  { session, repository }: PullTarget,
  reference: string,
): Promise<PulledManifest | undefined> {
  const request: SessionRequest = {
    method: "GET",
    url: `${session.origin}/v2/${repository}/manifests/${reference}`,
    repository,
    headers: { accept: MANIFEST_ACCEPT },
  };
  const response = await session.send(request);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (response.status !== 200) throw await responseError(request, response);
  const bytes = await readBytes(response, MAX_MANIFEST_BYTES);
  const stated = parseDigest(reference) ?? parseDigest(response.headers.get("docker-content-digest") ?? "");
  const digest = await digestOf(bytes, stated === undefined ? "sha256" : digestAlgorithm(stated));
  if (stated !== undefined && stated !== digest) throw refused("mismatched digest");
  const type = response.headers.get("content-type");
  return {
    digest,
    size: bytes.length,
    manifest: parseManifest(bytes, type === null ? undefined : bareMediaType(type)),
  };
}

/** The bytes of a blob, which have its digest. Throws {@link TransferError}. */
export async function fetchBlob(
  { session, repository }: PullTarget,
  descriptor: Descriptor,
  limit: number,
): Promise<Uint8Array> {
  const request: SessionRequest = {
    method: "GET",
    url: `${session.origin}/v2/${repository}/blobs/${descriptor.digest}`,
    repository,
  };
  const response = await session.send(request);
  if (response.status !== 200) throw await responseError(request, response);
  if (descriptor.size > limit) throw refused("the content is larger than it may be");
  const data = await readBytes(response, descriptor.size);
  const digest = await digestOf(data, digestAlgorithm(descriptor.digest));
  if (digest !== descriptor.digest) throw refused("mismatched digest");
  return data;
}

/** The target of `Link: <…>`, which has to stay on the same origin; `undefined` without one. Throws {@link TransferError}. */
export function nextPage(from: string, link: string | null): string | undefined {
  if (link === null || link === "") return undefined;
  const target = /^\s*<([^>]{1,4096})>/.exec(link)?.[1];
  if (target === undefined) throw refused(`invalid next link ${JSON.stringify(link)}: missing '<'`);
  const next = URL.parse(target, from);
  if (next === null || next.origin !== new URL(from).origin) {
    throw refused(`invalid next link ${JSON.stringify(target)}: not the same origin as ${JSON.stringify(from)}`);
  }
  return next.href;
}

function refused(message: string): TransferError {
  return new TransferError("refused", message);
}
