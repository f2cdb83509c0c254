import { sameBytes } from "../go/der.ts";
import { type Certificate, parseCertificates } from "./certificate.ts";
import { certificateAlgorithm, isSigned } from "./certificate-key.ts";
import { AttestationError } from "./attestation-error.ts";

/** Certificates that an operator trusts: roots, and what helps to reach them. */
export interface TrustStore {
  readonly roots: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
}

/** Certificates between a leaf and its root, both counted. */
const MAX_CHAIN = 10;
/** Certificates that a signature brings along. */
export const MAX_SENT = 10;
/** Signatures that are checked for one chain: certificates of one name may be many. */
const MAX_CHECKS = 50;
const KEY_CERT_SIGN = 5;
const DIGITAL_SIGNATURE = 0;
/** Extended key usage of what signs code. */
export const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_USAGE = "2.5.29.37.0";

/** The trust in a PEM text: self-signed certificates are roots. Throws {@link AttestationError} `invalid-key`. */
export function openTrustStore(pem: string): TrustStore {
  const certificates = parseCertificates(pem);
  if (certificates === undefined) throw invalid("the trusted certificates are not a PEM text of X.509 certificates");
  const roots = certificates.filter(({ issuer, subject }) => sameBytes(issuer, subject));
  if (roots.length === 0) throw invalid("no trusted certificate is a root: name the one that signs itself, too");
  return { roots, intermediates: certificates.filter((one) => !roots.includes(one)) };
}

function invalid(message: string): AttestationError {
  return new AttestationError("invalid-key", message);
}

/** What shall be led to a root. `at` is when the signature was made, in milliseconds since 1970. */
export interface ChainRequest {
  readonly leaf: Certificate;
  readonly sent: readonly Certificate[];
  readonly trust: TrustStore;
  readonly at: number;
}

/** Why a leaf is not trusted, in words that go on "its certificate …"; undefined when it is. */
export async function chainProblem({ leaf, sent, trust, at }: ChainRequest): Promise<string | undefined> {
  const own = leafProblem(leaf) ?? validityProblem(leaf, at);
  if (own !== undefined) return own;
  if (trust.roots.some(({ raw }) => sameBytes(raw, leaf.raw))) return undefined;
  const search: Search = { trust, at, others: [...sent.slice(0, MAX_SENT), ...trust.intermediates], left: MAX_CHECKS };
  if (await reachesRoot(leaf, [leaf], search)) return undefined;
  return search.expired ?? "leads to no trusted root";
}

interface Search {
  readonly trust: TrustStore;
  readonly at: number;
  readonly others: readonly Certificate[];
  left: number;
  expired?: string;
}

function leafProblem(leaf: Certificate): string | undefined {
  if (leaf.isAuthority) return "is an authority's, which may not sign artifacts";
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.has(DIGITAL_SIGNATURE)) return "may not sign (keyUsage)";
  const { extendedKeyUsage } = leaf;
  if (!extendedKeyUsage.includes(CODE_SIGNING) && !extendedKeyUsage.includes(ANY_USAGE)) {
    return "is not for code signing (extendedKeyUsage)";
  }
  return unknownProblem(leaf);
}

function unknownProblem({ unknownCritical }: Certificate): string | undefined {
  return unknownCritical === undefined
    ? undefined
    : `has a critical extension ${unknownCritical} that is not understood`;
}

function validityProblem({ notBefore, notAfter }: Certificate, at: number): string | undefined {
  if (at < notBefore) return `is valid only from ${new Date(notBefore).toISOString()}`;
  return at > notAfter ? `expired at ${new Date(notAfter).toISOString()}` : undefined;
}

async function reachesRoot(certificate: Certificate, path: readonly Certificate[], search: Search): Promise<boolean> {
  if (path.length >= MAX_CHAIN) return false;
  for (const root of search.trust.roots) {
    if (await isIssuer(root, certificate, path, search)) return true;
  }
  for (const other of search.others) {
    if (path.includes(other) || !(await isIssuer(other, certificate, path, search))) continue;
    if (await reachesRoot(other, [...path, other], search)) return true;
  }
  return false;
}

async function isIssuer(
  issuer: Certificate,
  certificate: Certificate,
  path: readonly Certificate[],
  search: Search,
): Promise<boolean> {
  if (!sameBytes(issuer.subject, certificate.issuer) || !issuer.isAuthority) return false;
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has(KEY_CERT_SIGN)) return false;
  if (issuer.pathLength !== undefined && path.length - 1 > issuer.pathLength) return false;
  if (unknownProblem(issuer) !== undefined || --search.left < 0) return false;
  const algorithm = certificateAlgorithm(certificate.algorithm);
  const { signed: message, signature } = certificate;
  if (algorithm === undefined || !(await isSigned({ publicKey: issuer.publicKey, algorithm, message, signature }))) {
    return false;
  }
  const problem = validityProblem(issuer, search.at);
  if (problem !== undefined) search.expired = `is signed by one that ${problem}`;
  return problem === undefined;
}
