import { quote } from "../go/quote.ts";
import { trimSpace } from "../go/unicode.ts";
import type { CommandNode, ListNode, Node, Operand, PipeNode, VariableNode } from "./node.ts";

/** The text of a node as Go writes it again in its messages: single spaces, strings and numbers as written. */
export function printNode(node: Node): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "list":
      return printList(node);
    case "action":
      return `{{${printPipe(node.pipe)}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : ` ${printPipe(node.pipe)}`}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${printList(node.elseList)}`;
      return `{{${node.kind} ${printPipe(node.pipe)}}}${printList(node.list)}${otherwise}{{end}}`;
    }
    case "pipe":
      return printPipe(node);
    case "command":
      return printCommand(node);
    default:
      return printOperand(node);
  }
}

function printList(list: ListNode): string {
  let out = "";
  for (const node of list.nodes) out += printNode(node);
  return out;
}

function printPipe(pipe: PipeNode): string {
  const commands = pipe.commands.map(printCommand).join(" | ");
  if (pipe.declarations.length === 0) return commands;
  return `${pipe.declarations.map(printVariable).join(", ")} ${pipe.isAssign ? "=" : ":="} ${commands}`;
}

function printCommand(command: CommandNode): string {
  return command.args.map((arg) => (arg.kind === "pipe" ? `(${printPipe(arg)})` : printOperand(arg))).join(" ");
}

function printVariable(variable: VariableNode): string {
  return [variable.name, ...variable.fields].join(".");
}

function printOperand(node: Operand): string {
  switch (node.kind) {
    case "bool":
      return node.value ? "true" : "false";
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "string":
      return node.quoted;
    case "number":
      return node.text;
    case "identifier":
      return node.name;
    case "field":
      return `.${node.names.join(".")}`;
    case "variable":
      return printVariable(node);
    case "chain": {
      const base = node.base.kind === "pipe" ? `(${printPipe(node.base)})` : printOperand(node.base);
      return `${base}.${node.fields.join(".")}`;
    }
    default:
      return printPipe(node);
  }
}

/** True for a template that prints nothing but white space: it never replaces another of its name. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === "text" && trimSpace(node.text) === "");
}
