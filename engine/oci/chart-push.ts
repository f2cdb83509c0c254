import type { Metadata } from "../chart/chart.ts";
import { chartConfig, chartManifest } from "./chart-artifact.ts";
import type { StoredBytes } from "./chart-artifact.ts";
import { digestOf } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { MANIFEST_ACCEPT, OCI_MANIFEST } from "./media-type.ts";
import { responseError } from "./registry-session.ts";
import type { RegistrySession, SessionRequest } from "./registry-session.ts";
import { TransferError } from "./transfer-error.ts";
import { EgressError } from "./egress-error.ts";

/** A chart on its way into a registry. */
export interface PushRequest {
  readonly session: RegistrySession;
  readonly repository: string;
  readonly tag: string;
  readonly metadata: Metadata;
  readonly archive: Uint8Array;
  readonly provenance?: Uint8Array | undefined;
  /** RFC 3339. */
  readonly created: string;
}

/** Pushes a chart as `helm push` does: the same manifest, blobs that are there already are not sent again. Gives the manifest's digest. */
export async function pushChart(request: PushRequest): Promise<Digest> {
  const { metadata, archive, provenance, created, tag } = request;
  const config = chartConfig(metadata);
  const blobs = [config, archive, ...(provenance === undefined ? [] : [provenance])];
  const [storedConfig, storedArchive, storedProvenance] = await Promise.all(blobs.map(stored));
  if (storedConfig === undefined || storedArchive === undefined) throw new Error("a chart has a config and an archive");
  const manifest = chartManifest({
    metadata,
    config: storedConfig,
    archive: storedArchive,
    ...(storedProvenance === undefined ? {} : { provenance: storedProvenance }),
    created,
  });
  const digest = await digestOf(manifest);
  if (!(await exists(request, `manifests/${digest}`))) {
    for (const data of blobs) await pushBlob(request, data);
  }
  await pushManifest(request, manifest, tag);
  return digest;
}

async function stored(data: Uint8Array): Promise<StoredBytes> {
  return { digest: await digestOf(data), size: data.length };
}

async function exists({ session, repository }: PushRequest, path: string): Promise<boolean> {
  const url = `${session.origin}/v2/${repository}/${path}`;
  const request: SessionRequest = { method: "HEAD", url, repository, headers: { accept: MANIFEST_ACCEPT } };
  const response = await during("Exists", () => session.send(request));
  await response.body?.cancel();
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  throw prefixed("Exists", await responseError(request, response));
}

async function pushBlob(request: PushRequest, data: Uint8Array): Promise<void> {
  const { session, repository } = request;
  const digest = await digestOf(data);
  if (await exists(request, `blobs/${digest}`)) return;
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

async function pushManifest({ session, repository }: PushRequest, manifest: Uint8Array, tag: string): Promise<void> {
  const request: SessionRequest = {
    method: "PUT",
    url: `${session.origin}/v2/${repository}/manifests/${tag}`,
    repository,
    headers: { "content-type": OCI_MANIFEST },
    body: manifest,
  };
  const response = await during("PushReference", () => session.send(request));
  if (response.status !== 201) throw prefixed("PushReference", await responseError(request, response));
  await response.body?.cancel();
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
