/** The kinds of tokens. Keywords are spelled as in the text. */
export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "char-constant"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "left-delim"
  | "left-paren"
  | "number"
  | "pipe"
  | "raw-string"
  | "right-delim"
  | "right-paren"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | Keyword;

export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "nil"
  | "template"
  | "with";

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  (["block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"] as const).map(
    (word) => [word, word],
  ),
);

/** The keyword that `word` is, if any. */
export function keyword(word: string): Keyword | undefined {
  return KEYWORDS.get(word);
}

/** One token. `value` is its text, or the message of an `error`. */
export interface Token {
  readonly kind: TokenKind;
  /** UTF-16 offset of its first unit. */
  readonly offset: number;
  readonly value: string;
}
