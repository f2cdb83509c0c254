import type { SignatureReader } from "../chart/provenance.ts";
import { verifyDigest } from "../chart/provenance.ts";
import { EngineError } from "../errors.ts";
import { DerError, readOnly, TAG } from "../go/der.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { chainProblem, type TrustStore } from "./certificate-chain.ts";
import { isSigned, keyKind, type SignatureAlgorithm } from "./certificate-key.ts";
import type { VerifyingKey } from "./cosign-key.ts";
import { type CosignSignature, cosignSignatures } from "./cosign-signature.ts";
import { entryProblem } from "./log-entry.ts";
import { COSE_ENVELOPE, JWS_ENVELOPE, MAX_ENVELOPE, NOTATION_SIGNATURE, notationProblem } from "./notation.ts";
import type { NotationTrust } from "./notation.ts";
import type { SignatureSource } from "./signature-source.ts";
import { COSIGN_SIGN } from "./statement.ts";

/** A signature that an operator wants. One of the keys, identities or keyrings that it names is enough. */
export type Requirement =
  | { readonly kind: "provenance"; readonly reader: SignatureReader; readonly fingerprints: readonly string[] }
  | { readonly kind: "cosign-key"; readonly keys: readonly VerifyingKey[] }
  | {
      readonly kind: "cosign-identity";
      readonly trust: TrustStore;
      readonly identity: (text: string) => boolean;
      readonly issuer: (text: string) => boolean;
      /** The log that must have the signature; its time is then the signature's. Absent: the certificate must be valid now. */
      readonly log?: VerifyingKey;
    }
  | ({ readonly kind: "notation" } & NotationTrust);

/** What must be signed. */
export interface SignedSubject {
  /** Of its manifest. */
  readonly digest: Digest;
  /** The archive that a provenance file speaks of, by the names that it may have there. */
  readonly archive?: { readonly names: readonly string[]; readonly digest: Digest };
  readonly provenance?: Descriptor;
}

/** What a requirement was found to be: met by the manifest or file with that digest, or not, for a reason that names no secret. */
export type RequirementResult =
  | { readonly met: true; readonly by: string; readonly until?: number }
  | { readonly met: false; readonly reason: string };

/** How a requirement is called in messages and configuration. */
export function requirementName({ kind }: Requirement): string {
  return kind === "provenance"
    ? "a PGP provenance file"
    : kind === "notation"
      ? "a notation signature"
      : "a cosign signature";
}

/** Checks one requirement. `now` in milliseconds since 1970. Throws what the source throws where it cannot be read. */
export async function checkRequirement(
  requirement: Requirement,
  subject: SignedSubject,
  source: SignatureSource,
  now: number,
): Promise<RequirementResult> {
  switch (requirement.kind) {
    case "provenance":
      return await checkProvenance(requirement, subject, source);
    case "notation":
      return await checkNotation(requirement, subject.digest, source, now);
    default:
      return await checkCosign(requirement, subject.digest, source, now);
  }
}

const MAX_PROVENANCE = 1024 * 1024;

async function checkProvenance(
  { reader, fingerprints }: Extract<Requirement, { kind: "provenance" }>,
  { archive, provenance }: SignedSubject,
  source: SignatureSource,
): Promise<RequirementResult> {
  if (archive === undefined) return unmet("it is no archive that a provenance file could speak of");
  if (provenance === undefined) return unmet("there is no provenance file; push it together with the archive");
  const bytes = await source.blob(provenance, MAX_PROVENANCE);
  if (bytes === undefined) return unmet("the provenance file cannot be read");
  try {
    const { fingerprint } = await verifyDigest(reader, archive, bytes);
    if (fingerprints.length === 0 || fingerprints.includes(fingerprint)) return { met: true, by: provenance.digest };
    return unmet(`the provenance file is by the key ${fingerprint}, which is none of those named`);
  } catch (error) {
    if (error instanceof EngineError) return unmet(error.message);
    throw error;
  }
}

/** A signature and its certificates are small; a signed SBOM is no signature. */
const MAX_SIGNATURE_BUNDLE = 256 * 1024;

type CosignRequirement = Extract<Requirement, { kind: "cosign-key" | "cosign-identity" }>;

async function checkCosign(
  requirement: CosignRequirement,
  digest: Digest,
  source: SignatureSource,
  now: number,
): Promise<RequirementResult> {
  const reasons: string[] = [];
  for await (const found of cosignSignatures(source, digest, MAX_SIGNATURE_BUNDLE)) {
    if (found.predicateType !== COSIGN_SIGN) continue;
    const problem =
      requirement.kind === "cosign-key"
        ? keyProblem(requirement.keys, found)
        : await identityProblem(requirement, found, now);
    if (typeof problem !== "string") return { met: true, by: found.digest, ...problem };
    reasons.push(`the signature ${found.digest} ${problem}`);
  }
  return unmetBy(reasons, "nothing is attached that cosign signed");
}

/** Until when a decision holds; absent: for ever. */
interface Lasting {
  readonly until?: number;
}

function keyProblem(keys: readonly VerifyingKey[], { message, signature }: CosignSignature): string | Lasting {
  return keys.some((key) => key.verify(message, signature)) ? {} : "is by none of the given keys";
}

async function identityProblem(
  requirement: Extract<Requirement, { kind: "cosign-identity" }>,
  found: CosignSignature,
  now: number,
): Promise<string | Lasting> {
  const [leaf, ...sent] = found.certificates.map(parseCertificate).filter((one) => one !== undefined);
  if (leaf === undefined) return "has no certificate";
  const logged = loggedTime(requirement.log, found, leaf);
  if (typeof logged === "string") return logged;
  const { publicKey } = leaf;
  const { message, signature } = found;
  const algorithm = messageAlgorithm(publicKey);
  if (algorithm === undefined || !(await isSigned({ publicKey, algorithm, message, signature }))) {
    return "does not match its certificate: it was changed, or another key made it";
  }
  const untrusted = await chainProblem({ leaf, sent, trust: requirement.trust, at: logged?.at ?? now });
  if (untrusted !== undefined) return `has a certificate that ${untrusted}`;
  if (!leaf.identities.some(requirement.identity)) return "is by another identity than the wanted one";
  const issuer = issuerOf(leaf);
  if (issuer === undefined || !requirement.issuer(issuer))
    return "is by an identity of another issuer than the wanted one";
  return logged === undefined ? { until: leaf.notAfter } : {};
}

function loggedTime(
  log: VerifyingKey | undefined,
  { payload, signature, entry }: CosignSignature,
  { raw: certificate }: Certificate,
): string | { readonly at: number } | undefined {
  if (log === undefined) return undefined;
  if (entry === undefined) return "has no entry of a transparency log with a signed time";
  const problem = entryProblem(log, entry, { payload, signature, certificate });
  return problem === undefined ? { at: entry.integratedTime * 1000 } : `has a log entry that ${problem}`;
}

/** What cosign signs by with each kind of key: SHA-256 but for Ed25519. */
function messageAlgorithm(publicKey: Uint8Array): SignatureAlgorithm | undefined {
  const key = keyKind(publicKey);
  if (key === undefined || key.kind === "ed25519") return key;
  return { kind: key.kind, hash: "SHA-256" };
}

const ISSUER = "1.3.6.1.4.1.57264.1.8";
const OLD_ISSUER = "1.3.6.1.4.1.57264.1.1";

/** The OIDC issuer that a Fulcio certificate names: in DER, or as older ones have it, as bare text. */
function issuerOf({ extensions }: Certificate): string | undefined {
  const decoder = new TextDecoder();
  const bare = extensions.get(OLD_ISSUER);
  const encoded = extensions.get(ISSUER);
  const value = encoded === undefined ? undefined : utf8Text(encoded);
  return value ?? (bare === undefined ? undefined : decoder.decode(bare));
}

function utf8Text(der: Uint8Array): string | undefined {
  try {
    return new TextDecoder().decode(readOnly(der, TAG.utf8String));
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Signatures of one manifest that are looked into. */
const MAX_ENVELOPES = 50;

async function checkNotation(
  requirement: Extract<Requirement, { kind: "notation" }>,
  digest: Digest,
  source: SignatureSource,
  now: number,
): Promise<RequirementResult> {
  const reasons: string[] = [];
  const listed = (await source.referrers(digest)).filter(
    ({ artifactType = NOTATION_SIGNATURE }) => artifactType === NOTATION_SIGNATURE,
  );
  for (const { digest: by } of listed.slice(0, MAX_ENVELOPES)) {
    const problem = await envelopeProblem(requirement, { by, digest }, source, now);
    if (problem === undefined) return { met: true, by, until: now + RECHECK_MS };
    reasons.push(`the signature ${by} ${problem}`);
  }
  return unmetBy(reasons, "nothing is attached that notation signed");
}

/** Notation's certificates and expiries count at the time of use. */
const RECHECK_MS = 60_000;

async function envelopeProblem(
  trust: NotationTrust,
  { by, digest }: { readonly by: Digest; readonly digest: Digest },
  source: SignatureSource,
  now: number,
): Promise<string | undefined> {
  const found = await source.manifest(by);
  const [layer] = found?.manifest.kind === "image" ? found.manifest.layers : [];
  if (layer?.mediaType === COSE_ENVELOPE) return "is a COSE envelope; sign with --signature-format jws";
  if (layer?.mediaType !== JWS_ENVELOPE) return "has no JWS envelope";
  const envelope = await source.blob(layer, MAX_ENVELOPE);
  return envelope === undefined
    ? "has no envelope that can be read"
    : await notationProblem(envelope, digest, trust, now);
}

function unmet(reason: string): RequirementResult {
  return { met: false, reason };
}

/** Signatures that a refusal tells of. */
const MAX_REASONS = 3;

function unmetBy(reasons: readonly string[], none: string): RequirementResult {
  const more = reasons.length - MAX_REASONS;
  const told = reasons.slice(0, MAX_REASONS).join("; ");
  return unmet(reasons.length === 0 ? none : more > 0 ? `${told}; and ${more} more` : told);
}
