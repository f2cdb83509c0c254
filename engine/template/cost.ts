import type { ListNode, Operand, PipeNode, Statement } from "./node.ts";

/** A function call beside its arguments, in statements. */
const CALL = 3;

/**
 * The statements that running a list once counts for, at most: both branches of an `if`, but no body of a range, which counts for itself
 * on each turn. Known from the text alone, so that a run counts once per template and per turn.
 */
export function listCost(list: ListNode | undefined): number {
  let cost = 0;
  for (const node of list?.nodes ?? []) cost += statementCost(node);
  return cost;
}

function statementCost(node: Statement): number {
  switch (node.kind) {
    case "action":
      return pipeCost(node.pipe);
    case "if":
    case "with":
      return pipeCost(node.pipe) + listCost(node.list) + listCost(node.elseList);
    case "range":
      return CALL + pipeCost(node.pipe) + listCost(node.elseList);
    case "template":
      return CALL + pipeCost(node.pipe);
    default:
      return 1;
  }
}

function pipeCost(pipe: PipeNode | undefined): number {
  let cost = 0;
  for (const command of pipe?.commands ?? []) for (const arg of command.args) cost += operandCost(arg);
  return cost;
}

function operandCost(node: Operand): number {
  switch (node.kind) {
    case "pipe":
      return pipeCost(node);
    case "identifier":
      return CALL;
    case "field":
      return node.names.length;
    case "variable":
      return 1 + node.fields.length;
    case "chain":
      return operandCost(node.base) + node.fields.length;
    default:
      return 1;
  }
}
