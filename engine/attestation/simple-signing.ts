import { asObject, type Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { fetchBlob, fetchManifest, type PullTarget } from "../oci/pull.ts";
import { tryBase64 } from "./base64.ts";
import type { VerifyingKey } from "./cosign-key.ts";
import { COSIGN_SIGN } from "./statement.ts";
import type { VerifiedStatement } from "./verify-chart.ts";

const MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE = "dev.cosignproject.cosign/signature";
const MAX_PAYLOAD = 65_536;
/** Signatures of one chart that are looked at. */
const MAX_LAYERS = 100;

/** The signature by the key that cosign before version 3 put under the tag `sha256-HEX.sig`; undefined when there is none. */
export async function simpleSignature(
  target: PullTarget,
  key: VerifyingKey,
  subject: Digest,
): Promise<VerifiedStatement | undefined> {
  const found = await fetchManifest(target, `${subject.replace(":", "-")}.sig`);
  if (found?.manifest.kind !== "image") return undefined;
  for (const layer of found.manifest.layers.slice(0, MAX_LAYERS)) {
    if (await isSignature(target, key, layer, subject)) return { digest: found.digest, predicateType: COSIGN_SIGN };
  }
  return undefined;
}

async function isSignature(
  target: PullTarget,
  key: VerifyingKey,
  layer: Descriptor,
  subject: Digest,
): Promise<boolean> {
  const signature = tryBase64(layer.annotations?.[SIGNATURE] ?? "");
  if (layer.mediaType !== MEDIA_TYPE || signature === undefined || layer.size > MAX_PAYLOAD) return false;
  const payload = await fetchBlob(target, layer, MAX_PAYLOAD);
  return key.verify(payload, signature) && signedDigest(payload) === subject;
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
