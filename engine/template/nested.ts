import type { GoValue } from "../go/value.ts";
import type { Execution } from "./execution.ts";
import { Frame } from "./frame.ts";
import type { Flow } from "./frame.ts";
import type { Template } from "./template.ts";

/** A template that a suspended one waits for. */
export interface Nested {
  readonly execution: Execution;
  readonly template: Template;
  readonly data: GoValue;
}

/** A computation that hands every nested template to its driver and goes on with that template's output. */
export type Suspended<T> = Generator<Nested, T, string>;
/** A template's body as such a computation; see compile-suspended.ts. */
export type RunSuspended = (frame: Frame, dot: GoValue) => Suspended<Flow>;

function* start({ execution, template, data }: Nested): Suspended<string> {
  const frame = new Frame(template, execution, data);
  yield* template.runSuspended(frame, data);
  return frame.out;
}

/**
 * Runs a template with all templates below it on a stack of our own: compiled closures would need about a kibibyte of the machine's
 * stack per level, and Helm's limits allow thousands of levels. Slower, so that only deep templates run this way.
 */
export function runNested(first: Nested): string {
  const stack: Suspended<string>[] = [];
  let current = start(first);
  let input = "";
  let failure: { readonly error: unknown } | undefined;
  for (;;) {
    let step: IteratorResult<Nested, string>;
    try {
      step = failure === undefined ? current.next(input) : current.throw(failure.error);
      failure = undefined;
      if (step.done !== true) step.value.execution.enter(step.value.template);
    } catch (error) {
      failure = { error };
      const outer = stack.pop();
      if (outer === undefined) throw error;
      current = outer;
      continue;
    }
    if (step.done === true) {
      const outer = stack.pop();
      if (outer === undefined) return step.value;
      first.execution.leave();
      current = outer;
      input = step.value;
    } else {
      stack.push(current);
      current = start(step.value);
    }
  }
}
