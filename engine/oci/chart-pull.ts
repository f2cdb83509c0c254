import { parseJson, readText } from "./client-auth.ts";
import { asObject } from "./descriptor.ts";
import type { Descriptor } from "./descriptor.ts";
import { parseDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import type { EgressResponse } from "./egress.ts";
import type { ImageManifest } from "./manifest.ts";
import {
  HELM_CHART_LAYER,
  HELM_CONFIG,
  HELM_LEGACY_CHART_LAYER,
  HELM_PROVENANCE_LAYER,
  MANIFEST_ACCEPT,
} from "./media-type.ts";
import { fetchBlob, fetchManifest, nextPage } from "./pull.ts";
import type { PullTarget } from "./pull.ts";
import { responseError } from "./registry-session.ts";
import type { RegistrySession, SessionRequest } from "./registry-session.ts";
import { TransferError } from "./transfer-error.ts";

/** Archives above this are refused by Helm when they are loaded, so they are not fetched either. */
const MAX_BLOB_BYTES = 104_857_600;

/** Which chart: `reference` is a tag or a digest. */
export interface PullRequest extends PullTarget {
  /** As Helm shows it: `HOST/REPOSITORY:TAG`. */
  readonly shown: string;
  readonly reference: string;
}

/** One layer of a chart. */
export interface PulledLayer {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly data: Uint8Array;
  readonly isLegacy: boolean;
}

/** Fetches the archive of a chart, or its provenance. Throws {@link TransferError} with Helm's text. */
export async function pullLayer(request: PullRequest, layer: "chart" | "provenance"): Promise<PulledLayer> {
  const { digest, descriptors } = await fetchDescriptors(request, layer);
  const wanted = descriptors.filter(({ mediaType }) => isLayer(mediaType, layer)).at(-1);
  const config = descriptors.find(({ mediaType }) => mediaType === HELM_CONFIG);
  const count = descriptors.length + 1;
  const least = 2;
  if (count < least) {
    throw refused(`manifest does not contain minimum number of descriptors (${least}), descriptors found: ${count}`);
  }
  if (config === undefined) throw refused(`could not load config with mediatype ${HELM_CONFIG}`);
  if (wanted === undefined) {
    const type = layer === "chart" ? HELM_CHART_LAYER : HELM_PROVENANCE_LAYER;
    throw refused(`manifest does not contain a layer with mediatype ${type}`);
  }
  const data = await fetchBlob(request, wanted, MAX_BLOB_BYTES);
  return { digest, data, isLegacy: wanted.mediaType === HELM_LEGACY_CHART_LAYER };
}

function isLayer(mediaType: string, layer: "chart" | "provenance"): boolean {
  if (layer === "provenance") return mediaType === HELM_PROVENANCE_LAYER;
  return mediaType === HELM_CHART_LAYER || mediaType === HELM_LEGACY_CHART_LAYER;
}

interface Found {
  readonly digest: Digest;
  /** What of the manifest, or of all manifests of an index, is for Helm. */
  readonly descriptors: readonly Descriptor[];
}

/** Manifests of one index that are looked into. */
const MAX_CHILDREN = 100;

async function fetchDescriptors(request: PullRequest, layer: "chart" | "provenance"): Promise<Found> {
  const top = await fetchManifest(request, request.reference);
  if (top === undefined) {
    throw new TransferError("not-found", `failed to perform "FetchReference" on source: ${request.shown}: not found`);
  }
  const { digest, manifest } = top;
  const keep = ({ mediaType }: Descriptor): boolean => mediaType === HELM_CONFIG || isLayer(mediaType, layer);
  if (manifest.kind === "image") return { digest, descriptors: partsOf(manifest).filter(keep) };
  const all: Descriptor[] = [];
  for (const child of manifest.manifests.slice(0, MAX_CHILDREN)) {
    const inner = await fetchManifest(request, child.digest);
    if (inner?.manifest.kind === "image") all.push(child, ...partsOf(inner.manifest).filter(keep));
  }
  return { digest, descriptors: all };
}

function partsOf(manifest: ImageManifest): readonly Descriptor[] {
  return manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
}

/** The digest that a tag has now; `undefined` when there is no such tag. */
export async function resolveTag(
  session: RegistrySession,
  repository: string,
  tag: string,
): Promise<Digest | undefined> {
  const url = `${session.origin}/v2/${repository}/manifests/${tag}`;
  const response = await session.send({ method: "HEAD", url, repository, headers: { accept: MANIFEST_ACCEPT } });
  await response.body?.cancel();
  return response.status === 200 ? parseDigest(response.headers.get("docker-content-digest") ?? "") : undefined;
}

/** Pages of a list of tags, and bytes of each. */
const MAX_PAGES = 200;
const MAX_PAGE_BYTES: number = 8 * 1024 * 1024;

/** All tags of a repository. Throws {@link TransferError}. */
export async function listTags(session: RegistrySession, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let url: string | undefined = `${session.origin}/v2/${repository}/tags/list`;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
    const request: SessionRequest = { method: "GET", url, repository };
    const response = await session.send(request);
    if (response.status !== 200) throw await responseError(request, response);
    tags.push(...(await readTags(response)));
    url = nextPage(url, response.headers.get("link"));
  }
  return tags;
}

async function readTags(response: EgressResponse): Promise<readonly string[]> {
  const tags = asObject(parseJson(await readText(response, MAX_PAGE_BYTES)))?.["tags"];
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

function refused(message: string): TransferError {
  return new TransferError("refused", message);
}
