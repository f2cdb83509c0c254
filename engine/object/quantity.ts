import type { JsonValue } from "../errors.ts";

/** `mantissa × 10^ten × 2^two`, exactly. */
interface Quantity {
  readonly mantissa: bigint;
  readonly ten: number;
  readonly two: number;
}

/** No quantity that a server keeps is longer: int64 with a suffix, or nine decimals. */
const MAX_LENGTH = 64;
/** Beyond 10^±30 a server has clamped the value; such are not compared. */
const MAX_EXPONENT = 30;

/**
 * True when both are Kubernetes quantities of the same value: `1000m` = `1` = 1, `1Gi` = `1024Mi`, `1e3` = `1k`. False for
 * everything that is no quantity, and for what a server would round (finer than nano).
 */
export function quantitiesEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  if (left === undefined || right === undefined) return false;
  const ten = Math.min(left.ten, right.ten);
  return scaled(left, ten) === scaled(right, ten);
}

function scaled(quantity: Quantity, ten: number): bigint {
  return quantity.mantissa * 10n ** BigInt(quantity.ten - ten) * 2n ** BigInt(quantity.two);
}

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

function parseQuantity(value: JsonValue | undefined): Quantity | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.length > MAX_LENGTH) return undefined;
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", binary, decimal, exponent] = match;
  if (whole === "" && fraction === "") return undefined;
  const two = binary === undefined ? 0 : (BINARY[binary] ?? 0);
  const shift = decimal !== undefined ? (DECIMAL[decimal] ?? 0) : exponent !== undefined ? Number(exponent) : 0;
  const ten = shift - fraction.length;
  if (ten < -9 || ten > MAX_EXPONENT) return undefined;
  const mantissa = BigInt(whole + fraction);
  return { mantissa: sign === "-" ? -mantissa : mantissa, ten, two };
}
