import type { Complex } from "../go/complex.ts";

/**
 * The syntax tree of one template, as Go's `text/template/parse` builds it. `offset` is the UTF-16 offset in the file's text at which Go
 * reports the node; it is not always where the node starts (of `.a.b` it is the second dot).
 */
export type Node = Statement | ListNode | PipeNode | CommandNode | Operand;

/** What stands in a list: text and actions. */
export type Statement =
  | TextNode
  | ActionNode
  | BranchNode
  | TemplateNode
  | { readonly kind: "break"; readonly offset: number }
  | { readonly kind: "continue"; readonly offset: number };

/** A word of a command. */
export type Operand =
  | { readonly kind: "bool"; readonly offset: number; readonly value: boolean }
  | { readonly kind: "dot"; readonly offset: number }
  | { readonly kind: "nil"; readonly offset: number }
  | StringNode
  | NumberNode
  | FieldNode
  | VariableNode
  | IdentifierNode
  | ChainNode
  | PipeNode;

export interface TextNode {
  readonly kind: "text";
  readonly offset: number;
  /** Already trimmed by the markers of its neighbours. */
  readonly text: string;
}

export interface ActionNode {
  readonly kind: "action";
  readonly offset: number;
  readonly pipe: PipeNode;
}

/** `if`, `with` or `range`. `else if` is an `if` alone in the else list. */
export interface BranchNode {
  readonly kind: "if" | "with" | "range";
  readonly offset: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

/** `{{ template "name" pipe }}`; a `block` leaves one behind. */
export interface TemplateNode {
  readonly kind: "template";
  /** Of the name. */
  readonly offset: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface ListNode {
  readonly kind: "list";
  readonly offset: number;
  readonly nodes: readonly Statement[];
}

/** `$a, $b := command | command`. */
export interface PipeNode {
  readonly kind: "pipe";
  readonly offset: number;
  /** `=` instead of `:=`. */
  readonly isAssign: boolean;
  readonly declarations: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

export interface CommandNode {
  readonly kind: "command";
  readonly offset: number;
  /** At least one. */
  readonly args: readonly Operand[];
}

/** A function name. */
export interface IdentifierNode {
  readonly kind: "identifier";
  readonly offset: number;
  readonly name: string;
}

/** `.a.b`: the names without dots, at least one. */
export interface FieldNode {
  readonly kind: "field";
  readonly offset: number;
  readonly names: readonly string[];
}

/** `$x.a.b`: the name with its dollar sign, and the fields behind it. */
export interface VariableNode {
  readonly kind: "variable";
  readonly offset: number;
  readonly name: string;
  readonly fields: readonly string[];
}

/** Fields behind a parenthesis or a function name: `(f x).a.b`. */
export interface ChainNode {
  readonly kind: "chain";
  readonly offset: number;
  readonly base: Operand;
  /** At least one. */
  readonly fields: readonly string[];
}

export interface StringNode {
  readonly kind: "string";
  readonly offset: number;
  /** As written, with quotes. */
  readonly quoted: string;
  readonly value: string;
}

/** An untyped constant under all types that can hold it. */
export interface NumberNode {
  readonly kind: "number";
  readonly offset: number;
  /** As written. */
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: Complex | undefined;
}
