import type { Descriptor } from "../oci/descriptor.ts";
import { digestOfSmall } from "../oci/digest.ts";
import { OCI_EMPTY, OCI_MANIFEST } from "../oci/media-type.ts";

/** A document that lies beside a manifest. */
export interface ReferrerInput {
  readonly artifactType: string;
  readonly layer: Descriptor;
  readonly subject: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();
/** The config of artifacts without one (image-spec, "Guidance for an empty descriptor"). */
export const EMPTY_CONFIG: Uint8Array = encoder.encode("{}");

/** The manifest by which a document refers to its subject (image-spec 1.1). */
export function referrerManifest({ artifactType, layer, subject, annotations }: ReferrerInput): Uint8Array {
  const config = { mediaType: OCI_EMPTY, digest: digestOfSmall(EMPTY_CONFIG), size: EMPTY_CONFIG.length };
  return encoder.encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config,
      layers: [plain(layer)],
      subject: plain(subject),
      annotations,
    }),
  );
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
