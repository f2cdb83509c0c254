import { asObject, type Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { tryBase64 } from "./base64.ts";
import { BUNDLE, MAX_BUNDLE_BYTES, parseBundle, type SigningMaterial } from "./bundle.ts";
import { MAX_SENT } from "./certificate-chain.ts";
import { IN_TOTO, preAuthEncoding } from "./dsse.ts";
import { annotatedEntry } from "./log-entry.ts";
import { parsePemBlocks } from "./pem.ts";
import type { SignatureSource } from "./signature-source.ts";
import { COSIGN_SIGN, parseStatement } from "./statement.ts";

/** A signature that lies beside a manifest and speaks of it. Whose it is, and whether it is right, was not checked. */
export interface CosignSignature extends SigningMaterial {
  /** Of the manifest that carries it. */
  readonly digest: Digest;
  readonly predicateType: string;
  /** The bytes that were signed. */
  readonly message: Uint8Array;
  /** What a transparency log hashes. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Bundles of one manifest that are looked into. */
const MAX_BUNDLES = 200;

/**
 * What cosign put beside a manifest: Sigstore bundles that refer to it, then the signatures under the tag `sha256-HEX.sig` of cosign before
 * version 3. `maxBytes` is how large a bundle may be. Throws what the source throws.
 */
export async function* cosignSignatures(
  source: SignatureSource,
  subject: Digest,
  maxBytes: number = MAX_BUNDLE_BYTES,
): AsyncGenerator<CosignSignature> {
  const bundles = (await source.referrers(subject)).filter(mayBeBundle).slice(0, MAX_BUNDLES);
  for (const bundle of bundles) {
    const found = await bundleSignature(source, bundle, subject, maxBytes);
    if (found !== undefined) yield found;
  }
  yield* taggedSignatures(source, subject);
}

const BUNDLE_PREFIX: string = BUNDLE.slice(0, BUNDLE.indexOf(".v0.3"));

/** A list that shows no type may hold anything. */
function mayBeBundle({ artifactType }: Descriptor): boolean {
  return artifactType === undefined || artifactType === "" || artifactType.startsWith(BUNDLE_PREFIX);
}

async function bundleSignature(
  source: SignatureSource,
  { digest }: Descriptor,
  subject: Digest,
  maxBytes: number,
): Promise<CosignSignature | undefined> {
  const found = await source.manifest(digest);
  const [layer, ...more] = found?.manifest.kind === "image" ? found.manifest.layers : [];
  if (layer === undefined || more.length > 0 || !layer.mediaType.startsWith(BUNDLE_PREFIX)) return undefined;
  const bytes = await source.blob(layer, Math.min(maxBytes, MAX_BUNDLE_BYTES));
  const bundle = bytes === undefined ? undefined : parseBundle(bytes);
  if (bundle?.kind !== "envelope" || bundle.envelope.payloadType !== IN_TOTO) return undefined;
  const { payloadType, payload, signature } = bundle.envelope;
  const statement = parseStatement(payload);
  if (statement?.subjects.includes(subject) !== true) return undefined;
  const message = preAuthEncoding(payloadType, payload);
  return { digest, predicateType: statement.predicateType, message, payload, signature, ...bundle.material };
}

const SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
const ANNOTATIONS = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  chain: "dev.sigstore.cosign/chain",
  entry: "dev.sigstore.cosign/bundle",
} as const;
const MAX_PAYLOAD = 65_536;
/** Signatures under one tag that are looked at. */
const MAX_LAYERS = 100;

async function* taggedSignatures(source: SignatureSource, subject: Digest): AsyncGenerator<CosignSignature> {
  const found = await source.manifest(`${subject.replace(":", "-")}.sig`);
  if (found?.manifest.kind !== "image") return;
  for (const layer of found.manifest.layers.slice(0, MAX_LAYERS)) {
    const signature = tryBase64(layer.annotations?.[ANNOTATIONS.signature] ?? "");
    if (layer.mediaType !== SIMPLE_SIGNING || signature === undefined) continue;
    const message = await source.blob(layer, MAX_PAYLOAD);
    if (message === undefined || signedDigest(message) !== subject) continue;
    const { digest } = found;
    yield { digest, predicateType: COSIGN_SIGN, message, payload: message, signature, ...materialOf(layer) };
  }
}

function materialOf({ annotations = {} }: Descriptor): SigningMaterial {
  const pem = `${annotations[ANNOTATIONS.certificate] ?? ""}\n${annotations[ANNOTATIONS.chain] ?? ""}`;
  const certificates = parsePemBlocks(pem, MAX_SENT).map(({ bytes }) => bytes);
  const entry = annotatedEntry(annotations[ANNOTATIONS.entry]);
  return entry === undefined ? { certificates } : { certificates, entry };
}

/** The digest in a payload of Red Hat's simple signing. */
function signedDigest(payload: Uint8Array): string | undefined {
  try {
    const critical = asObject(asObject(JSON.parse(new TextDecoder().decode(payload)))?.["critical"]);
    const digest = asObject(critical?.["image"])?.["docker-manifest-digest"];
    return typeof digest === "string" ? digest : undefined;
  } catch {
    return undefined;
  }
}
