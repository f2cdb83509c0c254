import { findUnit, Text } from "./text";

export const enum Style {
  Plain,
  Single,
  Double,
  Literal,
  Folded,
  /** In braces or brackets. */
  Flow,
  /** By indentation. */
  Block,
}

/**
 * The text of a scalar that stands in `source` from `start` up to `end`, by the rules of its style; lines of a block begin at `column`.
 */
export function decodeText(source: string, start: i32, end: i32, style: Style, column: i32): string {
  switch (style) {
    case Style.Plain:
      return hasBreak(source, start, end) ? decodePlain(source, start, end) : source.substring(start, end);
    case Style.Single:
      return decodeQuoted(source, start + 1, end - 1, 0x27);
    case Style.Double:
      return decodeQuoted(source, start + 1, end - 1, 0x22);
    case Style.Literal:
    case Style.Folded:
      return decodeBlock(source, start, end, style == Style.Folded, column);
    default:
      return "";
  }
}

function hasBreak(source: string, start: i32, end: i32): bool {
  return findUnit(source, 0x0a, start, end) < end;
}

function decodePlain(source: string, start: i32, end: i32): string {
  const out = new Text(end - start);
  let i = start;
  while (i < end) {
    const code = source.charCodeAt(i);
    if (code == 0x0a || (code == 0x0d && source.charCodeAt(i + 1) == 0x0a)) i = foldBreaks(out, source, i, end, 0);
    else {
      out.unit(code);
      i += 1;
    }
  }
  return out.toString();
}

/** A line break in a flow scalar is a blank; each further one is a break. Blanks around them do not count. */
function foldBreaks(out: Text, source: string, from: i32, end: i32, floor: i32): i32 {
  out.trim(floor);
  let breaks = 0;
  let i = from;
  for (; i < end; i++) {
    const code = source.charCodeAt(i);
    if (code == 0x0a) breaks += 1;
    else if (code != 0x20 && code != 0x09 && code != 0x0d) break;
  }
  if (breaks == 1) out.unit(0x20);
  for (let n = 1; n < breaks; n++) out.unit(0x0a);
  return i;
}

function decodeQuoted(source: string, start: i32, end: i32, mark: i32): string {
  const out = new Text(end - start);
  let i = start;
  let run = start;
  // Blanks that an escape made are text: no folding takes them away.
  let floor = 0;
  while (i < end) {
    const code = source.charCodeAt(i);
    const escape = code == (mark == 0x22 ? 0x5c : 0x27);
    if (!escape && code != 0x0a && code != 0x0d) {
      i += 1;
      continue;
    }
    out.slice(source, run, i);
    if (!escape)
      i =
        code == 0x0d && source.charCodeAt(i + 1) != 0x0a
          ? addUnit(out, code, i)
          : foldBreaks(out, source, i, end, floor);
    else if (mark == 0x27) i = addUnit(out, 0x27, i + 1);
    else i = decodeEscape(out, source, i + 1, end);
    if (escape) floor = out.size();
    run = i;
  }
  out.slice(source, run, end);
  return out.toString();
}

function addUnit(out: Text, code: i32, place: i32): i32 {
  out.unit(code);
  return place + 1;
}

/** What stands behind a backslash; answers the place behind it. */
function decodeEscape(out: Text, source: string, place: i32, end: i32): i32 {
  const code = source.charCodeAt(place);
  if (code == 0x0a || code == 0x0d) return skipBlanks(source, code == 0x0d ? place + 2 : place + 1, end);
  const digits = code == 0x78 ? 2 : code == 0x75 ? 4 : code == 0x55 ? 8 : 0;
  if (digits == 0) return addUnit(out, plainEscape(code), place);
  let value: u32 = 0;
  for (let i = 1; i <= digits; i++) value = (value << 4) | hexDigit(source.charCodeAt(place + i));
  if (value > 0xffff) {
    out.unit(0xd800 + <i32>((value - 0x10000) >> 10));
    out.unit(0xdc00 + <i32>(value & 0x3ff));
  } else out.unit(value);
  return place + 1 + digits;
}

function skipBlanks(source: string, from: i32, end: i32): i32 {
  let i = from;
  while (i < end && (source.charCodeAt(i) == 0x20 || source.charCodeAt(i) == 0x09)) i += 1;
  return i;
}

export function hexDigit(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** The character of a one-letter escape; `"`, `\\` and `/` are themselves. */
function plainEscape(code: i32): i32 {
  const found = namedEscape(code);
  return found < 0 ? code : found;
}

/** Whether a letter may stand behind a backslash. */
export function isEscape(code: i32): bool {
  if (code == 0x22 || code == 0x5c || code == 0x2f || code == 0x0a || code == 0x0d || code == 0x09) return true;
  return code == 0x78 || code == 0x75 || code == 0x55 || namedEscape(code) >= 0;
}

/** What a letter behind a backslash stands for; -1 for none. */
function namedEscape(code: i32): i32 {
  switch (code) {
    case 0x6e:
      return 0x0a;
    case 0x74:
      return 0x09;
    case 0x72:
      return 0x0d;
    case 0x30:
      return 0;
    case 0x61:
      return 7;
    case 0x62:
      return 8;
    case 0x76:
      return 11;
    case 0x66:
      return 12;
    case 0x65:
      return 27;
    case 0x20:
      return 0x20;
    case 0x4e:
      return 0x85;
    case 0x5f:
      return 0xa0;
    case 0x4c:
      return 0x2028;
    case 0x50:
      return 0x2029;
    default:
      return -1;
  }
}

/** Literal and folded scalars: `|` and `>` with their chomping. */
function decodeBlock(source: string, start: i32, end: i32, folded: bool, column: i32): string {
  const out = new Text(end - start);
  let i = start;
  let chomp: i32 = 0;
  for (; i < end && source.charCodeAt(i) != 0x0a && source.charCodeAt(i) != 0x23; i++) {
    const code = source.charCodeAt(i);
    if (code == 0x2b || code == 0x2d) chomp = code;
  }
  while (i < end && source.charCodeAt(i) != 0x0a) i += 1;
  i += 1;
  let breaks = 0;
  let started = false;
  let wasIndented = false;
  while (i < end) {
    const stop = lineEnd(source, i, end);
    const from = min(i + column, stop);
    const to = stop > from && source.charCodeAt(stop - 1) == 0x0d ? stop - 1 : stop;
    if (from >= to) breaks += 1;
    else {
      const indented = isBlank(source.charCodeAt(from));
      addBreaks(out, breaks, folded && started && !indented && !wasIndented);
      out.slice(source, from, to);
      breaks = 1;
      started = true;
      wasIndented = indented;
    }
    i = stop + 1;
  }
  // The last line may end with the source, without a break.
  if (end > 0 && source.charCodeAt(end - 1) != 0x0a && breaks > 0) breaks -= 1;
  if (chomp == 0x2b) for (let n = 0; n < breaks; n++) out.unit(0x0a);
  else if (chomp == 0 && started && breaks > 0) out.unit(0x0a);
  return out.toString();
}

function addBreaks(out: Text, breaks: i32, folds: bool): void {
  if (folds && breaks == 1) out.unit(0x20);
  for (let n = folds ? 1 : 0; n < breaks; n++) out.unit(0x0a);
}

function lineEnd(source: string, from: i32, end: i32): i32 {
  return findUnit(source, 0x0a, from, end);
}

function isBlank(code: i32): bool {
  return code == 0x20 || code == 0x09;
}
