import { formatValue } from "../go/fmt.ts";
import { isTrue } from "../go/truth.ts";
import { GoObject } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { compileCommands, compileOperand, compilePipe } from "./compile-expression.ts";
import type { CompileContext } from "./compile-context.ts";
import { compileRange } from "./compile-range.ts";
import { BREAK, callError, CONTINUE, NEXT } from "./frame.ts";
import type { Flow, Frame, Run } from "./frame.ts";
import type { FunctionTable } from "./function.ts";
import type { ActionNode, BranchNode, ListNode, PipeNode, Statement, TemplateNode } from "./node.ts";
import { dereference } from "./pointer.ts";
import { Scope } from "./scope.ts";
import { NO_VALUE } from "./tpl.ts";

/** Compiles a template to closures. Names, variables and functions are resolved here, once. */
export function compile(tree: ListNode, functions: FunctionTable): Run {
  const context: CompileContext = {
    functions,
    scope: new Scope(),
    operand: (node) => compileOperand(context, node),
  };
  return compileList(context, tree);
}

function compileList(context: CompileContext, list: ListNode): Run {
  const runs = list.nodes.map((node) => compileStatement(context, node));
  const [first, second] = runs;
  const count = runs.length;
  if (first === undefined) return nothing;
  if (count === 1) return first;
  if (count === 2 && second !== undefined) {
    return (frame, dot) => {
      const flow = first(frame, dot);
      return flow === NEXT ? second(frame, dot) : flow;
    };
  }
  return (frame, dot) => {
    for (const run of runs) {
      const flow = run(frame, dot);
      if (flow !== NEXT) return flow;
    }
    return NEXT;
  };
}

/** Compiles what stands in a list. */
export function compileStatement(context: CompileContext, node: Statement): Run {
  switch (node.kind) {
    case "text": {
      const { text } = node;
      return (frame) => {
        frame.write(text);
        return NEXT;
      };
    }
    case "action":
      return compileAction(context, node);
    case "if":
    case "with":
      return compileBranch(context, node);
    case "range":
      return compileRange(context, node, compileList);
    case "template":
      return compileTemplate(context, node);
    case "break":
      return () => BREAK;
    default:
      return () => CONTINUE;
  }
}

/** Prints the value, or declares variables. These last until the end of the list that the action stands in. */
function compileAction(context: CompileContext, node: ActionNode): Run {
  const { pipe } = node;
  if (pipe.declarations.length > 0) {
    const value = compilePipe(context, pipe);
    return (frame, dot) => {
      value(frame, dot);
      return NEXT;
    };
  }
  const value = compileCommands(context, pipe);
  return (frame, dot) => {
    print(frame, value(frame, dot), node);
    return NEXT;
  };
}

/** Writes the value of an action. */
export function print(frame: Frame, value: GoValue, node: ActionNode): void {
  frame.write(typeof value === "string" ? value : printed(frame, value, node));
}

/** What an action prints for a value that is no string. */
function printed(frame: Frame, value: GoValue, node: ActionNode): string {
  if (value === undefined || value === null) return NO_VALUE;
  try {
    return value instanceof GoObject ? printedObject(value) : formatValue(value);
  } catch (error) {
    throw callError(frame, node, "print", error);
  }
}

/** A pointer is followed, and a method of the pointer counts where Go can take an address: of what is no copy. */
function printedObject(value: GoObject): string {
  return value.type.printAddressed?.(value) ?? formatValue(dereference(value));
}

function nothing(): Flow {
  return NEXT;
}

/** One test of a chain of `if` and `else if`. */
interface Branch {
  readonly condition: (frame: Frame, dot: GoValue) => GoValue;
  readonly run: Run;
}

function compileBranch(context: CompileContext, node: BranchNode): Run {
  return context.scope.within(context.scope.dotOrigin, () =>
    node.kind === "with" ? compileWith(context, node) : compileIf(context, node),
  );
}

function compileWith(context: CompileContext, node: BranchNode): Run {
  const { scope } = context;
  const condition = compilePipe(context, node.pipe);
  const run = scope.within(undefined, () => compileList(context, node.list));
  const otherwise = scope.within(scope.dotOrigin, () => compileElse(context, node.elseList));
  return (frame, dot) => {
    const value = condition(frame, dot);
    return isTrue(value) ? run(frame, value) : otherwise(frame, dot);
  };
}

function compileElse(context: CompileContext, list: ListNode | undefined): Run {
  return list === undefined ? nothing : compileList(context, list);
}

/** `else if` chains run in a loop: each test sees the variables of those before it. */
function compileIf(context: CompileContext, node: BranchNode): Run {
  const { scope } = context;
  const branches: Branch[] = [];
  let at: BranchNode | undefined = node;
  let otherwise: Run = nothing;
  while (at !== undefined) {
    const { list, elseList }: BranchNode = at;
    const condition = compileCondition(context, at.pipe);
    branches.push({ condition, run: scope.within(scope.dotOrigin, () => compileList(context, list)) });
    at = elseIf(elseList);
    if (at === undefined) otherwise = scope.within(scope.dotOrigin, () => compileElse(context, elseList));
  }
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) return compileSingleIf(only, otherwise);
  return (frame, dot) => {
    for (const { condition, run } of branches) if (isTrue(condition(frame, dot))) return run(frame, dot);
    return otherwise(frame, dot);
  };
}

function compileSingleIf({ condition, run }: Branch, otherwise: Run): Run {
  return (frame, dot) => (isTrue(condition(frame, dot)) ? run(frame, dot) : otherwise(frame, dot));
}

function compileCondition(context: CompileContext, pipe: PipeNode): Branch["condition"] {
  return pipe.declarations.length === 0 ? compileCommands(context, pipe) : compilePipe(context, pipe);
}

function elseIf(list: ListNode | undefined): BranchNode | undefined {
  const [node] = list?.nodes ?? [];
  return list?.nodes.length === 1 && node?.kind === "if" ? node : undefined;
}

function compileTemplate(context: CompileContext, node: TemplateNode): Run {
  const { name } = node;
  const data = node.pipe === undefined ? () => undefined : compilePipe(context, node.pipe);
  return (frame, dot) => {
    frame.node = node;
    const { execution } = frame;
    const template = execution.template(frame, name);
    frame.write(execution.run(template, data(frame, dot)));
    return NEXT;
  };
}
