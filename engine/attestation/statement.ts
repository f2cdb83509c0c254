import type { JsonObject } from "../errors.ts";
import { asObject } from "../oci/descriptor.ts";
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "../oci/digest.ts";

/** What cosign's `sign` says: that the key signed the subject, and nothing else. */
export const COSIGN_SIGN = "https://sigstore.dev/cosign/sign/v1";
/** The predicate types of the SBOMs, and of provenance, as cosign's `--type` names them. */
export const SPDX_DOCUMENT = "https://spdx.dev/Document";
export const CYCLONEDX_BOM = "https://cyclonedx.org/bom";
export const SLSA_PROVENANCE = "https://slsa.dev/provenance/v1";

const STATEMENT = "https://in-toto.io/Statement/v1";
/** cosign's `attest` still writes this one. */
const OLD_STATEMENT = "https://in-toto.io/Statement/v0.1";

/** What a statement is about. */
export interface Subject {
  readonly name?: string;
  readonly digest: Digest;
}

/** An in-toto statement, as far as it is looked at. */
export interface Statement {
  readonly subjects: readonly Digest[];
  readonly predicateType: string;
}

const encoder = new TextEncoder();

/** The bytes of a statement (in-toto attestation framework v1). */
export function writeStatement(subjects: readonly Subject[], predicateType: string, predicate: JsonObject): Uint8Array {
  const statement = {
    _type: STATEMENT,
    subject: subjects.map(({ name, digest }) => ({
      ...(name === undefined ? {} : { name }),
      digest: { [digestAlgorithm(digest)]: digestHex(digest) },
    })),
    predicateType,
    predicate,
  };
  return encoder.encode(JSON.stringify(statement));
}

/** Statements name a few files; more is somebody's attempt. */
const MAX_SUBJECTS = 1000;

/** The statement that some bytes are; undefined when they are none. Subjects with other digests than SHA-2 ones do not count. */
export function parseStatement(bytes: Uint8Array): Statement | undefined {
  const document = parseObject(bytes);
  const type = document?.["_type"];
  const predicateType = document?.["predicateType"];
  const subject = document?.["subject"];
  if ((type !== STATEMENT && type !== OLD_STATEMENT) || typeof predicateType !== "string") return undefined;
  if (!Array.isArray(subject) || subject.length > MAX_SUBJECTS) return undefined;
  return { predicateType, subjects: subject.flatMap(subjectDigests) };
}

function subjectDigests(value: unknown): readonly Digest[] {
  const digest = asObject(asObject(value)?.["digest"]);
  return [parsed("sha256", digest), parsed("sha512", digest)].filter((found) => found !== undefined);
}

function parsed(algorithm: "sha256" | "sha512", digest: JsonObject | undefined): Digest | undefined {
  const hex = digest?.[algorithm];
  return typeof hex === "string" ? parseDigest(`${algorithm}:${hex}`) : undefined;
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}
