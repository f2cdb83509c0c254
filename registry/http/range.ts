import type { ByteRange } from "../content/object-store.ts";

/**
 * The part of `size` bytes that a Range header asks for. Undefined: all (no header, another unit, several ranges: RFC 9110
 * allows to ignore those). `unsatisfiable`: 416, also for `500-0`, as the conformance program wants.
 */
export function parseRange(header: string | null, size: number): Required<ByteRange> | "unsatisfiable" | undefined {
  if (header === null || !header.startsWith("bytes=")) return undefined;
  const dash = header.indexOf("-", 6);
  if (dash < 0 || header.includes(",")) return undefined;
  const first = parseNumber(header.slice(6, dash));
  const last = parseNumber(header.slice(dash + 1));
  if (first === undefined || last === undefined) return undefined;
  if (first === "") return last === "" ? undefined : suffix(last, size);
  const end = last === "" || last >= size ? size - 1 : last;
  return first >= size || end < first ? "unsatisfiable" : { offset: first, length: end - first + 1 };
}

function suffix(count: number, size: number): Required<ByteRange> | "unsatisfiable" {
  if (count === 0 || size === 0) return "unsatisfiable";
  const length = Math.min(count, size);
  return { offset: size - length, length };
}

function parseNumber(text: string): number | "" | undefined {
  if (text === "") return "";
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
