import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { OCI_MANIFEST } from "../oci/media-type.ts";
import { pushBlob, type PushTarget } from "../oci/push.ts";
import { pushReferrer, referrerDescriptor } from "../oci/referrers.ts";
import type { Attachment } from "./attachments.ts";
import { EMPTY_CONFIG, referrerManifest } from "./referrer.ts";

/** An attachment as a manifest with its blobs. */
export interface AttachmentArtifact {
  readonly attachment: Attachment;
  readonly subject: Digest;
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
  readonly descriptor: Descriptor;
}

/** The artifact of an attachment, whose type is that of its one layer too. */
export async function attachmentArtifact(attachment: Attachment, subject: Descriptor): Promise<AttachmentArtifact> {
  const { artifactType, data, annotations } = attachment;
  const layer = { mediaType: artifactType, digest: await digestOf(data), size: data.length };
  const manifest = referrerManifest({ artifactType, layer, subject, annotations });
  const descriptor = await referrerDescriptor(manifest, { mediaType: OCI_MANIFEST, artifactType, annotations });
  return { attachment, subject: subject.digest, manifest, blobs: [EMPTY_CONFIG, data], descriptor };
}

/** Attaches documents to a manifest of a registry and gives them as artifacts. Throws `TransferError`. */
export async function attach(
  target: PushTarget,
  subject: Descriptor,
  attachments: readonly Attachment[],
): Promise<readonly AttachmentArtifact[]> {
  const attached: AttachmentArtifact[] = [];
  for (const attachment of attachments) {
    const artifact = await attachmentArtifact(attachment, subject);
    for (const blob of artifact.blobs) await pushBlob(target, blob);
    await pushReferrer(target, artifact);
    attached.push(artifact);
  }
  return attached;
}
