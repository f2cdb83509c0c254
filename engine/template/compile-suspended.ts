import { isTrue } from "../go/truth.ts";
import type { GoValue } from "../go/value.ts";
import { andFunction, orFunction } from "./builtins.ts";
import { countFits } from "./call-count.ts";
import { compileStatement, print } from "./compile.ts";
import { compileArguments, finalConverter } from "./compile-argument.ts";
import type { CompileContext } from "./compile-context.ts";
import { compileAssignment, compileOperand, compileStage, compileStart, compileStores } from "./compile-expression.ts";
import { elementsOf } from "./compile-range.ts";
import { listCost } from "./cost.ts";
import { BREAK, callError, CONTINUE, NEXT } from "./frame.ts";
import type { Evaluate, EvaluateFinal, Frame, Run } from "./frame.ts";
import type { FunctionTable, GoFunction } from "./function.ts";
import { includeFunction, tplFunction } from "./helm-functions.ts";
import type { RunSuspended, Suspended } from "./nested.ts";
import type { BranchNode, CommandNode, IdentifierNode, ListNode, Operand, PipeNode, Statement } from "./node.ts";
import { findFunction, Reach } from "./reach.ts";
import { Scope } from "./scope.ts";
import { tplError, withoutNoValue } from "./tpl.ts";

/*
 * The same program as compile.ts makes, for templates nested too deeply for the machine's stack: nodes that run other templates become
 * generators, which hand those to a driver (nested.ts); all other nodes are the same closures. An argument that runs a template is
 * evaluated first, in order with its neighbours, and waits in a slot for the call.
 */

type Suspend = (frame: Frame, dot: GoValue) => Suspended<GoValue>;
/** A value by a closure if that runs no template, else by a generator. */
type Value = { readonly plain: Evaluate } | { readonly suspend: Suspend };
type SuspendFinal = (frame: Frame, dot: GoValue, final: GoValue) => Suspended<GoValue>;

interface SuspendContext extends CompileContext {
  readonly reach: Reach;
  /** What the closures read instead of evaluating these operands themselves. */
  readonly waiting: Map<Operand, Evaluate>;
}

/** Compiles a template so that no nested one runs on the machine's stack. */
export function compileSuspended(tree: ListNode, functions: FunctionTable): RunSuspended {
  const waiting = new Map<Operand, Evaluate>();
  const context: SuspendContext = {
    functions,
    scope: new Scope(),
    reach: new Reach(functions),
    waiting,
    operand: (node) => waiting.get(node) ?? compileOperand(context, node),
  };
  return suspendList(context, tree);
}

function* evaluate(value: Value, frame: Frame, dot: GoValue): Suspended<GoValue> {
  return "plain" in value ? value.plain(frame, dot) : yield* value.suspend(frame, dot);
}

function suspendList(context: SuspendContext, list: ListNode): RunSuspended {
  const runs: readonly ({ readonly plain: Run } | { readonly suspend: RunSuspended })[] = list.nodes.map((node) =>
    context.reach.reaches(node)
      ? { suspend: suspendStatement(context, node) }
      : { plain: compileStatement(context, node) },
  );
  return function* (frame, dot) {
    for (const run of runs) {
      const flow = "plain" in run ? run.plain(frame, dot) : yield* run.suspend(frame, dot);
      if (flow !== NEXT) return flow;
    }
    return NEXT;
  };
}

function suspendStatement(context: SuspendContext, node: Statement): RunSuspended {
  switch (node.kind) {
    case "action": {
      const { pipe } = node;
      const value = suspendPipe(context, pipe);
      return function* (frame, dot) {
        const result = yield* value(frame, dot);
        if (pipe.declarations.length === 0) print(frame, result, node);
        return NEXT;
      };
    }
    case "template": {
      const data = node.pipe === undefined ? NOTHING : { suspend: suspendPipe(context, node.pipe) };
      return function* (frame, dot) {
        frame.node = node;
        const { execution } = frame;
        const template = execution.template(frame, node.name);
        const text = yield { execution, template, data: yield* evaluate(data, frame, dot) };
        frame.write(text);
        return NEXT;
      };
    }
    case "range":
      return context.scope.within(context.scope.dotOrigin, () => suspendRange(context, node));
    case "if":
    case "with":
      return context.scope.within(context.scope.dotOrigin, () => suspendBranch(context, node));
    default:
      throw new Error(`${node.kind} runs no template`);
  }
}

const NOTHING: Value = { plain: () => undefined };

function suspendBranch(context: SuspendContext, node: BranchNode): RunSuspended {
  const { scope } = context;
  const { elseList } = node;
  const isWith = node.kind === "with";
  const condition = suspendPipe(context, node.pipe);
  const run = scope.within(isWith ? undefined : scope.dotOrigin, () => suspendList(context, node.list));
  const otherwise =
    elseList === undefined ? undefined : scope.within(scope.dotOrigin, () => suspendList(context, elseList));
  return function* (frame, dot) {
    const value = yield* condition(frame, dot);
    if (isTrue(value)) return yield* run(frame, isWith ? value : dot);
    return otherwise === undefined ? NEXT : yield* otherwise(frame, dot);
  };
}

function suspendRange(context: SuspendContext, node: BranchNode): RunSuspended {
  const { scope } = context;
  const { elseList } = node;
  const origin = scope.reserve();
  const value = suspendPipe(context, node.pipe, origin);
  const [first, second] = node.pipe.declarations.map((variable) => compileAssignment(context, variable));
  const body = scope.within(origin, () => suspendList(context, node.list));
  const cost = 1 + listCost(node.list);
  const otherwise =
    elseList === undefined ? undefined : scope.within(scope.dotOrigin, () => suspendList(context, elseList));
  return function* (frame, dot) {
    frame.node = node;
    const items = yield* value(frame, dot);
    frame.slots[origin] = items;
    let empty = true;
    for (const [index, element] of elementsOf(frame, items, second !== undefined)) {
      empty = false;
      frame.budget.step(cost);
      if (second === undefined) first?.(frame, element);
      else {
        first?.(frame, index);
        second(frame, element);
      }
      if ((yield* body(frame, element)) === BREAK) break;
    }
    if (!empty || otherwise === undefined) return NEXT;
    frame.slots[origin] = undefined;
    return (yield* otherwise(frame, dot)) === CONTINUE ? CONTINUE : NEXT;
  };
}

function suspendPipe(context: SuspendContext, pipe: PipeNode, origin?: number): Suspend {
  const stages = pipe.commands.map((command, at) => suspendCommand(context, command, pipe, at > 0));
  const stores = compileStores(context, pipe, origin);
  return function* (frame, dot) {
    let value: GoValue;
    for (const stage of stages) value = (yield* stage(frame, dot, value)) ?? undefined;
    for (const store of stores) store(frame, value);
    return value;
  };
}

function suspendCommand(
  context: SuspendContext,
  command: CommandNode,
  pipe: PipeNode,
  hasFinal: boolean,
): SuspendFinal {
  const [first, ...args] = command.args;
  const found = first?.kind === "identifier" ? findFunction(context.functions, first.name) : undefined;
  const fits = found === undefined || countFits(found, args.length, hasFinal ? 1 : 0);
  if (first?.kind === "identifier" && found !== undefined && fits) {
    if (found === andFunction || found === orFunction) return suspendShortCircuit(context, first, args, hasFinal);
    const runsTemplate = found === includeFunction || found === tplFunction;
    if (runsTemplate) return suspendTemplateCall(context, found, command, args, hasFinal);
  }
  const parked = fits ? park(context, command.args) : [];
  const value = hasFinal ? compileStage(context, command) : ignoringFinal(compileStart(context, command, pipe));
  return function* (frame, dot, final) {
    for (const operand of parked) yield* fill(frame, dot, operand);
    return value(frame, dot, final);
  };
}

function ignoringFinal(value: Evaluate): EvaluateFinal {
  return (frame, dot) => value(frame, dot);
}

/** An operand that is evaluated before its command and waits in a slot. */
interface Parked {
  readonly slot: number;
  readonly value: Value;
}

/** If any operand runs a template, all that are evaluated are parked, so that their order stays. */
function park(context: SuspendContext, operands: readonly Operand[]): readonly Parked[] {
  if (!operands.some((operand) => context.reach.reaches(operand))) return [];
  return operands.flatMap((operand, at) => {
    const target = operand.kind === "chain" ? operand.base : operand;
    const isName = at === 0 && operand.kind !== "pipe" && operand.kind !== "chain";
    return isName || isLiteral(target) ? [] : [parkOne(context, target)];
  });
}

function isLiteral({ kind }: Operand): boolean {
  return kind === "nil" || kind === "bool" || kind === "string" || kind === "number";
}

function parkOne(context: SuspendContext, node: Operand): Parked {
  const value = suspendOperand(context, node);
  const slot = context.scope.reserve();
  context.waiting.set(node, (frame) => {
    frame.node = frame.touched[slot];
    return frame.slots[slot];
  });
  return { slot, value };
}

function* fill(frame: Frame, dot: GoValue, { slot, value }: Parked): Suspended<void> {
  frame.slots[slot] = yield* evaluate(value, frame, dot);
  frame.touched[slot] = frame.node;
}

function suspendOperand(context: SuspendContext, node: Operand): Value {
  if (context.reach.reaches(node)) {
    if (node.kind === "pipe") return { suspend: suspendPipe(context, node) };
    if (node.kind === "chain") {
      const parked = parkOne(context, node.base);
      const value = compileOperand(context, node);
      return {
        *suspend(frame, dot) {
          yield* fill(frame, dot, parked);
          return value(frame, dot);
        },
      };
    }
  }
  return { plain: compileOperand(context, node) };
}

function suspendShortCircuit(
  context: SuspendContext,
  node: IdentifierNode,
  args: readonly Operand[],
  hasFinal: boolean,
): SuspendFinal {
  const stop = findFunction(context.functions, node.name) === orFunction;
  const values = args.map((arg) => suspendOperand(context, arg));
  return function* (frame, dot, final) {
    frame.node = node;
    let value: GoValue;
    for (const next of values) {
      value = yield* evaluate(next, frame, dot);
      if (isTrue(value) === stop) return value;
    }
    return hasFinal ? final : value;
  };
}

/** `include` and `tpl`: the driver runs the template. */
function suspendTemplateCall(
  context: SuspendContext,
  found: GoFunction,
  command: CommandNode,
  args: readonly Operand[],
  hasFinal: boolean,
): SuspendFinal {
  const [name] = command.args;
  const parked = park(context, command.args);
  const values = compileArguments(context, found, args);
  const convert = hasFinal ? finalConverter(found, args.length) : undefined;
  const call = found === includeFunction ? suspendInclude : suspendTpl;
  return function* (frame, dot, final) {
    frame.node = name;
    for (const operand of parked) yield* fill(frame, dot, operand);
    const list = values.map((value) => value(frame, dot));
    if (convert !== undefined) list.push(convert(frame, final));
    const [text, data] = list;
    try {
      return yield* call(frame, typeof text === "string" ? text : "", data);
    } catch (error) {
      throw callError(frame, command, name?.kind === "identifier" ? name.name : "", error);
    }
  };
}

function* suspendInclude({ execution }: Frame, name: string, data: GoValue): Suspended<string> {
  const template = execution.enterInclude(name);
  const text = yield { execution, template, data: data ?? undefined };
  execution.leaveInclude(name);
  return text;
}

function* suspendTpl({ execution }: Frame, text: string, data: GoValue): Suspended<string> {
  try {
    return withoutNoValue(yield execution.enterTpl(text, data));
  } catch (error) {
    throw tplError(text, error);
  }
}
