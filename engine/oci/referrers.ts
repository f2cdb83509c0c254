import type { Ask } from "./client-answer.ts";
import { fetchReferrers, referrersTag, taggedReferrers, WITHOUT_LIST } from "./client-lists.ts";
import type { Descriptor } from "./descriptor.ts";
import { type Digest, digestOf } from "./digest.ts";
import { OciError } from "./error.ts";
import { OCI_INDEX } from "./media-type.ts";
import type { PullTarget } from "./pull.ts";
import { pushManifest, type PushTarget } from "./push.ts";
import { responseError, type SessionRequest } from "./registry-session.ts";
import { TransferError } from "./transfer-error.ts";

/**
 * What refers to a manifest, by the registry's own list or, where it keeps none, by the tag that clients keep instead (distribution-spec,
 * "Unavailable Referrers API"). Throws {@link TransferError}, also for a list that is too long: one that is cut would hide signatures.
 */
export async function listReferrers(target: PullTarget, subject: Digest): Promise<readonly Descriptor[]> {
  const { session, repository } = target;
  const wish = { repository, subject, signal: undefined };
  return await fetchReferrers(session.origin, asking(target), wish).catch(refuse);
}

/** Asks within a session, which tells refusals in its own words. */
function asking({ session, repository }: PullTarget): Ask {
  return async ({ method, path, accept }) => {
    const headers = accept === undefined ? {} : { accept };
    const request: SessionRequest = { method, url: session.origin + path, repository, headers };
    const response = await session.send(request);
    if (response.status === 200 || WITHOUT_LIST.has(response.status)) return response;
    throw await responseError(request, response);
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof OciError)) throw error;
  throw new TransferError("refused", error.message);
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
  const { repository } = target;
  const kept = await taggedReferrers(asking(target), { repository, subject, signal: undefined }).catch(refuse);
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
