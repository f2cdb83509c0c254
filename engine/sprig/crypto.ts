import { cbc } from "@noble/ciphers/aes.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase64 as encodeSalt, hashSync } from "bcryptjs";
import { decodeBase64, encodeBase64 } from "../go/base64.ts";
import { joinBytes } from "../bytes.ts";
import { byteLength, fromUtf8, toUtf8 } from "../go/utf8.ts";
import type { CallContext } from "../template/function.ts";
import { TEXT, UINT32, binary, fail, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

const BCRYPT_COST = 10;
const BCRYPT_LIMIT = 72;
/** A bcrypt of cost 10 and a scrypt of these sizes take about this long. */
const BCRYPT_UNITS = 80_000;
const SCRYPT_UNITS = 250_000;

function bcryptHash(password: string, context: CallContext): string {
  if (byteLength(password) > BCRYPT_LIMIT) {
    return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
  }
  context.spend(BCRYPT_UNITS);
  const salt = encodeSalt(context.randomBytes(16), 16);
  const settings = `$2a$${BCRYPT_COST}$${salt}`;
  return context.remember(`bcrypt ${settings} ${password}`, () => hashSync(password, settings));
}

function htpasswd(user: string, password: string, context: CallContext): string {
  return user.includes(":") ? `invalid username: ${user}` : `${user}:${bcryptHash(password, context)}`;
}

/** Master Password, version 3: templates by type, characters by class. */
const SCOPE = "com.lyndir.masterpassword";
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["maximum", words("anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno")],
  [
    "long",
    words(
      "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv " +
        "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv " +
        "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno",
    ),
  ],
  ["medium", words("CvcnoCvc CvcCvcno")],
  ["short", words("Cvcn")],
  ["basic", words("aaanaaan aannaaan aaannaaa")],
  ["pin", words("nnnn")],
]);
const UPPER_VOWELS = "AEIOU";
const LOWER_VOWELS = "aeiou";
const UPPER_CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ";
const LOWER_CONSONANTS = "bcdfghjklmnpqrstvwxyz";
const LETTERS = UPPER_VOWELS + LOWER_VOWELS + UPPER_CONSONANTS + LOWER_CONSONANTS;
const DIGITS = "0123456789";
const CLASSES: ReadonlyMap<string, string> = new Map([
  ["V", UPPER_VOWELS],
  ["C", UPPER_CONSONANTS],
  ["v", LOWER_VOWELS],
  ["c", LOWER_CONSONANTS],
  ["a", LETTERS],
  ["n", DIGITS],
  ["o", "@&%?,=[]_:-+*$#!'^~;()/."],
  ["x", `${LETTERS}${DIGITS}!@#$%^&*()`],
]);

function words(text: string): readonly string[] {
  return text.split(" ");
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The scope, then a text with its length in front. */
function scoped(text: string): Uint8Array {
  const bytes = toUtf8(text);
  return joinBytes([toUtf8(SCOPE), uint32(bytes.length), bytes]);
}

interface Identity {
  readonly counter: number;
  readonly type: string;
  readonly password: string;
  readonly user: string;
  readonly site: string;
}

function derivePassword({ counter, type, password, user, site }: Identity, context: CallContext): string {
  const templates = TYPES.get(type);
  if (templates === undefined) return `cannot find password template ${type}`;
  context.spend(SCRYPT_UNITS);
  const key = scrypt(toUtf8(password), scoped(user), { N: 32768, r: 8, p: 2, dkLen: 64 });
  const seed = hmac(sha256, key, joinBytes([scoped(site), uint32(counter)]));
  const template = templates[(seed[0] ?? 0) % templates.length] ?? "";
  return Array.from(template, (name, i) => {
    const characters = CLASSES.get(name) ?? "";
    return characters[(seed[i + 1] ?? 0) % characters.length] ?? "";
  }).join("");
}

const AES_KEY = 32;
const AES_BLOCK = 16;

/** The first 32 bytes of the password, filled up with zeros. */
function aesKey(password: string): Uint8Array {
  const key = new Uint8Array(AES_KEY);
  key.set(toUtf8(password).subarray(0, AES_KEY));
  return key;
}

/** Bytes that are ciphered in about a microsecond. */
const BYTES_PER_UNIT = 20;

function encryptAes(password: string, text: string, context: CallContext): string {
  if (text === "") return "";
  context.spend(1 + text.length / BYTES_PER_UNIT);
  const iv = context.randomBytes(AES_BLOCK);
  return encodeBase64(joinBytes([iv, cbc(aesKey(password), iv).encrypt(toUtf8(text))]));
}

/** Helm compatibility: the padding is not checked, and malformed input fails with the text of Go's panic. */
function decryptAes(password: string, text: string, context: CallContext): string {
  if (text === "") return "";
  context.spend(1 + text.length / BYTES_PER_UNIT);
  const bytes = decodeBase64(toUtf8(text));
  if (bytes.length < AES_BLOCK) {
    const capacity = Math.floor(text.length / 4) * 3;
    fail(`runtime error: slice bounds out of range [:${AES_BLOCK}] with capacity ${capacity}`);
  }
  const sealed = bytes.subarray(AES_BLOCK);
  if (sealed.length % AES_BLOCK !== 0) fail("crypto/cipher: input not full blocks");
  if (sealed.length === 0) fail("runtime error: index out of range [-1]");
  const open = cbc(aesKey(password), bytes.subarray(0, AES_BLOCK), { disablePadding: true }).decrypt(sealed);
  const length = open.length - (open.at(-1) ?? 0);
  if (length < 0) fail(`runtime error: slice bounds out of range [:${length}]`);
  return fromUtf8(open.subarray(0, length));
}

/** Sprig's passwords and ciphers. */
export const cryptoFunctions: readonly Entry[] = [
  ["bcrypt", unary(TEXT, bcryptHash)],
  ["htpasswd", binary(TEXT, TEXT, htpasswd)],
  ["encryptAES", binary(TEXT, TEXT, encryptAes)],
  ["decryptAES", binary(TEXT, TEXT, decryptAes)],
  [
    "derivePassword",
    {
      parameters: ["uint32", "string", "string", "string", "string"],
      call: (args, context) => {
        const [type = "", password = "", user = "", site = ""] = args.slice(1).map(TEXT.read);
        return derivePassword({ counter: UINT32.read(args[0]), type, password, user, site }, context);
      },
    },
  ],
];
