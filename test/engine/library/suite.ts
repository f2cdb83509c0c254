// What the engine as a library must do in every runtime. No runtime is named here: the same cases run in Node, workerd and Chromium.
import { cases } from "./cases.ts";
import { vectorNames, vectorProblems } from "./vectors.ts";

/** The files of test/vectors by their path in it. */
export type VectorFiles = { readonly [path: string]: string };

/** One test: its name and, if it failed, why. */
export interface Outcome {
  readonly name: string;
  readonly problem?: string;
}

/** The names of all tests, in the order of {@link runSuite}. */
export function suiteNames(files: VectorFiles): readonly string[] {
  return [...cases.map(({ name }) => name), ...vectorNames(files)];
}

/** Runs every case and every vector. */
export async function runSuite(files: VectorFiles): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of cases) outcomes.push(await outcomeOf(name, run));
  for (const name of vectorNames(files)) {
    outcomes.push(await outcomeOf(name, async () => vectorProblems(files, name)));
  }
  return outcomes;
}

/** A case gives what it saw and what was wanted, or the problems that it counted itself. */
async function outcomeOf(name: string, run: () => Promise<readonly [unknown, unknown] | string>): Promise<Outcome> {
  try {
    const result = await run();
    const problem = typeof result === "string" ? result : difference(...result);
    return problem === "" ? { name } : { name, problem };
  } catch (error) {
    return { name, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function difference(seen: unknown, wanted: unknown): string {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)];
  return a === b ? "" : `wanted ${b}\nseen   ${a}`;
}
