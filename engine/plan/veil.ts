import { secretTexts, type SecretSource } from "./secret-texts.ts";

/** Cuts what is secret out of texts that somebody else wrote. */
export interface Veil {
  /** Lines of one hand: what is secret is found across them, too. */
  readonly lines: (texts: readonly string[]) => readonly string[];
  readonly text: (text: string) => string;
}

const SHOWN = "[secret]";
const UNKNOWN = "[hidden: what is secret in the input cannot be told]";
/** Secrets that are looked for, and their characters in all; beyond these nothing is shown. */
const MAX_TEXTS = 5000;
const MAX_SECRET = 1024 * 1024;
/** Characters of one hand's lines that are looked through; beyond these nothing is shown. */
export const MAX_SHOWN: number = 1024 * 1024;
/** So many characters of a longer secret give it away, wherever they stand in it. */
const PART = 16;
/** Shorter secrets stand everywhere by chance. */
const LEAST = 4;

/**
 * A veil over what is secret: in whatever way YAML and JSON quote, escape, fold or indent it, in base64, and parts of longer secrets. It
 * guards against carelessness; who reads a secret and wants it out can write it backwards. Without a source nothing is shown.
 */
export function createVeil(source: SecretSource | undefined): Veil {
  let known: Secrets | undefined;
  const lines: Veil["lines"] = (texts) => {
    if (source === undefined) return texts.map(() => UNKNOWN);
    known ??= readSecrets(source);
    return veiled(texts, known);
  };
  return { lines, text: (text) => lines([text])[0] ?? "" };
}

/** Secrets by how they are looked for; whether these are all. */
interface Secrets {
  readonly short: readonly string[];
  readonly long: readonly string[];
  readonly complete: boolean;
}

function readSecrets(source: SecretSource): Secrets {
  const texts = secretTexts(source, MAX_TEXTS);
  let left = MAX_SECRET;
  const short = new Set<string>();
  const long = new Set<string>();
  for (const text of texts) {
    left -= text.length;
    if (left < 0) break;
    const plain = plainOf(text).text;
    if (plain.length >= PART) long.add(plain);
    else if (plain.length >= LEAST) short.add(plain);
    // Behind a backslash the first letter of a short secret reads as a part of an escape.
    if (plain.length < PART && plain.length > LEAST && ESCAPED.test(plain)) short.add(plain.slice(1));
  }
  return { short: [...short], long: [...long], complete: left >= 0 && texts.size < MAX_TEXTS };
}

function veiled(texts: readonly string[], { short, long, complete }: Secrets): readonly string[] {
  const whole = texts.join("\n");
  if (!complete || whole.length > MAX_SHOWN) return texts.map(() => UNKNOWN);
  if (short.length === 0 && long.length === 0) return texts;
  const plain = plainOf(whole);
  const marked = new Uint8Array(plain.text.length);
  for (const secret of short) {
    for (let at = plain.text.indexOf(secret); at >= 0; at = plain.text.indexOf(secret, at + 1))
      marked.fill(1, at, at + secret.length);
  }
  markParts(plain.text, long, marked);
  return cut(texts, spansOf(plain, marked));
}

/** Marks every run of {@link PART} characters that stands in a secret, too. */
function markParts(text: string, secrets: readonly string[], marked: Uint8Array): void {
  if (secrets.length === 0) return;
  const parts = new Set<string>();
  for (let i = 0; i + PART <= text.length; i++) parts.add(text.slice(i, i + PART));
  const found = new Set<string>();
  for (const secret of secrets) {
    for (let i = 0; i + PART <= secret.length; i++) {
      const part = secret.slice(i, i + PART);
      if (parts.has(part)) found.add(part);
    }
  }
  if (found.size === 0) return;
  for (let i = 0; i + PART <= text.length; i++) if (found.has(text.slice(i, i + PART))) marked.fill(1, i, i + PART);
}

/** From and to, in the text that was looked through. */
type Span = readonly [start: number, end: number];

function spansOf({ starts, ends }: Plain, marked: Uint8Array): readonly Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < marked.length; i++) {
    if (marked[i] !== 1) continue;
    const start = i;
    while (marked[i + 1] === 1) i++;
    spans.push([starts[start] ?? 0, ends[i] ?? 0]);
  }
  return spans;
}

/** Spans lie in the texts as they are joined by a character each. */
function cut(texts: readonly string[], spans: readonly Span[]): readonly string[] {
  let offset = 0;
  let next = 0;
  return texts.map((text) => {
    const from = offset;
    offset += text.length + 1;
    let shown = "";
    let at = 0;
    for (let span = spans[next]; span !== undefined && span[0] < offset; span = spans[++next]) {
      shown += text.slice(at, Math.max(at, span[0] - from)) + SHOWN;
      at = Math.min(text.length, span[1] - from);
      if (span[1] > offset) break;
    }
    return shown + text.slice(at);
  });
}

/** The characters of a text that stay what they are in any quoting, and where each of them stands. */
interface Plain {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Letters that stand for something else behind a backslash. */
const ESCAPED = /^[nrtbfux]/;
/** Blanks, control characters, quotes: they come and go with indentation, folding and quoting. */
const LOOSE = /[\s\u0000-\u001f\u007f"'`]/;
const CODE = /^(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/i;
const CODE_LENGTH = 5;

function plainOf(source: string): Plain {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  const add = (character: string, start: number, end: number): void => {
    if (LOOSE.test(character)) return;
    text += character;
    starts.push(start);
    ends.push(end);
  };
  for (let i = 0; i < source.length;) {
    const start = i;
    if (source[i] !== "\\") {
      add(source.charAt(i), start, ++i);
      continue;
    }
    while (source[i] === "\\") i++;
    const code = CODE.exec(source.slice(i, i + CODE_LENGTH));
    const digits = code?.[1] ?? code?.[2];
    if (digits !== undefined) {
      i += 1 + digits.length;
      add(String.fromCharCode(Number.parseInt(digits, 16)), start, i);
    } else if (/[nrtbf]/.test(source.charAt(i))) i++;
  }
  return { text, starts, ends };
}
