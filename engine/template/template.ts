import { compile } from "./compile.ts";
import { compileSuspended } from "./compile-suspended.ts";
import type { Run } from "./frame.ts";
import { builtins } from "./builtins.ts";
import { listCost } from "./cost.ts";
import type { FunctionTable } from "./function.ts";
import type { RunSuspended } from "./nested.ts";
import type { ListNode } from "./node.ts";
import { parse } from "./parser.ts";
import { isEmptyList } from "./print-node.ts";

/** A text that was parsed. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Starting a template, in statements. */
const RUN_COST = 4;

/** One template: a file's own text, or the body of a `define` or `block` in it. Immutable; compiled when first run. */
export class Template {
  readonly name: string;
  readonly file: SourceFile;
  readonly tree: ListNode;
  /** It prints nothing but white space: it never replaces a template of its name. */
  readonly isEmpty: boolean;
  /** What one run counts for, without its ranges and the templates below. */
  readonly cost: number;
  private readonly functions: FunctionTable;
  private compiled: Run | undefined = undefined;
  private suspended: RunSuspended | undefined = undefined;

  constructor(name: string, file: SourceFile, tree: ListNode, functions: FunctionTable) {
    this.name = name;
    this.file = file;
    this.tree = tree;
    this.isEmpty = isEmptyList(tree);
    this.cost = RUN_COST + listCost(tree);
    this.functions = functions;
  }

  /** The compiled body. */
  get run(): Run {
    this.compiled ??= compile(this.tree, this.functions);
    return this.compiled;
  }

  /** The body compiled for deep nesting. */
  get runSuspended(): RunSuspended {
    this.suspended ??= compileSuspended(this.tree, this.functions);
    return this.suspended;
  }
}

/** A parsed file: its own template and its `define`s. Immutable, so that it may be kept as long as its name, text and functions stay. */
export interface ParsedFile extends SourceFile {
  readonly main: Template;
  /** All templates of the file by name, `main` last. */
  readonly templates: ReadonlyMap<string, Template>;
}

/**
 * Parses a text with its `define`s. `name` is the file's name in messages and the name of its own template; functions not in
 * `functions` are Go's builtins. Throws `TemplateError` of code `syntax` with Go's message, or `budget` for absurd nesting.
 */
export function parseTemplate(name: string, text: string, functions: FunctionTable): ParsedFile {
  const file: SourceFile = { name, text };
  const trees = parse({ name, text, hasFunction: (word) => functions.has(word) || builtins.has(word) });
  const templates = new Map<string, Template>();
  for (const [key, tree] of trees) templates.set(key, new Template(key, file, tree, functions));
  const main = templates.get(name);
  if (main === undefined) throw new Error("a parsed file lacks its own template");
  return { name, text, main, templates };
}
