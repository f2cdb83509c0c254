import { encodeBase64 } from "../go/base64.ts";
import { isStray } from "../go/unicode.ts";
import { GoInt } from "../go/value.ts";
import type { CallContext } from "../template/function.ts";
import { INT, TEXT, binary, fail, nullary, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));

/** `count` characters, each with the same chance; nothing for a count below 1. */
function randomText(alphabet: string): (count: number, context: CallContext) => string {
  const limit = 256 - (256 % alphabet.length);
  return (count, context) => {
    if (count <= 0) return "";
    context.reserve(count);
    context.spend(1 + count / CHARACTERS_PER_UNIT);
    let out = "";
    while (out.length < count) {
      for (const byte of context.randomBytes(Math.min(count - out.length + SPARE, BATCH))) {
        if (byte < limit && out.length < count) out += alphabet[byte % alphabet.length] ?? "";
      }
    }
    return out;
  };
}

/** Bytes drawn on top, as some are thrown away to keep the chances equal. */
const SPARE = 16;
const BATCH = 4096;
/** Characters drawn in about a microsecond. */
const CHARACTERS_PER_UNIT = 20;

/** A number in `0..range` (`range` excluded). 128 random bits keep the bias below 2^-64. */
function randomBelow(range: bigint, context: CallContext): bigint {
  let value = 0n;
  for (const byte of context.randomBytes(16)) value = (value << 8n) | BigInt(byte);
  return value % range;
}

function randomInt(from: number, to: number, context: CallContext): GoInt {
  if (to <= from) fail("invalid argument to Intn");
  return new GoInt("int", BigInt(from) + randomBelow(BigInt(to) - BigInt(from), context));
}

function shuffle(text: string, context: CallContext): string {
  const runes = Array.from(text, (rune) => (isStray(rune) ? "\ufffd" : rune));
  context.spend(1 + runes.length);
  for (let i = runes.length - 1; i > 0; i--) {
    const other = Number(randomBelow(BigInt(i + 1), context));
    const held = runes[i] ?? "";
    runes[i] = runes[other] ?? "";
    runes[other] = held;
  }
  return runes.join("");
}

function randomBytes(count: number, context: CallContext): string {
  if (count < 0) fail("runtime error: makeslice: len out of range");
  context.reserve(count * 2);
  context.spend(1 + count / CHARACTERS_PER_UNIT);
  return encodeBase64(context.randomBytes(count));
}

/** A random UUID, version 4. */
function uuid(context: CallContext): string {
  const bytes = context.randomBytes(16);
  const hex = Array.from(bytes, (byte, i) => {
    if (i === 6) return (byte & 0x0f) | 0x40;
    return i === 8 ? (byte & 0x3f) | 0x80 : byte;
  }).map((byte) => byte.toString(16).padStart(2, "0"));
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map((part) => part.join(""))
    .join("-");
}

/** Sprig's random functions, over the render's own cryptographic stream. */
export const randomFunctions: readonly Entry[] = [
  ["randAlphaNum", unary(INT, randomText(LETTERS + DIGITS))],
  ["randAlpha", unary(INT, randomText(LETTERS))],
  ["randNumeric", unary(INT, randomText(DIGITS))],
  ["randAscii", unary(INT, randomText(PRINTABLE))],
  ["randInt", binary(INT, INT, randomInt)],
  ["randBytes", unary(INT, randomBytes)],
  ["shuffle", unary(TEXT, shuffle)],
  ["uuidv4", nullary(uuid)],
];
