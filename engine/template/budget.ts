import { TemplateError } from "./error.ts";

/** Nested parentheses of one expression. Go allows 10,000 on a growing stack; beyond a handful nobody writes them by hand. */
export const MAX_EXPRESSION_DEPTH = 500;
/** Nested `if`, `with`, `range`, `block` of one template. Go has no limit; a chart has about ten. */
export const MAX_CONTROL_DEPTH = 500;
/** Helm lets a template name stand 1,001 times in the chain of includes. */
export const MAX_INCLUDE_DEPTH = 1000;
/** The depth that Go's own message names. */
export const GO_TEMPLATE_DEPTH = 100_000;
/**
 * Nested executions by `template`, `include` and `tpl` together. Two names that include each other reach Helm's limit at 2,002 and `tpl`
 * doubles that; anything deeper is an endless recursion.
 */
export const MAX_TEMPLATE_DEPTH = 10_000;
/** Of these, so many run on the machine's stack, which holds about 600 levels in Node's main thread; the rest on one of our own. */
export const MAX_STACKED_DEPTH = 100;
/** Characters of parsed `tpl` texts that a template set keeps: values rarely bring a tenth of this. */
export const MAX_TPL_CHARACTERS = 1_048_576;
/** What a `tpl` costs beside parsing and running its text. */
export const TPL_UNITS = 0.5;
/** Characters that the parser reads in about a microsecond. */
export const PARSED_PER_UNIT = 16;

/** What one render may use. */
export interface BudgetLimits {
  /** Units of about a microsecond, by a careful estimate: the charts that need most of them (regular expressions, keys) count to 2.3 million. */
  readonly units: number;
  /** Characters written by templates and made by functions, including what other templates take up again. The largest known chart makes 6 million. */
  readonly bytes: number;
}

export const defaultBudget: BudgetLimits = { units: 3_000_000, bytes: 67_108_864 };

/** Statements per unit: none takes more than about a tenth of a microsecond (cost.ts). */
const STEPS_PER_UNIT = 10;

/** What is left of a render's budget. Shared by all files of one render. */
export class Budget {
  private readonly limits: BudgetLimits;
  private steps: number;
  private bytes: number;

  constructor(limits: BudgetLimits = defaultBudget) {
    this.limits = limits;
    this.steps = limits.units * STEPS_PER_UNIT;
    this.bytes = limits.bytes;
  }

  /** Counts statements. Throws a {@link TemplateError} of code `budget` when none are left. */
  step(count: number): void {
    this.steps -= count;
    if (this.steps < 0) throw new TemplateError("budget", `render exceeds its budget of ${this.limits.units} units`);
  }

  /** Counts work of about `units` microseconds. */
  spend(units: number): void {
    this.step(units * STEPS_PER_UNIT);
  }

  /** Counts characters before or as they are made. */
  reserve(bytes: number): void {
    this.bytes -= bytes;
    if (this.bytes < 0) throw new TemplateError("budget", `render exceeds its budget of ${this.limits.bytes} bytes`);
  }
}
