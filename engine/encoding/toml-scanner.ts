import { quoteRune } from "../go/quote.ts";
import { GoFailure } from "../go/value.ts";

/** The end of the text as a character; NUL itself is refused. */
export const END = 0;

/** Where a TOML text is being read. `line` is the line of the last character that was taken. */
export interface TomlScanner {
  readonly text: string;
  pos: number;
  line: number;
}

/** A complaint with the line that Go gives it; the reader adds the last key. */
export class TomlFailure extends GoFailure {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** The next character, which is taken; {@link END} at the end. */
export function take(s: TomlScanner): number {
  const code = s.text.codePointAt(s.pos);
  if (code === undefined) return END;
  check(s, code);
  if (code === 10) s.line += 1;
  s.pos += code > 0xffff ? 2 : 1;
  return code;
}

/** The next character. */
export function peek(s: TomlScanner): number {
  const code = s.text.codePointAt(s.pos);
  if (code === undefined) return END;
  check(s, code);
  return code;
}

function check(s: TomlScanner, code: number): void {
  if (code >= 0x20 && code !== 0x7f && (code < 0xd800 || code > 0xdfff)) return;
  if (code === 9 || code === 10) return;
  const line = code === 10 ? s.line + 1 : s.line;
  if (code >= 0xd800)
    throw new TomlFailure(line, `invalid UTF-8 byte: 0x${(code & 0xff).toString(16).padStart(2, "0")}`);
  if (code === 13 && s.text.charCodeAt(s.pos + 1) === 10) return;
  throw new TomlFailure(
    line,
    `TOML files cannot contain control characters: '0x${code.toString(16).padStart(2, "0")}'`,
  );
}

/** Takes the next character if it is `wanted`. */
export function accept(s: TomlScanner, wanted: number): boolean {
  if (peek(s) !== wanted || s.pos >= s.text.length) return false;
  take(s);
  return true;
}

export function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

export function isLineEnd(c: number): boolean {
  return c === 10 || c === 13;
}

export function skipBlanks(s: TomlScanner): void {
  while (isBlank(peek(s))) take(s);
}

/** Skips blanks, line ends and comments. */
export function skipLines(s: TomlScanner): void {
  for (let c = peek(s); ; c = peek(s)) {
    if (isBlank(c) || isLineEnd(c)) take(s);
    else if (c === 35) skipComment(s);
    else return;
  }
}

export function skipComment(s: TomlScanner): void {
  while (!isLineEnd(peek(s)) && s.pos < s.text.length) take(s);
}

/** A complaint about the character that was just taken. At the end of a text with a last line end it names the line before. */
export function complain(s: TomlScanner, message: string, taken?: number): TomlFailure {
  const atEnd = taken === END && s.pos >= s.text.length;
  return new TomlFailure(atEnd && s.text.charCodeAt(s.pos - 1) === 10 ? s.line - 1 : s.line, message);
}

/** A complaint about a line end that was just taken: it belongs to the line before. */
export function complainBefore(s: TomlScanner, message: string): TomlFailure {
  return new TomlFailure(s.line - 1, message);
}

/** A character as Go's `%q` shows it. */
export function shown(c: number): string {
  return quoteRune(c);
}
