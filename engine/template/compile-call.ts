import { isTrue } from "../go/truth.ts";
import type { GoValue } from "../go/value.ts";
import { andFunction, callFunction, notFunction, orFunction } from "./builtins.ts";
import { checkCount, countFits } from "./call-count.ts";
import { compileArguments, failing, finalConverter } from "./compile-argument.ts";
import type { CompileContext } from "./compile-context.ts";
import { callError } from "./frame.ts";
import type { Evaluate, EvaluateFinal, Frame } from "./frame.ts";
import type { GoFunction } from "./function.ts";
import { includeFunction, tplFunction } from "./helm-functions.ts";
import type { IdentifierNode, Node, Operand } from "./node.ts";
import { printNode } from "./print-node.ts";
import { findFunction } from "./reach.ts";

/** A function called with what is written behind it. `site` is the node that a failure is reported at. */
export function compileFunction(
  context: CompileContext,
  node: IdentifierNode,
  site: Node,
  args: readonly Operand[],
): Evaluate {
  const { name } = node;
  const found = findFunction(context.functions, name);
  if (found === undefined) return failing(node, "%q is not a defined function", name);
  if (!countFits(found, args.length, 0)) return wrongCount(node, found, args.length, 0);
  const values = compileArguments(context, found, args);
  if (found === andFunction || found === orFunction) return compileShortCircuit(node, values, found === orFunction);
  const [a, b] = values;
  if (found === callFunction) return compileCall(node, site, values, args[0]);
  if (found === notFunction && a !== undefined) {
    return (frame, dot) => {
      frame.node = node;
      return !isTrue(a(frame, dot));
    };
  }
  if (found === includeFunction && a !== undefined && b !== undefined) return compileInclude(node, site, a, b);
  if (found === tplFunction && a !== undefined && b !== undefined) return compileTpl(node, site, a, b);
  return compilePlainCall(found, node, site, values);
}

function wrongCount(node: IdentifierNode, found: GoFunction, given: number, final: 0 | 1): Evaluate {
  return (frame) => {
    frame.node = node;
    checkCount(frame, node.name, found, given, final);
    return undefined;
  };
}

/** The usual call, in one shape per number of arguments. */
function compilePlainCall(found: GoFunction, node: IdentifierNode, site: Node, values: readonly Evaluate[]): Evaluate {
  const [a, b, c] = values;
  if (a === undefined) {
    return (frame) => {
      frame.node = node;
      return invoke(frame, found, node, site, []);
    };
  }
  if (b === undefined) {
    return (frame, dot) => {
      frame.node = node;
      return invoke(frame, found, node, site, [a(frame, dot)]);
    };
  }
  if (c === undefined) {
    return (frame, dot) => {
      frame.node = node;
      return invoke(frame, found, node, site, [a(frame, dot), b(frame, dot)]);
    };
  }
  return (frame, dot) => {
    frame.node = node;
    const list: GoValue[] = [];
    for (const value of values) list.push(value(frame, dot));
    return invoke(frame, found, node, site, list);
  };
}

function invoke(
  frame: Frame,
  found: GoFunction,
  { name }: IdentifierNode,
  site: Node,
  args: readonly GoValue[],
): GoValue {
  try {
    return found.call(args, frame.execution);
  } catch (error) {
    throw callError(frame, site, name, error);
  }
}

/** A function behind a pipe. */
export function compileFunctionFinal(
  context: CompileContext,
  node: IdentifierNode,
  site: Node,
  args: readonly Operand[],
): EvaluateFinal {
  const found = findFunction(context.functions, node.name);
  if (found === undefined) return failing(node, "%q is not a defined function", node.name);
  if (!countFits(found, args.length, 1)) return wrongCount(node, found, args.length, 1);
  const values = compileArguments(context, found, args);
  if (found === andFunction || found === orFunction) {
    const before = compileShortCircuit(node, values, found === orFunction);
    const stop = found === orFunction;
    return (frame, dot, final) => {
      const value = before(frame, dot);
      return values.length > 0 && isTrue(value) === stop ? value : final;
    };
  }
  if (found === callFunction) {
    return (frame, dot, final) => compileCall(node, site, [...values, () => final], args[0])(frame, dot);
  }
  const convert = finalConverter(found, args.length);
  const [a, b] = values;
  if (a === undefined) {
    return (frame, _dot, final) => {
      frame.node = node;
      return invoke(frame, found, node, site, [convert(frame, final)]);
    };
  }
  if (b === undefined) {
    return (frame, dot, final) => {
      frame.node = node;
      return invoke(frame, found, node, site, [a(frame, dot), convert(frame, final)]);
    };
  }
  return (frame, dot, final) => {
    frame.node = node;
    const list: GoValue[] = [];
    for (const value of values) list.push(value(frame, dot));
    list.push(convert(frame, final));
    return invoke(frame, found, node, site, list);
  };
}

/** `and`, `or`: the first argument that decides, or the last. Later ones are not evaluated. */
function compileShortCircuit(node: IdentifierNode, values: readonly Evaluate[], stop: boolean): Evaluate {
  const [a, b] = values;
  if (values.length === 2 && a !== undefined && b !== undefined) {
    return (frame, dot) => {
      frame.node = node;
      const first = a(frame, dot);
      return isTrue(first) === stop ? first : b(frame, dot);
    };
  }
  return (frame, dot) => {
    frame.node = node;
    let value: GoValue;
    for (const next of values) {
      value = next(frame, dot);
      if (isTrue(value) === stop) return value;
    }
    return value;
  };
}

/** Helm compatibility: no value of ours is a function, so `call` fails, but only once its arguments are there. */
function compileCall(
  node: IdentifierNode,
  site: Node,
  values: readonly Evaluate[],
  callee: Operand | undefined,
): Evaluate {
  const name = callee === undefined ? undefined : printNode(callee);
  return (frame, dot) => {
    frame.node = node;
    const list: GoValue[] = [name];
    for (const value of values) list.push(value(frame, dot));
    return invoke(frame, callFunction, node, site, list);
  };
}

function compileInclude(node: IdentifierNode, site: Node, name: Evaluate, data: Evaluate): Evaluate {
  return (frame, dot) => {
    frame.node = node;
    const template = name(frame, dot);
    const value = data(frame, dot);
    try {
      return frame.execution.include(typeof template === "string" ? template : "", value);
    } catch (error) {
      throw callError(frame, site, node.name, error);
    }
  };
}

function compileTpl(node: IdentifierNode, site: Node, text: Evaluate, data: Evaluate): Evaluate {
  return (frame, dot) => {
    frame.node = node;
    const template = text(frame, dot);
    const value = data(frame, dot);
    try {
      return frame.execution.tpl(typeof template === "string" ? template : "", value);
    } catch (error) {
      throw callError(frame, site, node.name, error);
    }
  };
}
