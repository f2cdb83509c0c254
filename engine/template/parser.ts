import { sprintf } from "../go/fmt.ts";
import { quote, unquote } from "../go/quote.ts";
import { byteLength, firstRunes } from "../go/utf8.ts";
import { goInt } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { MAX_CONTROL_DEPTH, MAX_EXPRESSION_DEPTH } from "./budget.ts";
import { TemplateError } from "./error.ts";
import { Lexer } from "./lexer.ts";
import { readNumber } from "./number-literal.ts";
import type {
  BranchNode,
  ChainNode,
  CommandNode,
  ListNode,
  Operand,
  PipeNode,
  Statement,
  TemplateNode,
  VariableNode,
} from "./node.ts";
import { lineAt } from "./position.ts";
import { isEmptyList } from "./print-node.ts";
import type { Token, TokenKind } from "./token.ts";

/** The templates of one text by name, in the order of their ends; the text itself comes last. */
export type Trees = ReadonlyMap<string, ListNode>;

/** What a parse reads besides its text. */
export interface ParseInput {
  /** The name of the file, for messages and as the name of its own template. */
  readonly name: string;
  readonly text: string;
  readonly hasFunction: (name: string) => boolean;
}

/**
 * Parses a text and its `define`s as Go's `text/template/parse` does, with its messages.
 * Throws {@link TemplateError} of code `syntax`, or `budget` for a text nested beyond our limits.
 */
export function parse(input: ParseInput): Trees {
  const trees = new Map<string, ListNode>();
  try {
    new Parser(input, new Lexer(input.text), trees, 0).parseFile();
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateError("budget", `template: ${input.name}: nested too deeply`);
    throw error;
  }
  return trees;
}

/** What ended a list: the statement that is no statement. */
type ListEnd = { readonly kind: "end"; readonly offset: number } | { readonly kind: "else"; readonly offset: number };

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "char-constant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "raw-string",
  "string",
  "variable",
  "left-paren",
]);
const LITERALS: ReadonlySet<Operand["kind"]> = new Set<Operand["kind"]>(["bool", "dot", "nil", "number", "string"]);

/** One tree in the making. A `define` or `block` gets a parser of its own on the same lexer. */
class Parser {
  private readonly input: ParseInput;
  private readonly lexer: Lexer;
  private readonly trees: Map<string, ListNode>;
  /** The token read last, wherever the parser stands: messages give its line. */
  private latest: Token = { kind: "eof", offset: 0, value: "" };
  /** Tokens put back; the next one is the last. */
  private readonly pending: Token[] = [];
  private readonly variables: string[] = ["$"];
  /** How often each of them is declared: a text may declare very many. */
  private readonly declared = new Map([["$", 1]]);
  private actionOffset: number | undefined;
  private rangeDepth = 0;
  private expressionDepth = 0;
  private controlDepth: number;

  constructor(input: ParseInput, lexer: Lexer, trees: Map<string, ListNode>, controlDepth: number) {
    this.input = input;
    this.lexer = lexer;
    this.trees = trees;
    this.controlDepth = controlDepth;
  }

  private next(): Token {
    const put = this.pending.pop();
    if (put !== undefined) return put;
    this.latest = this.lexer.next();
    return this.latest;
  }

  private peek(): Token {
    const token = this.next();
    this.pending.push(token);
    return token;
  }

  private nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== "space") return token;
    }
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.pending.push(token);
    return token;
  }

  /** Helm compatibility: Go builds a format around the file's name, so that a percent sign in it garbles the message. */
  private fail(format: string, ...args: readonly GoValue[]): never {
    const line = lineAt(this.input.text, this.latest.offset);
    const message = sprintf(`template: ${this.input.name}:${line}: ${format}`, args);
    throw new TemplateError("syntax", message, {
      place: { file: this.input.name, line, offset: this.latest.offset },
      reason: sprintf(format, args),
    });
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind === "error") this.fail("%s%s", token.value, this.actionStart(token));
    this.fail("unexpected %s in %s", describe(token), context);
  }

  /** Where the action of an error token started, if that was on another line. */
  private actionStart(token: Token): string {
    if (this.actionOffset === undefined) return "";
    const line = lineAt(this.input.text, this.actionOffset);
    if (line === lineAt(this.input.text, token.offset)) return "";
    const prefix = token.value.endsWith(" action") ? "" : " in action";
    return sprintf(`${prefix} started at %s:%d`, [this.input.name, goInt(line)]);
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  private add(name: string, list: ListNode): void {
    const known = this.trees.get(name);
    if (known === undefined || isEmptyList(known)) this.trees.set(name, list);
    else if (!isEmptyList(list)) this.fail("template: multiple definition of template %q", name);
  }

  parseFile(): void {
    const { offset } = this.peek();
    const nodes: Statement[] = [];
    while (this.peek().kind !== "eof") {
      if (this.parseDefinition()) continue;
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") this.fail("unexpected %s", `{{${node.kind}}}`);
      nodes.push(node);
    }
    this.add(this.input.name, { kind: "list", offset, nodes });
  }

  /** A `define` with its body, if one comes next. */
  private parseDefinition(): boolean {
    if (this.peek().kind !== "left-delim") return false;
    const delim = this.next();
    const word = this.nextNonSpace();
    if (word.kind === "define") {
      new Parser(this.input, this.lexer, this.trees, this.controlDepth).parseDefine();
      return true;
    }
    this.pending.push(word, delim);
    return false;
  }

  private parseDefine(): void {
    const context = "define clause";
    const token = this.nextNonSpace();
    if (token.kind !== "string" && token.kind !== "raw-string") this.unexpected(token, context);
    const name = this.unquoted(token);
    this.expect("right-delim", context);
    this.parseBody(name, context, this);
  }

  /** The body of a `define` or `block`, up to its end. An `else` is reported by `outer`. */
  private parseBody(name: string, context: string, outer: Parser): void {
    const [list, end] = this.itemList();
    if (end.kind !== "end") outer.fail("unexpected %s in %s", "{{else}}", context);
    this.add(name, list);
  }

  private unquoted(token: Token): string {
    return unquote(token.value) ?? this.fail("%s", "invalid syntax");
  }

  private itemList(): readonly [ListNode, ListEnd] {
    const { offset } = this.peekNonSpace();
    const nodes: Statement[] = [];
    while (this.peekNonSpace().kind !== "eof") {
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") return [{ kind: "list", offset, nodes }, node];
      nodes.push(node);
    }
    return this.fail("unexpected EOF");
  }

  private textOrAction(): Statement | ListEnd {
    const token = this.nextNonSpace();
    if (token.kind === "text") return { kind: "text", offset: token.offset, text: token.value };
    if (token.kind !== "left-delim") return this.unexpected(token, "input");
    this.actionOffset = token.offset;
    const node = this.action();
    this.actionOffset = undefined;
    return node;
  }

  private action(): Statement | ListEnd {
    const token = this.nextNonSpace();
    switch (token.kind) {
      case "block":
        return this.blockControl();
      case "break":
      case "continue":
        return this.loopControl(token.kind, token.offset);
      case "else":
        return this.elseControl();
      case "end":
        return { kind: "end", offset: this.expect("right-delim", "end").offset };
      case "if":
      case "range":
      case "with":
        return this.branchControl(token.kind);
      case "template":
        return this.templateControl();
      default:
        this.pending.push(token);
        return { kind: "action", offset: token.offset, pipe: this.pipeline("command", "right-delim") };
    }
  }

  private loopControl(kind: "break" | "continue", offset: number): Statement {
    const token = this.nextNonSpace();
    if (token.kind !== "right-delim") this.unexpected(token, `{{${kind}}}`);
    if (this.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, offset };
  }

  private elseControl(): ListEnd {
    const token = this.peekNonSpace();
    if (token.kind === "if" || token.kind === "with") return { kind: "else", offset: token.offset };
    return { kind: "else", offset: this.expect("right-delim", "else").offset };
  }

  private branchControl(kind: "if" | "range" | "with"): BranchNode {
    if (this.controlDepth >= MAX_CONTROL_DEPTH) throw this.tooDeep();
    this.controlDepth += 1;
    const known = this.variables.length;
    const pipe = this.pipeline(kind, "right-delim");
    if (kind === "range") this.rangeDepth += 1;
    const [list, end] = this.itemList();
    if (kind === "range") this.rangeDepth -= 1;
    const elseList = end.kind === "else" ? this.elseList(kind, end.offset) : undefined;
    this.forgetVariables(known);
    this.controlDepth -= 1;
    return { kind, offset: pipe.offset, pipe, list, elseList };
  }

  private elseList(kind: "if" | "range" | "with", offset: number): ListNode {
    if (kind !== "range" && this.peek().kind === kind) {
      this.next();
      return { kind: "list", offset, nodes: [this.branchControl(kind)] };
    }
    const [list, end] = this.itemList();
    if (end.kind !== "end") this.fail("expected end; found %s", "{{else}}");
    return list;
  }

  private tooDeep(): TemplateError {
    const line = lineAt(this.input.text, this.latest.offset);
    const reason = `control structures nested more than ${MAX_CONTROL_DEPTH} deep`;
    const place = { file: this.input.name, line, offset: this.latest.offset };
    return new TemplateError("budget", `template: ${this.input.name}:${line}: ${reason}`, { place, reason });
  }

  private blockControl(): TemplateNode {
    const context = "block clause";
    if (this.controlDepth >= MAX_CONTROL_DEPTH) throw this.tooDeep();
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = this.pipeline(context, "right-delim");
    new Parser(this.input, this.lexer, this.trees, this.controlDepth + 1).parseBody(name, context, this);
    return { kind: "template", offset: token.offset, name, pipe };
  }

  private templateControl(): TemplateNode {
    const context = "template clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const after = this.nextNonSpace();
    if (after.kind === "right-delim") return { kind: "template", offset: token.offset, name, pipe: undefined };
    this.pending.push(after);
    return { kind: "template", offset: token.offset, name, pipe: this.pipeline(context, "right-delim") };
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "raw-string") this.unexpected(token, context);
    return this.unquoted(token);
  }

  private pipeline(context: string, end: TokenKind): PipeNode {
    const { offset } = this.peekNonSpace();
    const declarations: VariableNode[] = [];
    const isAssign = this.declarations(context, declarations);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) break;
      if (!OPERAND_STARTS.has(token.kind)) this.unexpected(token, context);
      this.pending.push(token);
      commands.push(this.command());
    }
    this.checkPipeline(commands, context);
    return { kind: "pipe", offset, isAssign, declarations, commands };
  }

  /** `$x :=`, `$x =`, and for range `$i, $x :=`. Fills `into`; true for an assignment. */
  private declarations(context: string, into: VariableNode[]): boolean {
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.kind !== "variable") return false;
      this.next();
      // The token behind the variable tells a declaration from an argument; a space there is a token of its own.
      const after = this.peek();
      const next = this.peekNonSpace();
      if (next.kind === "assign" || next.kind === "declare") {
        this.nextNonSpace();
        this.addVariable(variable, into);
        return next.kind === "assign";
      }
      if (next.kind !== "char" || next.value !== ",") {
        if (after.kind === "space") this.pending.push(after);
        this.pending.push(variable);
        return false;
      }
      this.nextNonSpace();
      this.addVariable(variable, into);
      if (context !== "range" || into.length >= 2) this.fail("too many declarations in %s", context);
      const following = this.peekNonSpace().kind;
      if (following !== "variable" && following !== "right-delim" && following !== "right-paren") {
        this.fail("range can only initialize variables");
      }
    }
  }

  private addVariable(token: Token, into: VariableNode[]): void {
    into.push({ kind: "variable", offset: token.offset, name: token.value, fields: [] });
    this.variables.push(token.value);
    this.declared.set(token.value, (this.declared.get(token.value) ?? 0) + 1);
  }

  private forgetVariables(from: number): void {
    for (const name of this.variables.splice(from)) this.declared.set(name, (this.declared.get(name) ?? 1) - 1);
  }

  private checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.fail("missing value for %s", context);
    for (let i = 1; i < commands.length; i++) {
      const first = commands[i]?.args[0];
      if (first !== undefined && LITERALS.has(first.kind)) {
        this.fail("non executable command in pipeline stage %d", goInt(i + 1));
      }
    }
  }

  private command(): CommandNode {
    const { offset } = this.peekNonSpace();
    const args: Operand[] = [];
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) args.push(operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "right-delim" || token.kind === "right-paren") this.pending.push(token);
      else if (token.kind !== "pipe") this.unexpected(token, "operand");
      break;
    }
    if (args.length === 0) this.fail("empty command");
    return { kind: "command", offset, args };
  }

  /** A term and the fields behind it; `undefined` when no term comes next. */
  private operand(): Operand | undefined {
    const term = this.term();
    if (term === undefined || this.peek().kind !== "field") return term;
    const { offset } = this.peek();
    const fields: string[] = [];
    while (this.peek().kind === "field") fields.push(this.next().value.slice(1));
    if (term.kind === "field") return { kind: "field", offset, names: [...term.names, ...fields] };
    if (term.kind === "variable") return { ...term, offset, fields: [...term.fields, ...fields] };
    const chain: ChainNode = { kind: "chain", offset, base: term, fields };
    if (LITERALS.has(term.kind)) this.fail("unexpected . after term %q", literalText(term));
    return chain;
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const { offset, value } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.input.hasFunction(value)) this.fail("function %q not defined", value);
        return { kind: "identifier", offset, name: value };
      case "dot":
        return { kind: "dot", offset };
      case "nil":
        return { kind: "nil", offset };
      case "variable":
        if ((this.declared.get(value) ?? 0) === 0) this.fail("undefined variable %q", value);
        return { kind: "variable", offset, name: value, fields: [] };
      case "field":
        return { kind: "field", offset, names: [value.slice(1)] };
      case "bool":
        return { kind: "bool", offset, value: value === "true" };
      case "char-constant":
      case "complex":
      case "number":
        return this.number(offset, value, token.kind);
      case "left-paren":
        return this.parenthesized();
      case "string":
      case "raw-string":
        return { kind: "string", offset, quoted: value, value: this.unquoted(token) };
      default:
        this.pending.push(token);
        return undefined;
    }
  }

  private number(offset: number, text: string, kind: "char-constant" | "complex" | "number"): Operand {
    const literal = readNumber(text, kind);
    return typeof literal === "string" ? this.fail("%s", literal) : { kind: "number", offset, ...literal };
  }

  private parenthesized(): PipeNode {
    if (this.expressionDepth >= MAX_EXPRESSION_DEPTH) this.fail("max expression depth exceeded");
    this.expressionDepth += 1;
    const pipe = this.pipeline("parenthesized pipeline", "right-paren");
    this.expressionDepth -= 1;
    return pipe;
  }
}

function literalText(node: Operand): string {
  switch (node.kind) {
    case "bool":
      return node.value ? "true" : "false";
    case "string":
      return node.quoted;
    case "number":
      return node.text;
    case "dot":
      return ".";
    default:
      return node.kind;
  }
}

const QUOTED_RUNES = 10;
const KEYWORD_TOKENS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "block",
  "break",
  "continue",
  "define",
  "dot",
  "else",
  "end",
  "if",
  "nil",
  "range",
  "template",
  "with",
]);

/** A token as messages show it. */
function describe(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === "error") return token.value;
  if (KEYWORD_TOKENS.has(token.kind)) return `<${token.value}>`;
  if (byteLength(token.value) > QUOTED_RUNES) return `${quote(firstRunes(token.value, QUOTED_RUNES))}...`;
  return quote(token.value);
}
