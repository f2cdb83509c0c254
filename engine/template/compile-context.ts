import type { Evaluate } from "./frame.ts";
import type { FunctionTable } from "./function.ts";
import type { Operand } from "./node.ts";
import type { Scope } from "./scope.ts";

/** What the compiler knows at one place of a template. */
export interface CompileContext {
  readonly functions: FunctionTable;
  readonly scope: Scope;
  /** Compiles an operand where no type is asked for. */
  readonly operand: (node: Operand) => Evaluate;
}
