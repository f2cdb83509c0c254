/** The verbs of Go's `strconv.FormatFloat`. */
export type FloatVerb = "b" | "e" | "E" | "f" | "g" | "G" | "x" | "X";

/** Decimal digits without trailing zeros: the value is `0.DIGITS * 10^point`. Zero has no digits. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** Behind this many digits a double has no digit other than zero. */
const LAST_DIGIT = 1100;

/** Go's `strconv.FormatFloat(value, verb, precision, 64)`. Precision -1 is the shortest text that reads back the same. */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (verb === "g" && precision < 0) return formatShortest(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  if (verb === "b") return sign + formatBinary(magnitude);
  if (verb === "x") return sign + formatHex(magnitude, precision);
  if (verb === "X") return sign + formatHex(magnitude, precision).toUpperCase();
  const decimal = precision < 0 ? shortestDecimal(magnitude) : roundedDecimal(magnitude, verb, precision);
  return sign + formatDecimal(decimal, verb, precision);
}

/** `%v` of a float64: shortest digits, an exponent below 10^-4 and from 10^6 on. */
export function formatShortest(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const text = value.toExponential();
  const at = text.indexOf("e") + 2;
  return text.length - at < 2 ? `${text.slice(0, at)}0${text.slice(at)}` : text;
}

function formatDecimal(decimal: Decimal, verb: FloatVerb, precision: number): string {
  const { digits, point } = decimal;
  const count = digits.length;
  if (verb === "f") return fixed(decimal, precision < 0 ? Math.max(count - point, 0) : precision);
  if (verb === "e" || verb === "E")
    return exponential(decimal, precision < 0 ? Math.max(count - 1, 0) : precision, verb);
  let wanted = precision < 0 ? count : Math.max(precision, 1);
  const threshold = precision < 0 ? 6 : wanted > count && count >= point ? count : wanted;
  if (point - 1 < -4 || point - 1 >= threshold) {
    wanted = Math.min(wanted, count);
    return exponential(decimal, wanted - 1, verb === "g" ? "e" : "E");
  }
  return fixed(decimal, Math.max((wanted > point ? count : wanted) - point, 0));
}

function exponential({ digits, point }: Decimal, precision: number, letter: "e" | "E"): string {
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, "0")}` : "";
  const exponent = digits === "" ? 0 : point - 1;
  const sign = exponent < 0 ? "-" : "+";
  return `${digits[0] ?? "0"}${fraction}${letter}${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function fixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision === 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

function shortestDecimal(magnitude: number): Decimal {
  if (magnitude === 0) return { digits: "", point: 0 };
  const text = magnitude.toExponential();
  const at = text.indexOf("e");
  return { digits: text.slice(0, at).replace(".", ""), point: Number(text.slice(at + 1)) + 1 };
}

/** Rounds half to even, as Go does, on the exact value. */
function roundedDecimal(magnitude: number, verb: FloatVerb, precision: number): Decimal {
  if (magnitude === 0) return { digits: "", point: 0 };
  if (verb === "f") return decimalAt(magnitude, -Math.min(precision, LAST_DIGIT));
  const wanted = Math.min(verb === "g" || verb === "G" ? Math.max(precision, 1) : precision + 1, LAST_DIGIT);
  const guess = Number(magnitude.toExponential().split("e")[1]);
  const first = decimalAt(magnitude, guess - wanted + 1);
  return first.point - 1 < guess ? decimalAt(magnitude, guess - wanted) : first;
}

/** `magnitude` rounded to a multiple of `10^unit`. */
function decimalAt(magnitude: number, unit: number): Decimal {
  const { mantissa, exponent } = decompose(magnitude);
  let numerator = mantissa;
  let denominator = 1n;
  if (unit < 0) numerator *= 10n ** BigInt(-unit);
  else denominator = 10n ** BigInt(unit);
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  let quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient += 1n;
  if (quotient === 0n) return { digits: "", point: 0 };
  const text = quotient.toString();
  return { digits: text.replace(/0+$/, ""), point: text.length + unit };
}

/** Mantissa and exponent: `value = mantissa * 2^exponent`. The mantissa of a normal number has its 53 bits. */
function decompose(magnitude: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

function formatBinary(magnitude: number): string {
  const { mantissa, exponent } = decompose(magnitude);
  return `${mantissa}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function formatHex(magnitude: number, precision: number): string {
  const parts = decompose(magnitude);
  let exponent = magnitude === 0 ? 0 : parts.exponent + 52;
  let mantissa = parts.mantissa << 8n;
  while (mantissa !== 0n && mantissa < 1n << 60n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  if (precision >= 0 && precision < 15) {
    const dropped = 60n - BigInt(precision * 4);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= dropped;
    if (mantissa >= 1n << 61n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const digits = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, "0");
  const fraction = precision < 0 ? digits.replace(/0+$/, "") : digits.slice(0, precision).padEnd(precision, "0");
  const point = fraction === "" ? "" : ".";
  return `0x${mantissa >> 60n}${point}${fraction}p${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
