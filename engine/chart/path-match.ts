import { ChartError } from "./chart-error.ts";

/**
 * Go's `filepath.Match`: `*` and `?` stop at `/`, `[a-z]` and `[^a-z]` are classes, `\` takes the next character as it is. Throws
 * {@link ChartError} `invalid-pattern` (`syntax error in pattern`) for a malformed pattern, wherever the fault is.
 */
export function pathMatch(pattern: string, name: string): boolean {
  let rest = Array.from(pattern);
  let text = Array.from(name);
  while (rest.length > 0) {
    const { star, chunk, after } = nextChunk(rest);
    rest = after;
    if (star && chunk.length === 0) return !text.includes("/");
    const matched = star ? matchAnywhere(chunk, text, rest.length === 0) : matchChunk(chunk, text);
    if (matched === undefined || (rest.length === 0 && matched.length > 0)) {
      checkRest(rest);
      return false;
    }
    text = matched;
  }
  return text.length === 0;
}

interface Chunk {
  readonly star: boolean;
  readonly chunk: string[];
  readonly after: string[];
}

/** Cuts leading stars, then everything up to the next star outside of a class. */
function nextChunk(pattern: readonly string[]): Chunk {
  let start = 0;
  while (pattern[start] === "*") start++;
  let inClass = false;
  let end = start;
  for (; end < pattern.length; end++) {
    const char = pattern[end];
    if (char === "\\") end++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "*" && !inClass) break;
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) };
}

/** What is left of `text` behind the first place where `chunk` fits without crossing a `/`. */
function matchAnywhere(chunk: readonly string[], text: readonly string[], last: boolean): string[] | undefined {
  for (let i = 0; i <= text.length; i++) {
    const left = matchChunk(chunk, text.slice(i));
    if (left !== undefined && !(last && left.length > 0)) return left;
    if (text[i] === "/") break;
  }
  return undefined;
}

function checkRest(pattern: readonly string[]): void {
  for (let rest = pattern; rest.length > 0;) {
    const { chunk, after } = nextChunk(rest);
    matchChunk(chunk, []);
    rest = after;
  }
}

/** What is left of `text` behind `chunk` at its start, or `undefined`. A fault behind a mismatch still throws. */
function matchChunk(chunk: readonly string[], text: readonly string[]): string[] | undefined {
  let failed = false;
  let at = 0;
  let i = 0;
  while (i < chunk.length) {
    failed ||= at >= text.length;
    const char = chunk[i];
    if (char === "[") {
      const found = matchClass(chunk, i + 1, failed ? undefined : text[at]);
      failed ||= !found.matched;
      i = found.end;
    } else if (char === "?") {
      failed ||= text[at] === "/";
      i++;
    } else {
      if (char === "\\") i++;
      if (i >= chunk.length) throw badPattern();
      failed ||= chunk[i] !== text[at];
      i++;
    }
    at++;
  }
  return failed ? undefined : text.slice(at);
}

function matchClass(
  chunk: readonly string[],
  start: number,
  char: string | undefined,
): { readonly matched: boolean; readonly end: number } {
  let i = start;
  const negated = chunk[i] === "^";
  if (negated) i++;
  let matched = false;
  for (let ranges = 0; ; ranges++) {
    if (i < chunk.length && chunk[i] === "]" && ranges > 0) break;
    const low = classChar(chunk, i);
    i = low.end;
    let high = low;
    if (chunk[i] === "-") {
      high = classChar(chunk, i + 1);
      i = high.end;
    }
    const code = char?.codePointAt(0) ?? -1;
    if (low.code <= code && code <= high.code) matched = true;
  }
  return { matched: char !== undefined && matched !== negated, end: i + 1 };
}

function classChar(chunk: readonly string[], start: number): { readonly code: number; readonly end: number } {
  let i = start;
  if (i >= chunk.length || chunk[i] === "-" || chunk[i] === "]") throw badPattern();
  if (chunk[i] === "\\") i++;
  const code = chunk[i]?.codePointAt(0);
  if (code === undefined || i + 1 >= chunk.length) throw badPattern();
  return { code, end: i + 1 };
}

function badPattern(): ChartError {
  return new ChartError("invalid-pattern", "syntax error in pattern");
}
