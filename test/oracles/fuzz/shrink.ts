import { compare, type Compared } from "./answers.ts";
import { reductions } from "./tree.ts";

/** Enough for the deepest tree; a case that still shrinks after it is small enough to read. */
const ROUNDS = 60;
/** Candidates asked about at once: one process of the probe answers them all. */
const BATCH = 48;
/** Candidates of one round that may fail to be smaller before the case is called minimal. */
const CANDIDATES = 480;

/** Those of some cases with unequal answers that count. */
type Differences = (unequal: readonly Compared[]) => Promise<readonly Compared[]>;

/** Takes parts away as long as the case is among its `differences`. */
export async function shrink(probe: string, found: Compared, differences: Differences): Promise<Compared> {
  let best = found;
  for (let round = 0; round < ROUNDS; round++) {
    const smaller = await firstSmaller(probe, best, differences);
    if (smaller === undefined) return best;
    best = smaller;
  }
  return best;
}

async function firstSmaller(probe: string, best: Compared, differences: Differences): Promise<Compared | undefined> {
  const candidates = reductions(best.fuzz.body)
    .take(CANDIDATES)
    .map((body) => ({ name: best.fuzz.name, body }))
    .toArray();
  for (let at = 0; at < candidates.length; at += BATCH) {
    const compared = await compare(probe, candidates.slice(at, at + BATCH));
    const [smaller] = await differences(
      compared.filter(({ text, wanted, seen }) => wanted !== seen && text.length < best.text.length),
    );
    if (smaller !== undefined) return smaller;
  }
  return undefined;
}
