import {
  isLetter,
  isLower,
  isNumber,
  isPunctuation,
  isSpace,
  isStray,
  isTitle,
  isUpper,
  toLowerRune,
  toTitleRune,
  toUpperRune,
} from "../go/unicode.ts";
import { TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** `untitle`: the first rune of every word in lower case. */
function untitle(text: string): string {
  let out = "";
  let wordStart = true;
  for (const rune of text) {
    if (isSpace(rune)) {
      wordStart = true;
      out += rune;
    } else {
      out += wordStart ? toLowerRune(rune) : rune;
      wordStart = false;
    }
  }
  return out;
}

/** `swapcase`: word starts become title case, other lower-case runes upper, upper-case ones lower. */
function swapCase(text: string): string {
  let out = "";
  let wordStart = true;
  for (const rune of text) {
    if (isUpper(rune) || isTitle(rune)) {
      out += toLowerRune(rune);
      wordStart = false;
    } else if (isLower(rune)) {
      out += wordStart ? toTitleRune(rune) : toUpperRune(rune);
      wordStart = false;
    } else {
      wordStart = isSpace(rune);
      out += rune;
    }
  }
  return out;
}

function isConnector(rune: string): boolean {
  return rune === "-" || rune === "_" || isSpace(rune);
}

/** `camelcase`: upper camel case. Of a run of connectors all but the first stay. */
function pascalCase(text: string): string {
  const runes = Array.from(text);
  let start = 0;
  while (start < runes.length && isConnector(runes[start] ?? "")) start++;
  const head = runes.slice(0, start).join("");
  const first = runes[start];
  if (first === undefined) return doubledConnector(head, runes);
  return head + camelTail(toUpperRune(first), isUpper(first), runes.slice(start + 1));
}

/** Helm compatibility: xstrings writes the last rune of a text of connectors only twice. */
function doubledConnector(head: string, runes: readonly string[]): string {
  return head + (runes.at(-1) ?? "");
}

function withoutStrays(text: string): string {
  if (text.isWellFormed()) return text;
  return Array.from(text, (rune) => (isStray(rune) ? INVALID : rune)).join("");
}

function camelTail(first: string, firstIsUpper: boolean, rest: readonly string[]): string {
  let out = "";
  let current = first;
  let lowering = firstIsUpper;
  for (const rune of rest) {
    const previous = current;
    current = rune;
    if (isConnector(rune) && isConnector(previous)) {
      out += previous;
    } else if (isConnector(previous)) {
      lowering = isUpper(rune);
      current = toUpperRune(rune);
    } else {
      if (lowering && isUpper(rune)) current = toLowerRune(rune);
      else lowering = false;
      out += previous;
    }
  }
  return out + current;
}

type WordKind = "invalid" | "number" | "upper" | "alphabet" | "connector" | "punctuation" | "other" | "end";

/** A piece of an identifier: `HTTP`, `Server`, `20`, `_`. */
interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const END: Word = { kind: "end", text: "" };

/** Chinese characters are letters to Unicode but no words of an alphabet here. */
function isAlphabet(rune: string): boolean {
  if (!isLetter(rune)) return false;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x3400) return true;
  if (code >= 0x4e00 && code <= 0x9fcc) return false;
  return !((code >= 0x3400 && code <= 0x4d85) || (code >= 0x20000 && code <= 0x2b81d));
}

function isOther(rune: string): boolean {
  return !(isConnector(rune) || isAlphabet(rune) || isNumber(rune) || isPunctuation(rune));
}

function isSmallLetter(rune: string): boolean {
  return isAlphabet(rune) && !isUpper(rune);
}

/** The end of the run that starts at `from`. */
function runEnd(runes: readonly string[], from: number, belongs: (rune: string) => boolean): number {
  let end = from;
  while (end < runes.length && belongs(runes[end] ?? "")) end++;
  return end;
}

function upperEnd(runes: readonly string[], from: number): number {
  const next = runes[from + 1];
  if (next === undefined) return from + 1;
  if (!isUpper(next)) return isAlphabet(next) ? runEnd(runes, from + 1, isSmallLetter) : from + 1;
  const end = runEnd(runes, from + 1, isUpper);
  return end < runes.length && isAlphabet(runes[end] ?? "") ? end - 1 : end;
}

/** Splits an identifier into words. The last capital of a run belongs to the small letters behind it: `HTTP`, `Server`. */
function words(text: string): readonly Word[] {
  const { runes, texts } = runesWithStrays(text);
  const found: Word[] = [];
  let at = 0;
  while (at < runes.length) {
    const [kind, end] = wordAt(runes, at);
    found.push({ kind, text: texts.slice(at, end).join("") });
    at = end;
  }
  return found;
}

/** The valid runes, and each with the stray bytes before it: they go with it. Those at the end count as the rune before them. */
function runesWithStrays(text: string): { readonly runes: readonly string[]; readonly texts: readonly string[] } {
  const runes: string[] = [];
  const texts: string[] = [];
  let strays = "";
  for (const rune of text) {
    if (isInvalid(rune)) {
      strays += rune;
      continue;
    }
    runes.push(rune);
    texts.push(strays + rune);
    strays = "";
  }
  if (strays !== "") {
    runes.push(runes.at(-1) ?? INVALID);
    texts.push(strays);
  }
  return { runes, texts };
}

const INVALID = "\ufffd";

/** Helm compatibility: a real U+FFFD is taken for a stray byte. */
function isInvalid(rune: string): boolean {
  return isStray(rune) || rune === INVALID;
}

function wordAt(runes: readonly string[], at: number): readonly [WordKind, number] {
  const rune = runes[at] ?? "";
  if (isInvalid(rune)) return ["invalid", at + 1];
  if (isConnector(rune)) return ["connector", runEnd(runes, at + 1, isConnector)];
  if (isPunctuation(rune)) return ["punctuation", runEnd(runes, at + 1, isPunctuation)];
  if (isUpper(rune)) return ["upper", upperEnd(runes, at)];
  if (isAlphabet(rune)) return ["alphabet", runEnd(runes, at + 1, isSmallLetter)];
  if (isNumber(rune)) return ["number", runEnd(runes, at + 1, isNumber)];
  return ["other", runEnd(runes, at + 1, isOther)];
}

function lowerWord(word: Word, connector: string): string {
  if (word.kind !== "upper" && word.kind !== "connector") return word.text;
  let out = "";
  for (const rune of word.text) {
    if (isConnector(rune)) out += connector;
    else if (isStray(rune)) out += INVALID;
    else out += isUpper(rune) ? toLowerRune(rune) : rune;
  }
  return out;
}

/** `snakecase` and `kebabcase`: small words joined by `connector`; connectors are replaced one for one. */
function joinWords(text: string, connector: string): string {
  if (text === "") return "";
  return new WordJoiner(words(text), connector).join();
}

/** Walks the words with one word of sight, as the joining rules need it. */
class WordJoiner {
  private out = "";
  private next = 0;
  private word: Word = END;
  private readonly all: readonly Word[];
  private readonly connector: string;

  constructor(all: readonly Word[], connector: string) {
    this.all = all;
    this.connector = connector;
  }

  join(): string {
    this.advance();
    while (this.next < this.all.length) {
      const previous = this.word;
      if (previous.kind !== "connector") this.write(previous);
      this.advance();
      this.after(previous);
    }
    this.write(this.word);
    return this.out;
  }

  private advance(): void {
    this.word = this.all[this.next] ?? END;
    if (this.next <= this.all.length) this.next++;
  }

  private kind(): WordKind {
    return this.word.kind;
  }

  private write(word: Word): void {
    this.out += lowerWord(word, this.connector);
  }

  private after(previous: Word): void {
    if (previous.kind === "connector") this.write(previous);
    else if (previous.kind === "number") this.glueToNumber();
    else if (previous.kind !== "punctuation") this.afterLetters();
  }

  /** Letters and digits behind a number stick to it: `20x`. */
  private glueToNumber(): void {
    while (this.kind() === "alphabet" || this.kind() === "number") {
      this.write(this.word);
      this.advance();
    }
    this.connectUnless("invalid", "punctuation", "connector", "end");
  }

  /** A number belongs to the word before it, unless small letters follow: `bld4_floor`, `http_2xx`. */
  private afterLetters(): void {
    if (this.kind() !== "number") {
      this.connectUnless("connector", "punctuation");
      return;
    }
    if (this.next >= this.all.length) return;
    const number = this.word;
    this.advance();
    if (this.kind() !== "alphabet") {
      this.write(number);
      this.connectUnless("connector", "punctuation");
      return;
    }
    this.out += this.connector;
    this.write(number);
    this.glueToNumber();
  }

  private connectUnless(...kinds: readonly WordKind[]): void {
    if (!kinds.includes(this.kind())) this.out += this.connector;
  }
}

export const caseFunctions: readonly Entry[] = [
  ["untitle", unary(TEXT, (s) => withoutStrays(untitle(s)))],
  ["swapcase", unary(TEXT, (s) => withoutStrays(swapCase(s)))],
  ["camelcase", unary(TEXT, (s) => withoutStrays(pascalCase(s)))],
  ["snakecase", unary(TEXT, (s) => joinWords(s, "_"))],
  ["kebabcase", unary(TEXT, (s) => joinWords(s, "-"))],
];
