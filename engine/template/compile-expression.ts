import type { GoValue } from "../go/value.ts";
import { compileConstant } from "./compile-argument.ts";
import { compileFunction, compileFunctionFinal } from "./compile-call.ts";
import { compileChainStart, compileVariable, compileWithArguments } from "./compile-chain.ts";
import type { CompileContext } from "./compile-context.ts";
import { walkFields } from "./field.ts";
import type { Evaluate, EvaluateFinal, Frame } from "./frame.ts";
import type { CommandNode, Operand, PipeNode, VariableNode } from "./node.ts";

/** A pipeline's value without its declarations; nil may come as `null` where Go has "no value". */
export function compileCommands(context: CompileContext, pipe: PipeNode): Evaluate {
  const [first, ...rest] = pipe.commands;
  if (first === undefined) return () => undefined;
  const start = compileStart(context, first, pipe);
  if (rest.length === 0) return start;
  const stages = rest.map((command) => compileStage(context, command));
  const [second] = stages;
  if (stages.length === 1 && second !== undefined) {
    return (frame, dot) => second(frame, dot, start(frame, dot) ?? undefined);
  }
  return (frame, dot) => {
    let value = start(frame, dot);
    for (const stage of stages) value = stage(frame, dot, value ?? undefined);
    return value;
  };
}

/** A pipeline's value: nil is unwrapped to "no value", and the variables are set. */
export function compilePipe(context: CompileContext, pipe: PipeNode, origin?: number): Evaluate {
  const value = compileCommands(context, pipe);
  if (pipe.declarations.length === 0) return (frame, dot) => value(frame, dot) ?? undefined;
  const stores = compileStores(context, pipe, origin);
  return (frame, dot) => {
    const result = value(frame, dot) ?? undefined;
    for (const store of stores) store(frame, result);
    return result;
  };
}

/** What a pipeline does with its value: its declarations or assignments. The declared variables are known from here on. */
export function compileStores(context: CompileContext, pipe: PipeNode, origin?: number): readonly Store[] {
  return pipe.declarations.map((variable) =>
    pipe.isAssign ? compileAssignment(context, variable) : compileDeclaration(context, variable, origin),
  );
}

/** Stores a value in a variable. */
export type Store = (frame: Frame, value: GoValue) => void;

function compileDeclaration({ scope }: CompileContext, variable: VariableNode, origin: number | undefined): Store {
  const slot = scope.add(variable.name, origin);
  return (frame, value) => {
    frame.slots[slot] = value;
  };
}

export function compileAssignment({ scope }: CompileContext, variable: VariableNode): Store {
  const known = scope.find(variable.name);
  if (known === undefined) return (frame) => frame.fail("undefined variable: %s", variable.name);
  const { slot } = known;
  return (frame, value) => {
    frame.slots[slot] = value;
  };
}

/** The first command of a pipeline. */
export function compileStart(context: CompileContext, command: CommandNode, pipe: PipeNode): Evaluate {
  const [first, ...args] = command.args;
  if (first === undefined) return () => undefined;
  if (first.kind === "identifier") return compileFunction(context, first, command, args);
  if (args.length === 0) return compileAlone(context, first);
  const final = compileWithArguments(context, first, args, false);
  return (frame, dot) => {
    frame.node = pipe;
    return final(frame, dot, undefined);
  };
}

/** A command that gets the value before it as last argument. */
export function compileStage(context: CompileContext, command: CommandNode): EvaluateFinal {
  const [first, ...args] = command.args;
  if (first === undefined) return () => undefined;
  if (first.kind === "identifier") return compileFunctionFinal(context, first, command, args);
  return compileWithArguments(context, first, args, true);
}

/** A command of one word. */
function compileAlone(context: CompileContext, node: Operand): Evaluate {
  if (node.kind === "nil") {
    return (frame) => {
      frame.node = node;
      return frame.fail("nil is not a command");
    };
  }
  return context.operand(node);
}

/** An operand's value where no type is asked for. */
export function compileOperand(context: CompileContext, node: Operand): Evaluate {
  switch (node.kind) {
    case "dot":
      return (frame, dot) => {
        frame.node = node;
        return dot;
      };
    case "field": {
      const { names } = node;
      const origin = context.scope.dotOrigin;
      return (frame, dot) => {
        frame.node = node;
        return walkFields(frame, dot, names, node, origin);
      };
    }
    case "variable":
      return compileVariableFields(context, node);
    case "chain": {
      const base = compileChainStart(context, node, node.base);
      const { fields } = node;
      return (frame, dot) => walkFields(frame, base(frame, dot), fields, node, undefined);
    }
    case "pipe":
      return compilePipe(context, node);
    case "identifier":
      return compileFunction(context, node, node, []);
    default:
      return compileConstant(node);
  }
}

function compileVariableFields(context: CompileContext, node: VariableNode): Evaluate {
  const value = compileVariable(context, node);
  const { fields } = node;
  if (fields.length === 0) return value;
  const origin = context.scope.find(node.name)?.origin;
  return (frame, dot) => walkFields(frame, value(frame, dot), fields, node, origin);
}
