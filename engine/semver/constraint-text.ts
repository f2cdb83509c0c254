/** The parts of a version in a constraint; `x`, `X` and `*` stand for any number. */
export interface VersionPattern {
  readonly text: string;
  readonly end: number;
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** With its `-`. */
  readonly prerelease: string;
}

/** One operator and its version. */
export interface Comparison {
  readonly operator: string;
  readonly pattern: VersionPattern;
}

const OPERATORS = new Set(["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"]);

function isSpace(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 12 || c === 13;
}

function isOperator(c: number): boolean {
  return c === 61 || c === 33 || c === 62 || c === 60 || c === 126 || c === 94;
}

/** Helm compatibility: a `|` counts as a digit here and fails later. */
function isSegment(c: number): boolean {
  return (c >= 48 && c <= 57) || c === 124 || c === 120 || c === 88 || c === 42;
}

function isIdentifier(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 45;
}

function run(text: string, from: number, test: (c: number) => boolean): number {
  let at = from;
  while (at < text.length && test(text.charCodeAt(at))) at += 1;
  return at;
}

function dotted(text: string, from: number): number {
  return text.charCodeAt(from) === 46 ? longerThanOne(from, run(text, from + 1, isSegment)) : from;
}

function longerThanOne(from: number, end: number): number {
  return end > from + 1 ? end : from;
}

/** The end of `-a.b` or `+a.b` at `from`, or `from`. */
function extra(text: string, from: number, mark: number): number {
  if (text.charCodeAt(from) !== mark) return from;
  let end = longerThanOne(from, run(text, from + 1, isIdentifier));
  while (end > from && text.charCodeAt(end) === 46) {
    const more = longerThanOne(end, run(text, end + 1, isIdentifier));
    if (more === end) break;
    end = more;
  }
  return end;
}

/** The longest version pattern at `from`. */
export function matchPattern(text: string, from: number): VersionPattern | undefined {
  const start = text.charCodeAt(from) === 118 ? from + 1 : from;
  const major = run(text, start, isSegment);
  if (major === start) return undefined;
  const minor = dotted(text, major);
  const patch = minor === major ? minor : dotted(text, minor);
  const prerelease = extra(text, patch, 45);
  const end = extra(text, prerelease, 43);
  return {
    text: text.slice(from, end),
    end,
    major: text.slice(start, major),
    minor: text.slice(major, minor),
    patch: text.slice(minor, patch),
    prerelease: text.slice(patch, prerelease),
  };
}

/** The comparisons of an AND group, separated by white space or a comma; `undefined` for a malformed group. */
export function splitGroup(group: string): readonly Comparison[] | undefined {
  const out: Comparison[] = [];
  let at = run(group, 0, isSpace);
  for (;;) {
    const operatorEnd = run(group, at, isOperator);
    const operator = group.slice(at, operatorEnd);
    const pattern = matchPattern(group, run(group, operatorEnd, isSpace));
    if (pattern === undefined || !OPERATORS.has(operator)) return undefined;
    out.push({ operator, pattern });
    at = run(group, pattern.end, isSpace);
    if (at === group.length) return out;
    if (group.charCodeAt(at) === 44) at = run(group, at + 1, isSpace);
    else if (at === pattern.end) return undefined;
  }
}

/** Writes `1.2 - 2.3` as `>= 1.2, <= 2.3 `. */
export function rewriteRanges(text: string): string {
  let out = text;
  for (let at = 0; at < text.length;) {
    const range = matchRange(text, at);
    if (range === undefined) at += 1;
    else {
      out = out.replace(text.slice(at, range.end), () => `>= ${range.low}, <= ${range.high} `);
      at = range.end;
    }
  }
  return out;
}

interface Range {
  readonly low: string;
  readonly high: string;
  readonly end: number;
}

function matchRange(text: string, from: number): Range | undefined {
  const low = matchPattern(text, run(text, from, isSpace));
  if (low === undefined) return undefined;
  const dash = run(text, low.end, isSpace);
  if (dash === low.end || text.charCodeAt(dash) !== 45) return undefined;
  const start = run(text, dash + 1, isSpace);
  const high = start === dash + 1 ? undefined : matchPattern(text, start);
  if (high === undefined) return undefined;
  return { low: low.text, high: high.text, end: run(text, high.end, isSpace) };
}
