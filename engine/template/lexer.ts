import { sprintf } from "../go/fmt.ts";
import { isPrint, quote } from "../go/quote.ts";
import { isStrayUnit } from "../go/utf8.ts";
import { goInt } from "../go/value.ts";
import { keyword } from "./token.ts";
import type { Token, TokenKind } from "./token.ts";

const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u;
const DECIMAL = "0123456789_";
const END = -1;

/**
 * Splits a template into tokens, one call of {@link Lexer.next} each. Go's `text/template/parse` lexer with delimiters `{{` and `}}`;
 * comments give no token. After an `error` token only `eof` follows.
 */
export class Lexer {
  private text: string;
  private offset = 0;
  private start = 0;
  private insideAction = false;
  private parenDepth = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    return this.insideAction ? this.lexInsideAction() : this.lexText();
  }

  private emit(kind: TokenKind): Token {
    const token: Token = { kind, offset: this.start, value: this.text.slice(this.start, this.offset) };
    this.start = this.offset;
    return token;
  }

  private fail(message: string): Token {
    const token: Token = { kind: "error", offset: this.start, value: message };
    this.text = "";
    this.start = 0;
    this.offset = 0;
    return token;
  }

  /** The code point at the offset; an invalid byte reads as U+FFFD, as in Go. */
  private peek(): number {
    const code = this.text.codePointAt(this.offset) ?? END;
    return isStrayUnit(code) ? 0xfffd : code;
  }

  private advance(): number {
    const unit = this.text.charCodeAt(this.offset);
    if (unit < 0x80) {
      this.offset += 1;
      return unit;
    }
    const code = this.peek();
    if (code !== END) this.offset += code > 0xffff ? 2 : 1;
    return code;
  }

  private lexText(): Token {
    for (;;) {
      const open = this.text.indexOf("{{", this.offset);
      if (open < 0) {
        this.offset = this.text.length;
        return this.emit(this.offset > this.start ? "text" : "eof");
      }
      const end = this.hasLeftTrim(open + 2) ? trimRight(this.text, this.start, open) : open;
      this.offset = end;
      const token = end > this.start ? this.emit("text") : undefined;
      this.offset = open;
      this.start = open;
      if (token !== undefined) return token;
      const delim = this.lexLeftDelim();
      if (delim !== undefined) return delim;
    }
  }

  /** The left delimiter, or `undefined` behind a comment. */
  private lexLeftDelim(): Token | undefined {
    this.offset += 2;
    const marker = this.hasLeftTrim(this.offset) ? 2 : 0;
    if (this.text.startsWith("/*", this.offset + marker)) {
      this.offset += marker;
      this.start = this.offset;
      return this.skipComment();
    }
    const token = this.emit("left-delim");
    this.insideAction = true;
    this.offset += marker;
    this.start = this.offset;
    this.parenDepth = 0;
    return token;
  }

  private skipComment(): Token | undefined {
    const close = this.text.indexOf("*/", this.offset + 2);
    if (close < 0) return this.fail("unclosed comment");
    this.offset = close + 2;
    const delim = this.rightDelimWidth();
    if (delim === 0) return this.fail("comment ends before closing delimiter");
    this.offset += delim;
    if (delim > 2) this.offset = trimLeft(this.text, this.offset);
    this.start = this.offset;
    return undefined;
  }

  /** The width of a right delimiter here, with its trim marker if it has one; 0 if there is none. */
  private rightDelimWidth(): 0 | 2 | 4 {
    if (this.text.startsWith("}}", this.offset)) return 2;
    return this.hasRightTrim(this.offset) && this.text.startsWith("}}", this.offset + 2) ? 4 : 0;
  }

  private hasLeftTrim(at: number): boolean {
    return this.text.charCodeAt(at) === 0x2d && isSpace(this.text.charCodeAt(at + 1));
  }

  private hasRightTrim(at: number): boolean {
    return isSpace(this.text.charCodeAt(at)) && this.text.charCodeAt(at + 1) === 0x2d;
  }

  private lexRightDelim(width: 2 | 4): Token {
    if (width === 4) {
      this.offset += 2;
      this.start = this.offset;
    }
    this.offset += 2;
    const token = this.emit("right-delim");
    if (width === 4) {
      this.offset = trimLeft(this.text, this.offset);
      this.start = this.offset;
    }
    this.insideAction = false;
    return token;
  }

  private lexInsideAction(): Token {
    const delim = this.rightDelimWidth();
    if (delim !== 0) return this.parenDepth === 0 ? this.lexRightDelim(delim) : this.fail("unclosed left paren");
    const code = this.peek();
    if (isSpace(code)) return this.lexSpace();
    if (isNumberStart(code) || (code === 0x2e && this.isNumberDot())) return this.lexNumber();
    if (isAlphaNumeric(code)) return this.lexIdentifier();
    this.advance();
    return this.lexMark(code);
  }

  /** Helm compatibility: a dot that ends the text starts a number. */
  private isNumberDot(): boolean {
    return this.offset + 1 >= this.text.length || isDigit(this.text.charCodeAt(this.offset + 1));
  }

  /** A token that its first character tells; it is consumed. */
  private lexMark(code: number): Token {
    switch (code) {
      case END:
        return this.fail("unclosed action");
      case 0x3d:
        return this.emit("assign");
      case 0x3a:
        return this.advance() === 0x3d ? this.emit("declare") : this.fail("expected :=");
      case 0x7c:
        return this.emit("pipe");
      case 0x22:
        return this.lexQuoted(0x22, "string", "unterminated quoted string");
      case 0x27:
        return this.lexQuoted(0x27, "char-constant", "unterminated character constant");
      case 0x60:
        return this.lexRawString();
      case 0x24:
        return this.lexFieldOrVariable("variable", "variable");
      case 0x2e:
        return this.lexFieldOrVariable("field", "dot");
      case 0x28:
        this.parenDepth += 1;
        return this.emit("left-paren");
      case 0x29:
        this.parenDepth -= 1;
        return this.parenDepth < 0 ? this.fail("unexpected right paren") : this.emit("right-paren");
      default:
        return code < 0x80 && isPrint(code)
          ? this.emit("char")
          : this.fail(`unrecognized character in action: ${runeName(code)}`);
    }
  }

  private lexSpace(): Token {
    while (isSpace(this.text.charCodeAt(this.offset))) this.offset += 1;
    const last = this.offset - 1;
    if (this.hasRightTrim(last) && this.text.startsWith("}}", last + 2)) {
      this.offset = last;
      if (this.start === last) return this.lexRightDelim(4);
    }
    return this.emit("space");
  }

  private lexIdentifier(): Token {
    this.skipAlphaNumeric();
    const bad = this.badTerminator();
    if (bad !== undefined) return bad;
    const word = this.text.slice(this.start, this.offset);
    if (word === "true" || word === "false") return this.emit("bool");
    return this.emit(keyword(word) ?? "identifier");
  }

  private lexFieldOrVariable(kind: TokenKind, alone: TokenKind): Token {
    if (this.atTerminator()) return this.emit(alone);
    this.skipAlphaNumeric();
    return this.badTerminator() ?? this.emit(kind);
  }

  private skipAlphaNumeric(): void {
    while (isAlphaNumeric(this.peek())) this.advance();
  }

  private badTerminator(): Token | undefined {
    return this.atTerminator() ? undefined : this.fail(`bad character ${runeName(this.peek())}`);
  }

  private atTerminator(): boolean {
    const code = this.peek();
    switch (code) {
      case END:
      case 0x2e:
      case 0x2c:
      case 0x7c:
      case 0x3a:
      case 0x29:
      case 0x28:
        return true;
      default:
        return isSpace(code) || this.text.startsWith("}}", this.offset);
    }
  }

  private lexQuoted(mark: number, kind: TokenKind, unterminated: string): Token {
    for (;;) {
      let code = this.advance();
      if (code === mark) return this.emit(kind);
      if (code === 0x5c) {
        code = this.advance();
        if (code !== END && code !== 0x0a) continue;
      }
      if (code === END || code === 0x0a) return this.fail(unterminated);
    }
  }

  private lexRawString(): Token {
    const close = this.text.indexOf("`", this.offset);
    if (close < 0) return this.fail("unterminated raw quoted string");
    this.offset = close + 1;
    return this.emit("raw-string");
  }

  private lexNumber(): Token {
    if (!this.scanNumber()) return this.badNumber();
    const sign = this.text.charCodeAt(this.offset);
    if (sign !== 0x2b && sign !== 0x2d) return this.emit("number");
    if (!this.scanNumber() || this.text.charCodeAt(this.offset - 1) !== 0x69) return this.badNumber();
    return this.emit("complex");
  }

  private badNumber(): Token {
    return this.fail(`bad number syntax: ${quote(this.text.slice(this.start, this.offset))}`);
  }

  private scanNumber(): boolean {
    this.accept("+-");
    let digits = DECIMAL;
    if (this.accept("0")) {
      if (this.accept("xX")) digits = "0123456789abcdefABCDEF_";
      else if (this.accept("oO")) digits = "01234567_";
      else if (this.accept("bB")) digits = "01_";
    }
    this.acceptRun(digits);
    if (this.accept(".")) this.acceptRun(digits);
    if (digits.length === 11 && this.accept("eE")) this.acceptExponent();
    if (digits.length === 23 && this.accept("pP")) this.acceptExponent();
    this.accept("i");
    if (!isAlphaNumeric(this.peek())) return true;
    this.advance();
    return false;
  }

  private acceptExponent(): void {
    this.accept("+-");
    this.acceptRun(DECIMAL);
  }

  private accept(valid: string): boolean {
    const found = this.offset < this.text.length && valid.includes(this.text.charAt(this.offset));
    if (found) this.offset += 1;
    return found;
  }

  private acceptRun(valid: string): void {
    while (this.accept(valid));
  }
}

/** `U+002D '-'`, Go's `%#U`. */
function runeName(code: number): string {
  return sprintf("%#U", [goInt(code)]);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isNumberStart(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === 0x2d;
}

function isAlphaNumeric(code: number): boolean {
  if (code < 0x80) return isDigit(code) || code === 0x5f || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
  return LETTER_OR_DIGIT.test(String.fromCodePoint(code));
}

function trimRight(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function trimLeft(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}
