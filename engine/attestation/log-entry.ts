import { sha256 } from "@noble/hashes/sha2.js";
import type { JsonObject, JsonValue } from "../errors.ts";
import { sameBytes } from "../go/der.ts";
import { asObject } from "../oci/descriptor.ts";
import { formatHex } from "../oci/digest.ts";
import { tryBase64 } from "./base64.ts";
import type { VerifyingKey } from "./cosign-key.ts";
import { parsePem } from "./pem.ts";

/** What a transparency log (Rekor, version 1) promised: that it has `body` since `integratedTime`. */
export interface LogEntry {
  /** Base64, as the log signed it. */
  readonly body: string;
  /** Seconds since 1970. */
  readonly integratedTime: number;
  readonly logIndex: number;
  /** Lower-case hex. */
  readonly logId: string;
  readonly promise: Uint8Array;
}

/** The entry of a Sigstore bundle; undefined for one without a signed promise. */
export function bundleEntry(entry: JsonObject | undefined): LogEntry | undefined {
  const keyId = base64At(asObject(entry?.["logId"])?.["keyId"]);
  const promise = base64At(asObject(entry?.["inclusionPromise"])?.["signedEntryTimestamp"]);
  const body = entry?.["canonicalizedBody"];
  const integratedTime = Number(entry?.["integratedTime"]);
  const logIndex = Number(entry?.["logIndex"]);
  if (keyId === undefined || promise === undefined || typeof body !== "string") return undefined;
  return sound({ body, integratedTime, logIndex, logId: formatHex(keyId), promise });
}

/** The entry in the annotation that cosign before version 3 wrote. */
export function annotatedEntry(text: string | undefined): LogEntry | undefined {
  const entry = text === undefined ? undefined : parseObject(text);
  const payload = asObject(entry?.["Payload"]);
  const promise = base64At(entry?.["SignedEntryTimestamp"]);
  const { body, integratedTime, logIndex, logID: logId } = payload ?? {};
  if (promise === undefined || typeof body !== "string" || typeof logId !== "string") return undefined;
  return sound({ body, integratedTime: Number(integratedTime), logIndex: Number(logIndex), logId, promise });
}

function sound(entry: LogEntry): LogEntry | undefined {
  return Number.isSafeInteger(entry.integratedTime) && Number.isSafeInteger(entry.logIndex) ? entry : undefined;
}

/** What an entry must be about. `payload` is what the log hashes: the payload of an envelope, else the message itself. */
export interface LoggedSignature {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** DER of the signer's certificate. */
  readonly certificate: Uint8Array;
}

/** Why an entry does not vouch for a signature; undefined when it does: the log's key signed it, and it is about this one. */
export function entryProblem(log: VerifyingKey, entry: LogEntry, signed: LoggedSignature): string | undefined {
  const { body, integratedTime, logId: logID, logIndex, promise } = entry;
  const canonical = JSON.stringify({ body, integratedTime, logID, logIndex });
  if (!log.verify(new TextEncoder().encode(canonical), promise)) return "is not signed by the configured log";
  const bytes = tryBase64(body);
  const record = bytes === undefined ? undefined : parseObject(new TextDecoder().decode(bytes));
  return isAbout(record, signed) ? undefined : "is about another signature";
}

function isAbout(record: JsonObject | undefined, { payload, signature, certificate }: LoggedSignature): boolean {
  const named = namedIn(record);
  if (named === undefined) return false;
  const { hash, signature: sig, verifier } = named;
  const pem = verifier === undefined ? undefined : parsePem(new TextDecoder().decode(verifier));
  return (
    hash === formatHex(sha256(payload)) &&
    sig !== undefined &&
    sameBytes(sig, signature) &&
    pem !== undefined &&
    sameBytes(pem.bytes, certificate)
  );
}

interface NamedSignature {
  readonly hash: JsonValue | undefined;
  readonly signature: Uint8Array | undefined;
  readonly verifier: Uint8Array | undefined;
}

function namedIn(record: JsonObject | undefined): NamedSignature | undefined {
  const spec = asObject(record?.["spec"]);
  if (record?.["kind"] === "hashedrekord") {
    const hash = asObject(asObject(spec?.["data"])?.["hash"]);
    const signature = asObject(spec?.["signature"]);
    if (hash?.["algorithm"] !== "sha256") return undefined;
    const verifier = base64At(asObject(signature?.["publicKey"])?.["content"]);
    return { hash: hash["value"], signature: base64At(signature?.["content"]), verifier };
  }
  if (record?.["kind"] !== "dsse") return undefined;
  const hash = asObject(spec?.["payloadHash"]);
  const signatures = spec?.["signatures"];
  const [only] = Array.isArray(signatures) ? signatures : [];
  if (hash?.["algorithm"] !== "sha256") return undefined;
  const entry = asObject(only);
  return { hash: hash["value"], signature: base64At(entry?.["signature"]), verifier: base64At(entry?.["verifier"]) };
}

function base64At(value: JsonValue | undefined): Uint8Array | undefined {
  return typeof value === "string" && value !== "" ? tryBase64(value) : undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
