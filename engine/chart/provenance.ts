import { decodeYamlStruct, encodeYamlJson, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import type { JsonValue } from "../errors.ts";
import { quote } from "../go/quote.ts";
import { digestOf } from "../oci/digest.ts";
import type { Metadata } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { metadataYaml } from "./metadata-document.ts";

/** Signs texts with an OpenPGP key. The library lives outside of the engine. */
export interface Signer {
  /** The clear-signed message, SHA-512, without a newline at its end. */
  readonly clearSign: (text: string) => Promise<string>;
}

/** A key that signed something. */
export interface SigningKey {
  /** User ids, e.g. `Helm Testing <helm@example.com>`. */
  readonly identities: readonly string[];
  /** Upper-case hex of the primary key's. */
  readonly fingerprint: string;
}

/** Reads clear-signed messages. Throws an `EngineError` for a bad signature and for one of an unknown key. */
export interface SignatureReader {
  readonly read: (message: Uint8Array) => Promise<{ readonly text: string; readonly key: SigningKey }>;
}

/** What a verified archive is known by. */
export interface Verification {
  readonly key: SigningKey;
  /** `sha256:` and hex, of the archive. */
  readonly hash: string;
}

const DIVIDER = "\n...\n";

/** Makes the provenance of an archive: its Chart.yaml and its digest, signed. `name` is the archive's file name. */
export async function signArchive(
  signer: Signer,
  archive: { readonly name: string; readonly data: Uint8Array; readonly metadata: Metadata },
): Promise<string> {
  const sums = encodeYamlJson({ files: { [archive.name]: await digestOf(archive.data) } });
  return await signer.clearSign(`${metadataYaml(archive.metadata)}${DIVIDER}${sums}`);
}

const SUMS: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "provenance.SumCollection",
  fields: new Map([["files", { kind: "map", type: "map[string]string", element: { kind: "string" } }]]),
};

/** Checks an archive against its provenance: the signature first, then the digest. Throws with Helm's text. */
export async function verifyArchive(
  reader: SignatureReader,
  archive: { readonly name: string; readonly data: Uint8Array },
  provenance: Uint8Array,
): Promise<Verification> {
  const { name, data } = archive;
  const hash = await digestOf(data);
  return { key: await verifyDigest(reader, { names: [name], digest: hash }, provenance), hash };
}

/** Checks an archive that is known by its digest, under any of its names. Gives the key. Throws with Helm's text. */
export async function verifyDigest(
  reader: SignatureReader,
  { names, digest: hash }: { readonly names: readonly string[]; readonly digest: string },
  provenance: Uint8Array,
): Promise<SigningKey> {
  const { text, key } = await reader.read(provenance);
  const found = names.map((name) => ({ name, stated: readSum(text, name) }));
  const { name, stated } = found.find((one) => one.stated !== undefined) ?? { name: names[0] ?? "", stated: undefined };
  if (stated === undefined) throw refused(`provenance does not contain a SHA for a file named ${quote(name)}`);
  if (stated !== hash) throw refused(`sha256 sum does not match for ${name}: ${quote(stated)} != ${quote(hash)}`);
  return key;
}

function readSum(text: string, name: string): string | undefined {
  const [, sums] = text.split(DIVIDER);
  if (sums === undefined) throw refused("message block must have at least two parts");
  try {
    const files = decodeYamlStruct(sums, SUMS)["files"];
    const sum = isObject(files) && Object.hasOwn(files, name) ? files[name] : undefined;
    return typeof sum === "string" ? sum : undefined;
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("provenance", cause.message, {}, { cause });
  }
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(message: string): ChartError {
  return new ChartError("provenance", message);
}

/** What Helm prints of a verified archive. */
export function verificationText({ key, hash }: Verification): string {
  const signed = key.identities.map((identity) => `Signed by: ${identity}\n`).join("");
  return `${signed}Using Key With Fingerprint: ${key.fingerprint}\nChart Hash Verified: ${hash}\n`;
}
