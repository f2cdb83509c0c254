import type { JsonValue } from "../errors.ts";
import { GoFailure } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { GO_TEMPLATE_DEPTH, MAX_INCLUDE_DEPTH, MAX_STACKED_DEPTH, MAX_TEMPLATE_DEPTH, TPL_UNITS } from "./budget.ts";
import type { Budget } from "./budget.ts";
import { TemplateError } from "./error.ts";
import { Frame } from "./frame.ts";
import type { CallContext } from "./function.ts";
import { runNested } from "./nested.ts";
import type { Nested } from "./nested.ts";
import type { PendingRequest } from "./pending.ts";
import type { TemplateSet } from "./template-set.ts";
import type { Template } from "./template.ts";
import { tplError, undefinedTemplate, withoutNoValue } from "./tpl.ts";

/** What the execution of one file lends to its functions; see {@link CallContext}. One budget serves all files of a render. */
export interface ExecuteOptions {
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly ask: (request: PendingRequest) => JsonValue;
  readonly nextOrdinal: () => number;
  readonly remember: CallContext["remember"];
  readonly budget: Budget;
  readonly lint: boolean;
  readonly warn: (message: string, attributes?: Readonly<Record<string, string>>) => void;
  /** How many nested templates may run on the machine's stack, for platforms with a small one. Default {@link MAX_STACKED_DEPTH}. */
  readonly stackedDepth?: number;
}

/** Counters that all templates of one file's execution share. */
interface Counters {
  depth: number;
  /** How often each name stands in the present chain of includes. */
  readonly included: Map<string, number>;
}

/** A running file, or a running `tpl` text within it: the set in sight and the context that functions get. */
export class Execution implements CallContext {
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly ask: (request: PendingRequest) => JsonValue;
  readonly nextOrdinal: () => number;
  readonly remember: CallContext["remember"];
  readonly lint: boolean;
  readonly warn: (message: string, attributes?: Readonly<Record<string, string>>) => void;
  readonly budget: Budget;
  /** Functions hand these two on without their context. */
  readonly spend: (units: number) => void;
  readonly reserve: (bytes: number) => void;
  private readonly stackedDepth: number;
  private readonly set: TemplateSet;
  private readonly options: ExecuteOptions;
  private readonly counters: Counters;

  constructor(set: TemplateSet, options: ExecuteOptions, counters: Counters) {
    this.now = options.now;
    this.randomBytes = options.randomBytes;
    this.ask = options.ask;
    this.nextOrdinal = options.nextOrdinal;
    this.remember = options.remember;
    this.lint = options.lint;
    this.warn = options.warn;
    const { budget } = options;
    this.budget = budget;
    this.stackedDepth = options.stackedDepth ?? MAX_STACKED_DEPTH;
    this.spend = (units) => budget.spend(units);
    this.reserve = (bytes) => budget.reserve(bytes);
    this.set = set;
    this.options = options;
    this.counters = counters;
  }

  include(name: string, data: GoValue): string {
    const text = this.run(this.enterInclude(name), data ?? undefined);
    this.leaveInclude(name);
    return text;
  }

  /** The template that `include` names, counted in the chain of includes. */
  enterInclude(name: string): Template {
    const { included } = this.counters;
    const count = included.get(name) ?? 0;
    if (count > MAX_INCLUDE_DEPTH) {
      throw new GoFailure(`rendering template has a nested reference name: ${name}: unable to execute template`, {
        cause: new GoFailure("unable to execute template"),
      });
    }
    const template = this.set.lookup(name);
    if (template === undefined) throw undefinedTemplate(name);
    included.set(name, count + 1);
    return template;
  }

  leaveInclude(name: string): void {
    const { included } = this.counters;
    included.set(name, (included.get(name) ?? 1) - 1);
  }

  tpl(text: string, data: GoValue): string {
    if (!text.includes("{{")) return withoutNoValue(text);
    try {
      const { execution, template } = this.enterTpl(text, data);
      return withoutNoValue(execution.run(template, data ?? undefined));
    } catch (error) {
      throw tplError(text, error);
    }
  }

  /** What `tpl` runs: the parsed text, over the templates in sight. */
  enterTpl(text: string, data: GoValue): Nested {
    this.budget.spend(TPL_UNITS);
    this.budget.reserve(text.length);
    const file = this.set.parseText(text, this.budget);
    const execution = new Execution(this.set.extend(file), this.options, this.counters);
    return { execution, template: file.main, data: data ?? undefined };
  }

  /** A `template` action: fails at the frame's node. */
  template(frame: Frame, name: string): Template {
    const template = this.set.lookup(name);
    if (template === undefined) return frame.fail("template %q not defined", name);
    if (this.counters.depth >= MAX_TEMPLATE_DEPTH) {
      return frame.fail(`exceeded maximum template depth (${GO_TEMPLATE_DEPTH})`);
    }
    return template;
  }

  /** Runs a template. Counters are right again only if it ends well: after a failure the whole file ends. */
  run(template: Template, data: GoValue): string {
    this.enter(template);
    const { counters } = this;
    if (counters.depth > this.stackedDepth) {
      const text = runNested({ execution: this, template, data });
      this.leave();
      return text;
    }
    const frame = new Frame(template, this, data);
    template.run(frame, data);
    counters.depth -= 1;
    return frame.out;
  }

  /** Counts one more nested template, and its work. */
  enter(template: Template): void {
    this.budget.step(template.cost);
    if (++this.counters.depth > MAX_TEMPLATE_DEPTH)
      throw new TemplateError("budget", "templates are nested too deeply");
  }

  leave(): void {
    this.counters.depth -= 1;
  }
}

/**
 * Runs the template `name` of a set on `data` and gives its output, `<no value>` included. Throws `TemplateError`, and lets `Pending`
 * and defects through. A failed execution leaves nothing behind but what it spent: other files of the set can run after it.
 */
export function executeTemplate(set: TemplateSet, name: string, data: GoValue, options: ExecuteOptions): string {
  const template = set.lookup(name);
  if (template === undefined) throw undefinedTemplate(name);
  try {
    return new Execution(set, options, { depth: 0, included: new Map() }).run(template, data ?? undefined);
  } catch (error) {
    throw isExhausted(error) ? new TemplateError("budget", `template: ${name}: ${error.message}`) : error;
  }
}

/** What the engine below throws when its stack or a string grows beyond its own limits. */
function isExhausted(error: unknown): error is RangeError {
  return error instanceof RangeError && /call stack|string length/i.test(error.message);
}
