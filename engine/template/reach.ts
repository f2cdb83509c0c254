import { builtins } from "./builtins.ts";
import type { FunctionTable, GoFunction } from "./function.ts";
import { includeFunction, tplFunction } from "./helm-functions.ts";
import type { Node } from "./node.ts";

/** The function that a name stands for. */
export function findFunction(functions: FunctionTable, name: string): GoFunction | undefined {
  return functions.get(name) ?? builtins.get(name);
}

/** Tells which nodes run other templates, each node asked once. */
export class Reach {
  private readonly functions: FunctionTable;
  private readonly known = new Map<Node, boolean>();

  constructor(functions: FunctionTable) {
    this.functions = functions;
  }

  /** True if `node` holds a `template`, `include` or `tpl`. */
  reaches(node: Node): boolean {
    const known = this.known.get(node);
    if (known !== undefined) return known;
    const found = this.search(node);
    this.known.set(node, found);
    return found;
  }

  private some(nodes: readonly (Node | undefined)[]): boolean {
    return nodes.some((node) => node !== undefined && this.reaches(node));
  }

  private search(node: Node): boolean {
    switch (node.kind) {
      case "template":
        return true;
      case "identifier": {
        const found = findFunction(this.functions, node.name);
        return found === includeFunction || found === tplFunction;
      }
      case "list":
        return this.some(node.nodes);
      case "action":
        return this.reaches(node.pipe);
      case "if":
      case "with":
      case "range":
        return this.some([node.pipe, node.list, node.elseList]);
      case "pipe":
        return this.some(node.commands);
      case "command":
        return this.some(node.args);
      case "chain":
        return this.reaches(node.base);
      default:
        return false;
    }
  }
}
