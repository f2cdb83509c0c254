import { formatShortest } from "../go/float.ts";
import { runeCount } from "../go/utf8.ts";
import { encodeFailure, floatProblem } from "./go-json.ts";
import { jsonFloat } from "./float-text.ts";

/** What the scanner cannot read back, U+0085 (a line break to it), and bytes that are no UTF-8. */
const ODD = /[\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;
const UNREADABLE = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;
const LONGEST_KEY = 1024;

function encodeProblem(problem: string): Error {
  return encodeFailure(`yaml: ${problem}`);
}

/** A string after its way through JSON and back through the YAML scanner. */
export function roundTripText(text: string): string {
  if (!ODD.test(text)) return text;
  if (UNREADABLE.test(text)) throw encodeProblem("control characters are not allowed");
  if (/\u0085(?:---|\.\.\.)[ \u0085]/.test(text)) throw encodeProblem("found unexpected document indicator");
  return foldBreaks(text).toWellFormed();
}

function withoutEdges(text: string, start: boolean, end: boolean): string {
  let from = 0;
  let to = text.length;
  if (start) while (from < to && text.charCodeAt(from) === 32) from += 1;
  if (end) while (to > from && text.charCodeAt(to - 1) === 32) to -= 1;
  return text.slice(from, to);
}

/** One U+0085 reads as a space, more lose the first; the spaces around go. */
function foldBreaks(text: string): string {
  const lines = text.split("\u0085");
  const last = lines.length - 1;
  let out = "";
  let breaks = 0;
  for (const [i, line] of lines.entries()) {
    const body = withoutEdges(line, i > 0, i < last);
    if (i > 0) breaks += 1;
    if (body === "" && i < last && i > 0) continue;
    if (breaks > 0) out += breaks === 1 ? " " : "\n".repeat(breaks - 1);
    breaks = 0;
    out += body;
  }
  return out;
}

/** A key after the same way. Helm compatibility: a long key, or one with U+0085, is none to the scanner. */
export function roundTripKey(key: string): string {
  const quoted = key.length * 6 + 2 > LONGEST_KEY ? JSON.stringify(key) : "";
  if (key.includes("\u0085") || (quoted.length > LONGEST_KEY && runeCount(quoted) > LONGEST_KEY)) {
    throw encodeProblem("did not find expected ',' or '}'");
  }
  return roundTripText(key);
}

const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

/** A float's text: its JSON text, read as YAML and written again. */
export function roundTripFloat(value: number): string {
  if (!Number.isFinite(value)) throw encodeFailure(`error marshaling into JSON: ${floatProblem(value)}`);
  if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return formatShortest(value);
  if (Number.isSafeInteger(value)) return value === 0 ? "0" : String(value);
  const text = jsonFloat(value);
  const digits = BigInt(text);
  return digits > LARGEST || digits < SMALLEST ? formatShortest(value) : text;
}
