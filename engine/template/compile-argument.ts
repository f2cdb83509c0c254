import { goComplex } from "../go/complex.ts";
import { goInt, GoInt } from "../go/value.ts";
import type { GoTypeName, GoValue } from "../go/value.ts";
import { parameterType } from "./call-count.ts";
import type { Signature } from "./call-count.ts";
import type { CompileContext } from "./compile-context.ts";
import { canBeNil, converter, isAny, REFLECT_VALUE, signedKind, toInterface, toKind, unsignedKind } from "./convert.ts";
import type { Convert } from "./convert.ts";
import type { Evaluate } from "./frame.ts";
import type { Node, NumberNode, Operand } from "./node.ts";
import { printNode } from "./print-node.ts";

type Literal = Extract<Operand, { readonly kind: "bool" | "string" | "number" | "nil" }>;

/** An argument compiled as far as it goes before the parameter's type is known: literals wait for it. */
export type Argument = Literal | Evaluate;

export function compileArgument(context: CompileContext, node: Operand): Argument {
  return node.kind === "nil" || node.kind === "bool" || node.kind === "string" || node.kind === "number"
    ? node
    : context.operand(node);
}

/** The arguments as values of their parameters' types, checked. */
export function typedArguments(signature: Signature, args: readonly Argument[]): readonly Evaluate[] {
  return args.map((arg, index) => typedArgument(arg, parameterType(signature, index)));
}

export function compileArguments(
  context: CompileContext,
  signature: Signature,
  args: readonly Operand[],
): readonly Evaluate[] {
  return typedArguments(
    signature,
    args.map((arg) => compileArgument(context, arg)),
  );
}

/** The check of a piped value, the last argument behind `given` written ones. */
export function finalConverter(signature: Signature, given: number): Convert {
  return converter(parameterType(signature, given));
}

/** Go's `evalArg`. */
function typedArgument(arg: Argument, type: GoTypeName): Evaluate {
  if (typeof arg !== "function") return arg.kind === "nil" ? compileNil(arg, type) : compileLiteral(arg, type);
  if (type === REFLECT_VALUE) return arg;
  if (isAny(type)) return (frame, dot) => toInterface(arg(frame, dot));
  const convert = converter(type);
  return (frame, dot) => convert(frame, arg(frame, dot));
}

function compileNil(node: Node, type: GoTypeName): Evaluate {
  if (!canBeNil(type)) return failing(node, "cannot assign nil to %s", type);
  const value = type === REFLECT_VALUE ? undefined : null;
  return (frame) => {
    frame.node = node;
    return value;
  };
}

export function failing(node: Node, format: string, ...args: readonly GoValue[]): Evaluate {
  return (frame) => {
    frame.node = node;
    return frame.fail(format, ...args);
  };
}

/** A literal takes the type of its parameter, if it can. */
function compileLiteral(node: Exclude<Literal, { readonly kind: "nil" }>, type: GoTypeName): Evaluate {
  if (isAny(type) || type === REFLECT_VALUE) return compileConstant(node);
  const text = printNode(node);
  const literal = literalFor(node, type);
  if (literal.kind === "unknown") return failing(node, "can't handle %s for arg of type %s", text, type);
  if (literal.value === undefined) return failing(node, `expected ${literal.kind}; found %s`, text);
  const { value } = literal;
  return (frame) => {
    frame.node = node;
    return value;
  };
}

/** The literal as a value of `type` and what Go calls such a literal; without a value it is none. */
function literalFor(
  node: Exclude<Literal, { readonly kind: "nil" }>,
  type: GoTypeName,
): { readonly kind: string; readonly value?: GoValue } {
  const signed = signedKind(type);
  const unsigned = unsignedKind(type);
  const number = node.kind === "number" ? node : undefined;
  if (signed !== undefined) {
    return { kind: "integer", value: number?.int === undefined ? undefined : toKind(signed, number.int) };
  }
  if (unsigned !== undefined) {
    return { kind: "unsigned integer", value: number?.uint === undefined ? undefined : toKind(unsigned, number.uint) };
  }
  if (type === "float64") return { kind: "float", value: number?.float };
  if (type === "bool") return { kind: "bool", value: node.kind === "bool" ? node.value : undefined };
  if (type === "string") return { kind: "string", value: node.kind === "string" ? node.value : undefined };
  return { kind: "unknown" };
}

export function compileConstant(node: Exclude<Operand, { readonly kind: "dot" | "pipe" }>): Evaluate {
  const value = constantValue(node);
  if (node.kind === "number" && value === undefined) {
    return (frame) => {
      frame.node = node;
      return frame.fail("%s overflows int", node.text);
    };
  }
  return (frame) => {
    frame.node = node;
    return value;
  };
}

/** The value of a literal in a place without a type; `undefined` for an integer beyond int. */
function constantValue(node: Operand): GoValue {
  if (node.kind === "bool" || node.kind === "string") return node.value;
  return node.kind === "number" ? idealConstant(node) : null;
}

function idealConstant({ text, int, float, complex }: NumberNode): GoValue {
  if (complex !== undefined) return goComplex(complex.re, complex.im);
  const isHexInt = /^0[xX]/.test(text) && text.length > 2 && !/[pP]/.test(text);
  if (float !== undefined && !isHexInt && !text.startsWith("'") && /[.eEpP]/.test(text)) return float;
  if (int === undefined) return undefined;
  return int >= 0n && int < 1024n ? goInt(Number(int)) : new GoInt("int", int);
}
