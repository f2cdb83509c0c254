import type { CallContext } from "../template/function.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import { generateDsa } from "./dsa.ts";
import { formatPrivateKey, readPkcs8 } from "./private-key.ts";
import { TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

type KeyRequest = Extract<PendingRequest, { readonly kind: "private-key" }>;
type Algorithm = KeyRequest["algorithm"];

/** The key that a template function wants. */
export interface KeyWish {
  readonly algorithm: Algorithm;
  readonly bits: number;
  /** Keys of the same kind that the template will likely want next. */
  readonly following?: number;
}

/** Asks for the next new key of this file. The answer is the PEM text of the key as Go writes it. */
export function askPrivateKey(wish: KeyWish, context: CallContext): string {
  const key = `private-key ${wish.algorithm} ${wish.bits} ${context.nextOrdinal()}`;
  const answer = context.ask({ kind: "private-key", key, ...wish });
  if (typeof answer !== "string") throw new Error("the answer to a request for a key is its PEM text");
  return answer;
}

/** Sizes that Sprig asks for. */
const RSA_BITS = 4096;
const DSA_BITS = 2048;
const CURVE_BITS = 256;

function generatePrivateKey(type: string, context: CallContext): string {
  switch (type) {
    case "":
    case "rsa":
      return askPrivateKey({ algorithm: "rsa", bits: RSA_BITS }, context);
    case "dsa":
      return askPrivateKey({ algorithm: "dsa", bits: DSA_BITS }, context);
    case "ecdsa":
    case "ed25519":
      return askPrivateKey({ algorithm: type, bits: CURVE_BITS }, context);
    default:
      return `Unknown type ${type}`;
  }
}

export const keyFunctions: readonly Entry[] = [["genPrivateKey", unary(TEXT, generatePrivateKey)]];

const RSA_EXPONENT = Uint8Array.of(1, 0, 1);
/** Sizes that are made at all: others were not asked for by a template. */
const MAX_RSA_BITS = 4096;

/**
 * Makes the key that a template asked for: WebCrypto for RSA, ECDSA (P-256) and Ed25519, our own numbers for DSA. The value is the PEM
 * text that {@link askPrivateKey} expects.
 */
export async function answerPrivateKey(request: KeyRequest): Promise<PendingAnswer> {
  return { ok: true, value: await newKeyPem(request) };
}

async function newKeyPem({ algorithm, bits }: KeyRequest): Promise<string> {
  switch (algorithm) {
    case "rsa": {
      if (bits > MAX_RSA_BITS) throw new Error(`no RSA keys of ${bits} bits`);
      const how = { name: "RSASSA-PKCS1-v1_5", modulusLength: bits, publicExponent: RSA_EXPONENT, hash: "SHA-256" };
      return pemOf(await crypto.subtle.generateKey(how, true, ["sign", "verify"]));
    }
    case "ecdsa":
      return pemOf(await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]));
    case "ed25519":
      return pemOf(await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]));
    case "dsa":
      break;
  }
  return formatPrivateKey(generateDsa((length) => crypto.getRandomValues(new Uint8Array(length))));
}

async function pemOf(pair: CryptoKeyPair | CryptoKey): Promise<string> {
  if (!("privateKey" in pair)) throw new Error("a key pair was asked for");
  return formatPrivateKey(readPkcs8(new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))));
}
