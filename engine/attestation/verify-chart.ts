import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { fetchBlob, fetchManifest, type PulledManifest, type PullTarget } from "../oci/pull.ts";
import { listReferrers } from "../oci/referrers.ts";
import { OciError } from "../oci/error.ts";
import { TransferError } from "../oci/transfer-error.ts";
import { AttestationError } from "./attestation-error.ts";
import { BUNDLE, MAX_BUNDLE_BYTES, parseBundle } from "./bundle.ts";
import type { VerifyingKey } from "./cosign-key.ts";
import { IN_TOTO, isSignedBy } from "./dsse.ts";
import { simpleSignature } from "./simple-signing.ts";
import { COSIGN_SIGN, parseStatement } from "./statement.ts";

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

/** Bundles of one chart that are looked into. */
const MAX_BUNDLES = 200;

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
  const bundles = (await listReferrers(request, chart.digest)).filter(mayBeBundle).slice(0, MAX_BUNDLES);
  const statements: VerifiedStatement[] = [];
  for (const bundle of bundles) {
    const predicateType = await verifiedType(request, bundle, chart.digest).catch(ignoreBroken);
    if (predicateType !== undefined) statements.push({ digest: bundle.digest, predicateType });
  }
  const isSignature = ({ predicateType }: VerifiedStatement): boolean => predicateType === COSIGN_SIGN;
  const old = await simpleSignature(request, key, chart.digest);
  const signatures = [...statements.filter(isSignature), ...(old === undefined ? [] : [old])];
  if (signatures.length === 0) throw new AttestationError("not-signed", notSigned(shown, chart, statements.length));
  return { digest: chart.digest, statements: [...signatures, ...statements.filter((item) => !isSignature(item))] };
}

/** Whoever may push can attach what is no bundle, or half of one: it hinders no other signature. */
function ignoreBroken(error: unknown): undefined {
  const isMissing = error instanceof TransferError && error.code === "not-found";
  const isNone = error instanceof OciError && error.code === "MANIFEST_INVALID";
  if (!isMissing && !isNone) throw error;
}

function notSigned(shown: string, { digest }: PulledManifest, count: number): string {
  const others = count === 0 ? "" : `; ${count} other statements of the key are no signature`;
  return `${shown}: no signature of ${digest} is by the given key${others}`;
}

/** A list that shows no type may hold anything. */
function mayBeBundle({ artifactType }: Descriptor): boolean {
  return artifactType === undefined || artifactType === "" || artifactType.startsWith(BUNDLE_PREFIX);
}

const BUNDLE_PREFIX: string = BUNDLE.slice(0, BUNDLE.indexOf(".v0.3"));

/** The predicate type of a statement about the chart that the key signed; undefined for everything else. */
async function verifiedType(
  request: VerifyRequest,
  { digest }: Descriptor,
  subject: Digest,
): Promise<string | undefined> {
  const found = await fetchManifest(request, digest);
  const [layer, ...more] = found?.manifest.kind === "image" ? found.manifest.layers : [];
  if (layer === undefined || more.length > 0 || !layer.mediaType.startsWith(BUNDLE_PREFIX)) return undefined;
  if (layer.size > MAX_BUNDLE_BYTES) return undefined;
  const bundle = parseBundle(await fetchBlob(request, layer, MAX_BUNDLE_BYTES));
  if (bundle?.kind !== "envelope" || bundle.envelope.payloadType !== IN_TOTO) return undefined;
  if (!isSignedBy(request.key, bundle.envelope)) return undefined;
  const statement = parseStatement(bundle.envelope.payload);
  return statement?.subjects.includes(subject) === true ? statement.predicateType : undefined;
}
