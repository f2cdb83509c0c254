import type { Complex } from "../go/complex.ts";
import { quote, unquoteCharacter } from "../go/quote.ts";
import { parseFloat64, parseInt64, parseUint64 } from "../go/strconv.ts";
import type { NumberNode } from "./node.ts";

const INT64_LIMIT = 2 ** 63;
const UINT64_LIMIT = 2 ** 64;

/** The values of a number, or the text of Go's error. */
export type NumberLiteral = Omit<NumberNode, "kind" | "offset"> | string;

/** Reads a number, imaginary or character constant as Go's `newNumber` does. */
export function readNumber(text: string, kind: "number" | "complex" | "char-constant"): NumberLiteral {
  if (kind === "char-constant") return readCharacter(text);
  if (kind === "complex") return readComplex(text);
  if (text.endsWith("i")) {
    const imaginary = parseFloat64(text.slice(0, -1));
    if (imaginary.failure === undefined) return fromComplex(text, { re: 0, im: imaginary.value });
  }
  const unsigned = parseUint64(text, 0);
  const signed = parseInt64(text, 0);
  const int = signed.failure === undefined ? signed.value : undefined;
  const uint = unsigned.failure === undefined ? unsigned.value : int === 0n ? 0n : undefined;
  const whole = int ?? uint;
  if (whole !== undefined) return { text, int, uint, float: Number(whole), complex: undefined };
  return readFloat(text);
}

function readFloat(text: string): NumberLiteral {
  const { value, failure } = parseFloat64(text);
  if (failure !== undefined) return `illegal number syntax: ${quote(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  return { text, ...wholeParts(value), float: value, complex: undefined };
}

/** A float that is whole also serves as an integer. */
function wholeParts(value: number): { readonly int: bigint | undefined; readonly uint: bigint | undefined } {
  if (!Number.isInteger(value)) return { int: undefined, uint: undefined };
  const isInt = value >= -INT64_LIMIT && value < INT64_LIMIT;
  const isUint = value >= 0 && value < UINT64_LIMIT;
  return { int: isInt ? BigInt(value) : undefined, uint: isUint ? BigInt(value) : undefined };
}

function readCharacter(text: string): NumberLiteral {
  const character = unquoteCharacter(text, 1, "'");
  if (character === undefined) return "invalid syntax";
  if (text.slice(character.end) !== "'") return `malformed character constant: ${text}`;
  const int = BigInt(character.code);
  return { text, int, uint: int, float: character.code, complex: undefined };
}

/** `1+2i`: the sign that parts it follows no exponent letter. */
function readComplex(text: string): NumberLiteral {
  const split = /^(.*[^eEpP+-])([+-].*)i$/.exec(text);
  const re = parseFloat64(split?.[1] ?? "");
  const im = parseFloat64(split?.[2] ?? "");
  if (re.failure !== undefined || im.failure !== undefined) return "syntax error scanning complex number";
  return fromComplex(text, { re: re.value, im: im.value });
}

function fromComplex(text: string, complex: Complex): NumberLiteral {
  if (complex.im !== 0) return { text, int: undefined, uint: undefined, float: undefined, complex };
  return { text, ...wholeParts(complex.re), float: complex.re, complex };
}
