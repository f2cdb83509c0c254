import { formatShortest } from "./float.ts";
import { GoObject } from "./value.ts";
import type { GoStructType, GoValue } from "./value.ts";

/** Go's `complex128`, which only a literal such as `1i` makes. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

const COMPLEX: GoStructType = { name: "complex128", fields: [], methods: new Map() };

export function goComplex(re: number, im: number): GoObject {
  return new GoObject(COMPLEX, new Map(), { re, im } satisfies Complex);
}

/** The parts of a `complex128`; `undefined` for every other value. */
export function complexParts(value: GoValue): Complex | undefined {
  if (!(value instanceof GoObject) || value.type !== COMPLEX) return undefined;
  const { native } = value;
  return isComplex(native) ? native : undefined;
}

function isComplex(native: unknown): native is Complex {
  return typeof native === "object" && native !== null && "re" in native && "im" in native;
}

/** `%v` of a `complex128`, e.g. `(1+2i)`. */
export function formatComplex({ re, im }: Complex): string {
  const imaginary = formatShortest(im);
  const sign = imaginary.startsWith("-") || imaginary.startsWith("+") ? "" : "+";
  return `(${formatShortest(re)}${sign}${imaginary}i)`;
}
