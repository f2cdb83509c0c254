import { parseJson, readText } from "./client-auth.ts";
import { referrersTag } from "./client-lists.ts";
import { asObject, type Descriptor, parseDescriptor } from "./descriptor.ts";
import { type Digest, digestOf } from "./digest.ts";
import { MAX_MANIFEST_BYTES } from "./manifest.ts";
import { OCI_INDEX } from "./media-type.ts";
import { fetchManifest, nextPage, type PullTarget } from "./pull.ts";
import { pushManifest, type PushTarget } from "./push.ts";
import { responseError, type SessionRequest } from "./registry-session.ts";

/** Pages of one list of referrers, and what refers to one manifest: a registry that always links on is stopped. */
const MAX_PAGES = 50;
const MAX_REFERRERS = 1000;

/**
 * What refers to a manifest, by the registry's own list or, where it keeps none, by the tag that clients keep instead (distribution-spec,
 * "Unavailable Referrers API"). Throws {@link TransferError}.
 */
export async function listReferrers(target: PullTarget, subject: Digest): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  let url: string | undefined = `${target.session.origin}/v2/${target.repository}/referrers/${subject}`;
  for (let page = 0; url !== undefined && page < MAX_PAGES && found.length < MAX_REFERRERS; page++) {
    const request: SessionRequest = {
      method: "GET",
      url,
      repository: target.repository,
      headers: { accept: OCI_INDEX },
    };
    const response = await target.session.send(request);
    if (response.status === 404) {
      await response.body?.cancel();
      return await taggedReferrers(target, subject);
    }
    if (response.status !== 200) throw await responseError(request, response);
    found.push(...descriptorsIn(parseJson(await readText(response, MAX_MANIFEST_BYTES))));
    url = nextPage(url, response.headers.get("link"));
  }
  return found.slice(0, MAX_REFERRERS);
}

function descriptorsIn(index: unknown): readonly Descriptor[] {
  const list = asObject(index)?.["manifests"];
  return Array.isArray(list) ? list.map(parseDescriptor).filter((item) => item !== undefined) : [];
}

async function taggedReferrers(target: PullTarget, subject: Digest): Promise<readonly Descriptor[]> {
  const kept = await fetchManifest(target, referrersTag(subject));
  return kept?.manifest.kind === "index" ? kept.manifest.manifests.slice(0, MAX_REFERRERS) : [];
}

/** A manifest that refers to `subject`, as its list shows it. */
export interface Referrer {
  readonly subject: Digest;
  readonly manifest: Uint8Array;
  readonly descriptor: Descriptor;
}

/**
 * Puts a manifest that refers to another one. A registry that does not say that it lists it gets the tag that stands in for the list.
 * Throws {@link TransferError}.
 */
export async function pushReferrer(target: PushTarget, referrer: Referrer): Promise<void> {
  const { subject, manifest, descriptor } = referrer;
  const headers = await pushManifest(target, manifest, descriptor.digest);
  if (headers.get("oci-subject") !== null) return;
  const kept = await taggedReferrers(target, subject);
  if (kept.some(({ digest }) => digest === descriptor.digest)) return;
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...kept, descriptor] };
  await pushManifest(target, new TextEncoder().encode(JSON.stringify(index)), referrersTag(subject), OCI_INDEX);
}

/** How a manifest of an artifact shows in a list of referrers. */
export async function referrerDescriptor(
  manifest: Uint8Array,
  shown: Pick<Descriptor, "mediaType" | "artifactType" | "annotations">,
): Promise<Descriptor> {
  return { ...shown, digest: await digestOf(manifest), size: manifest.length };
}
