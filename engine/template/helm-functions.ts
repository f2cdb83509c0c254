import { GoFailure } from "../go/value.ts";
import type { FunctionTable, GoFunction } from "./function.ts";

/** Helm's `include`. The compiler knows this very object and calls {@link CallContext.include} without detour. */
export const includeFunction: GoFunction = {
  parameters: ["string", "interface {}"],
  call: ([name, data], context) => context.include(text(name), data),
};

/** Helm's `tpl`, known to the compiler like {@link includeFunction}. */
export const tplFunction: GoFunction = {
  parameters: ["string", "interface {}"],
  call: ([template, data], context) => context.tpl(text(template), data),
};

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new GoFailure("argument is no string");
}

/** The two functions that run templates. A caller merges them into its table. */
export const templateFunctions: FunctionTable = new Map([
  ["include", includeFunction],
  ["tpl", tplFunction],
]);
