import { parseVectorInput } from "../../support/vector-file.ts";
import { answerOf } from "../../support/vectors.ts";
import { ask, type Compared } from "./answers.ts";

const YEAR_AND_A_BIT = 35_551_234_567;

/**
 * Which differences come from what no two runs share, and from which: Go answers otherwise in one of so many other processes, each with its
 * heap elsewhere, or ours at another time.
 */
export async function chanceOf(
  probe: string,
  differences: readonly Compared[],
  processes: number,
): Promise<ReadonlyMap<Compared, string>> {
  const out = new Map<Compared, string>();
  for (const difference of differences) if (await dependsOnClock(difference)) out.set(difference, "clock");
  for (let i = 0; i < processes; i++) {
    const rest = differences.filter((difference) => !out.has(difference));
    if (rest.length === 0) break;
    const answers = ask(
      probe,
      rest.map(({ text }) => text),
    );
    for (const [at, difference] of rest.entries())
      if (answers[at] !== difference.wanted) out.set(difference, "address");
  }
  return out;
}

async function dependsOnClock({ text, seen }: Compared): Promise<boolean> {
  const [vector] = parseVectorInput(text);
  if (vector === undefined) return false;
  for (const now of [Date.now(), Date.now() + YEAR_AND_A_BIT]) if ((await answerOf(vector, now)) !== seen) return true;
  return false;
}
