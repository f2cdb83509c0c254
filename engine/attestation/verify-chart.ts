import type { Digest } from "../oci/digest.ts";
import { fetchManifest, type PulledManifest, type PullTarget } from "../oci/pull.ts";
import { AttestationError } from "./attestation-error.ts";
import type { VerifyingKey } from "./cosign-key.ts";
import { cosignSignatures } from "./cosign-signature.ts";
import { remoteSource } from "./signature-source.ts";
import { COSIGN_SIGN } from "./statement.ts";

/** What shall be verified: `reference` is a tag or a digest, `shown` how messages name it. */
export interface VerifyRequest extends PullTarget {
  readonly reference: string;
  readonly shown: string;
  readonly key: VerifyingKey;
}

/** A statement about the chart that the key signed. `digest` is that of the manifest which carries it. */
export interface VerifiedStatement {
  readonly digest: Digest;
  readonly predicateType: string;
}

/** A chart that the key signed. */
export interface VerifiedChart {
  readonly digest: Digest;
  /** Signatures first, then what else was attested. */
  readonly statements: readonly VerifiedStatement[];
}

/**
 * Checks that a key signed a chart's manifest: by a Sigstore bundle that refers to it, or by the tag that cosign before version 3 wrote.
 * Throws {@link AttestationError} `not-found` and `not-signed`, and `TransferError`.
 *
 * A signature is a statement of cosign's `sign`. cosign's own `verify` also counts any other statement of the key, so that a signed SBOM
 * alone passes for a signature there.
 */
export async function verifyChart(request: VerifyRequest): Promise<VerifiedChart> {
  const { shown, key, reference } = request;
  const chart = await fetchManifest(request, reference);
  if (chart === undefined) throw new AttestationError("not-found", `${shown}: not found`);
  const statements: VerifiedStatement[] = [];
  for await (const found of cosignSignatures(remoteSource(request), chart.digest)) {
    const { digest, predicateType, message, signature } = found;
    if (key.verify(message, signature)) statements.push({ digest, predicateType });
  }
  const isSignature = ({ predicateType }: VerifiedStatement): boolean => predicateType === COSIGN_SIGN;
  const signatures = statements.filter(isSignature);
  if (signatures.length === 0) throw new AttestationError("not-signed", notSigned(shown, chart, statements.length));
  return { digest: chart.digest, statements: [...signatures, ...statements.filter((item) => !isSignature(item))] };
}

function notSigned(shown: string, { digest }: PulledManifest, count: number): string {
  const others = count === 0 ? "" : `; ${count} other statements of the key are no signature`;
  return `${shown}: no signature of ${digest} is by the given key${others}`;
}
