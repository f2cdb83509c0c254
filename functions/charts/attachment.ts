import * as z from "zod";
import { NOTATION_SIGNATURE, COSIGN_SIGN } from "../../engine/attestation/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { Descriptor } from "../../engine/oci/descriptor.ts";

/** What lies beside a chart, as answers show it. */
export const attachmentItem: z.ZodType = z.object({
  digest: z.string(),
  kind: z.enum(["signature", "sbom", "attestation", "other"]),
  artifactType: z.string().optional(),
  predicateType: z.string().optional(),
  created: z.string().optional(),
});

/** A referrer by what its types say that it is. */
export function attachmentJson({ digest, artifactType, annotations = {} }: Descriptor): JsonObject {
  const predicateType = annotations["dev.sigstore.bundle.predicateType"];
  const created = annotations["org.opencontainers.image.created"];
  return {
    digest,
    kind: kindOf(artifactType ?? "", predicateType),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(predicateType === undefined ? {} : { predicateType }),
    ...(created === undefined ? {} : { created }),
  };
}

const BILL = /spdx|cyclonedx/i;

function kindOf(artifactType: string, predicateType: string | undefined): string {
  if (artifactType === NOTATION_SIGNATURE || predicateType === COSIGN_SIGN) return "signature";
  if (BILL.test(artifactType) || BILL.test(predicateType ?? "")) return "sbom";
  return predicateType === undefined && !artifactType.includes("in-toto") ? "other" : "attestation";
}
