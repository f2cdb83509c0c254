export { Budget, defaultBudget } from "./budget.ts";
export type { BudgetLimits } from "./budget.ts";
export { builtins } from "./builtins.ts";
export { TemplateError } from "./error.ts";
export type { TemplateErrorCode, TemplatePlace } from "./error.ts";
export { executeTemplate } from "./execution.ts";
export type { ExecuteOptions } from "./execution.ts";
export type { CallContext, FunctionTable, GoFunction } from "./function.ts";
export { templateFunctions } from "./helm-functions.ts";
export type {
  ActionNode,
  BranchNode,
  ChainNode,
  CommandNode,
  FieldNode,
  IdentifierNode,
  ListNode,
  Node,
  NumberNode,
  Operand,
  PipeNode,
  Statement,
  StringNode,
  TemplateNode,
  TextNode,
  VariableNode,
} from "./node.ts";
export { Pending } from "./pending.ts";
export type { PendingAnswer, PendingRequest } from "./pending.ts";
export { positionAt } from "./position.ts";
export type { Position } from "./position.ts";
export { printNode } from "./print-node.ts";
export { parseTemplate } from "./template.ts";
export type { ParsedFile, SourceFile, Template } from "./template.ts";
export { createTemplateSet } from "./template-set.ts";
export type { TemplateSet } from "./template-set.ts";
export { SET_NAME } from "./tpl.ts";
