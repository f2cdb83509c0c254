import type { GoValue } from "../go/value.ts";
import { checkCount, countFits } from "./call-count.ts";
import { compileArgument, finalConverter, typedArguments } from "./compile-argument.ts";
import type { Argument } from "./compile-argument.ts";
import type { CompileContext } from "./compile-context.ts";
import { callMethod, findMethod, plainField, walkToReceiver } from "./field.ts";
import type { BoundMethod } from "./field.ts";
import type { Evaluate, EvaluateFinal, Frame } from "./frame.ts";
import type { Node, Operand, VariableNode } from "./node.ts";
import { printNode } from "./print-node.ts";

/** A field, method or value that is given arguments: only a method takes them. */
export function compileWithArguments(
  context: CompileContext,
  node: Operand,
  args: readonly Operand[],
  hasFinal: boolean,
): EvaluateFinal {
  const chain = compileChainBase(context, node);
  if (chain === undefined) {
    const text = printNode(node);
    return (frame) => {
      if (node.kind !== "pipe") frame.node = node;
      return frame.fail("can't give argument to non-function %s", text);
    };
  }
  const { base, names, origin } = chain;
  const compiledArgs = args.map((arg) => compileArgument(context, arg));
  const name = names.at(-1) ?? "";
  let compiledFor: object | undefined;
  let call: MethodCall | undefined;
  return (frame, dot, final) => {
    const { receiver, container } = walkToReceiver(frame, base(frame, dot), names, node, origin);
    if (receiver === undefined) return undefined;
    if (receiver === null) return frame.fail("nil pointer evaluating interface {}.%s", name);
    const bound = findMethod(receiver, name);
    if (bound === undefined) return rejectArguments(frame, receiver, name, container);
    if (call === undefined || compiledFor !== bound.method) {
      call = compileMethodCall(bound, name, compiledArgs, hasFinal);
      compiledFor = bound.method;
    }
    return callMethod(frame, bound, name, node, call(frame, dot, final));
  };
}

function rejectArguments(frame: Frame, receiver: GoValue, name: string, container: GoValue): GoValue {
  const kind = typeof receiver === "object" ? receiver?.kind : undefined;
  if (kind === "map") return frame.fail("%s is not a method but has arguments", name);
  const value = plainField(frame, receiver, name, container);
  return kind === "object" ? frame.fail("%s has arguments but cannot be invoked as function", name) : value;
}

/** The checked arguments of a method call. */
type MethodCall = (frame: Frame, dot: GoValue, final: GoValue) => readonly GoValue[];

function compileMethodCall(
  method: BoundMethod,
  name: string,
  args: readonly Argument[],
  hasFinal: boolean,
): MethodCall {
  const finals = hasFinal ? 1 : 0;
  if (!countFits(method, args.length, finals)) {
    return (frame) => {
      checkCount(frame, name, method, args.length, finals);
      return [];
    };
  }
  const values = typedArguments(method, args);
  if (!hasFinal) return (frame, dot) => values.map((value) => value(frame, dot));
  const convert = finalConverter(method, args.length);
  return (frame, dot, final) => {
    const list = values.map((value) => value(frame, dot));
    list.push(convert(frame, final));
    return list;
  };
}

/** What a chain of fields starts from. */
interface ChainBase {
  readonly base: Evaluate;
  readonly names: readonly string[];
  readonly origin: number | undefined;
}

/** The receiver and the names of a field, a variable with fields, or a chain; `undefined` for every other operand. */
function compileChainBase(context: CompileContext, node: Operand): ChainBase | undefined {
  switch (node.kind) {
    case "field": {
      const base: Evaluate = (frame, dot) => {
        frame.node = node;
        return dot;
      };
      return { base, names: node.names, origin: context.scope.dotOrigin };
    }
    case "variable": {
      if (node.fields.length === 0) return undefined;
      const base = compileVariable(context, node);
      return { base, names: node.fields, origin: context.scope.find(node.name)?.origin };
    }
    case "chain":
      return { base: compileChainStart(context, node, node.base), names: node.fields, origin: undefined };
    default:
      return undefined;
  }
}

export function compileChainStart(context: CompileContext, chain: Node, start: Operand): Evaluate {
  if (start.kind === "nil") {
    const text = printNode(chain);
    return (frame) => {
      frame.node = chain;
      return frame.fail("indirection through explicit nil in %s", text);
    };
  }
  const value = context.operand(start);
  return (frame, dot) => {
    frame.node = chain;
    return value(frame, dot);
  };
}

export function compileVariable({ scope }: CompileContext, node: VariableNode): Evaluate {
  const known = scope.find(node.name);
  if (known === undefined) {
    return (frame) => {
      frame.node = node;
      return frame.fail("undefined variable: %s", node.name);
    };
  }
  const { slot } = known;
  return (frame) => {
    frame.node = node;
    return frame.slots[slot];
  };
}
