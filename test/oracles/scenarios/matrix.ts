import { rowsOf } from "./command-line.ts";
import type { Cell } from "./compare.ts";
import { OUTCOMES, type OutcomeClass } from "./scenario.ts";

/** Cells that nothing can fill, with the reason. `action` is a pattern. */
const IMPOSSIBLE: readonly {
  readonly action: RegExp;
  readonly flag: RegExp;
  readonly outcomes: readonly OutcomeClass[];
  readonly reason: string;
}[] = [{ action: /./u, flag: /^--dry-run/u, outcomes: ["failed"], reason: "a dry run writes nothing that could fail" }];

/** The matrix as text, and the cells that nobody filled. */
export function matrixOf(cells: readonly Cell[]): { readonly text: string; readonly empty: readonly string[] } {
  const count = (action: string, flag: string, outcome: OutcomeClass): number =>
    cells.filter((cell) => cell.action === action && cell.flag === flag && cell.outcome === outcome).length;
  const lines = [`${"flag".padEnd(42)}${OUTCOMES.map((one) => one.padStart(10)).join("")}`];
  const empty: string[] = [];
  for (const action of ["install", "upgrade", "rollback", "uninstall"]) {
    for (const flag of rowsOf(action)) {
      const counts = OUTCOMES.map((outcome) => {
        const filled = count(action, flag, outcome);
        const impossible = isImpossible(action, flag, outcome);
        if (filled === 0 && !impossible) empty.push(`${action} ${flag}: ${outcome}`);
        return filled === 0 && impossible ? "cannot be" : String(filled);
      });
      lines.push(`${`${action} ${flag}`.padEnd(42)}${counts.map((one) => one.padStart(10)).join("")}`);
    }
  }
  return { text: lines.join("\n"), empty };
}

function isImpossible(action: string, flag: string, outcome: OutcomeClass): boolean {
  return IMPOSSIBLE.some((one) => one.action.test(action) && one.flag.test(flag) && one.outcomes.includes(outcome));
}
