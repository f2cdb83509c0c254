import { sprintf } from "../go/fmt.ts";
import { quote } from "../go/quote.ts";
import { GoFailure } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { Budget } from "./budget.ts";
import { TemplateError } from "./error.ts";
import type { Execution } from "./execution.ts";
import type { Node } from "./node.ts";
import { positionAt } from "./position.ts";
import { printNode } from "./print-node.ts";
import type { Template } from "./template.ts";

/** How a statement ended: `0` and the next one follows, or a `break` or `continue` looks for its range. */
export type Flow = 0 | 1 | 2;
export const NEXT = 0;
export const BREAK = 1;
export const CONTINUE = 2;

/** A compiled expression: its value for this dot. */
export type Evaluate = (frame: Frame, dot: GoValue) => GoValue;
/** A compiled expression behind a pipe: `final` is the value of the stage before. */
export type EvaluateFinal = (frame: Frame, dot: GoValue, final: GoValue) => GoValue;
/** A compiled statement: writes to the frame. */
export type Run = (frame: Frame, dot: GoValue) => Flow;

/** Written pieces after which the output is laid out flat: each costs some 32 bytes until then. */
const FLUSH_PIECES = 4096;

/** One template being executed. */
export class Frame {
  readonly template: Template;
  readonly execution: Execution;
  readonly budget: Budget;
  /** Variables by the slot that the compiler gave them; slot 0 is `$`. */
  readonly slots: GoValue[];
  /** The node touched last: a message names it, whatever failed. */
  node: Node | undefined = undefined;
  /** The nodes touched last by values that wait in slots; see compile-suspended.ts. */
  readonly touched: (Node | undefined)[] = [];
  /** What was written since the last flush, and everything before it. */
  private tail = "";
  private head = "";
  private pieces = 0;
  /** Kept so that reading it is not optimised away. */
  private firstUnit = 0;

  constructor(template: Template, execution: Execution, data: GoValue) {
    this.template = template;
    this.execution = execution;
    this.budget = execution.budget;
    this.slots = [data];
  }

  write(text: string): void {
    this.budget.reserve(text.length);
    this.tail += text;
    if (++this.pieces === FLUSH_PIECES) this.flush();
  }

  /** All that was written. */
  get out(): string {
    return this.head + this.tail;
  }

  /** Reading a character makes the engine lay a joined string out flat, which frees its pieces. */
  private flush(): void {
    this.firstUnit ^= this.tail.charCodeAt(0);
    this.head += this.tail;
    this.tail = "";
    this.pieces = 0;
  }

  /** Fails at the present node with a text made as `fmt.Errorf` makes it. */
  fail(format: string, ...args: readonly GoValue[]): never {
    throw execError(this, format, args);
  }
}

/** The error of the call of `name` at `node`; what is no failure of a template or a function comes back as it is. */
export function callError(frame: Frame, node: Node, name: string, error: unknown): unknown {
  const isFailure = error instanceof GoFailure || (error instanceof TemplateError && error.code !== "budget");
  if (!isFailure) return error;
  frame.node = node;
  return execError(frame, "error calling %s: %v", [name, error.message], error);
}

/**
 * Go's `ExecError` at the present node.
 * Helm compatibility: Go builds a format around the file's name, so that a percent sign in it garbles the message.
 */
export function execError(
  frame: Frame,
  format: string,
  args: readonly GoValue[],
  cause?: TemplateError | GoFailure,
): TemplateError {
  const { node, template } = frame;
  const reason = sprintf(format, args);
  const parts = cause === undefined ? { reason } : { reason, cause };
  if (node === undefined) return new TemplateError("exec", `template: ${template.name}: ${reason}`, parts);
  const { name: file, text } = template.file;
  const { line, column } = positionAt(text, node.offset);
  const context = printNode(node);
  const place = { file, line, column, offset: node.offset, template: template.name, node: context };
  const around = `executing ${quote(template.name)} at <${context}>: `;
  const message = file.includes("%")
    ? garbled(sprintf(`template: ${file}:${line}:${column}: ${around.replaceAll("%", "%%")}${format}`, args), cause)
    : `template: ${file}:${line}:${column}: ${around}${reason}`;
  return new TemplateError("exec", message, { ...parts, place });
}

/** Go writes a wrapped error with `%w`, which shows when the file's name has used up its argument. */
function garbled(message: string, cause: Error | undefined): string {
  return cause === undefined ? message : message.replace(/%!v\(MISSING\)$/, "%!w(MISSING)");
}
