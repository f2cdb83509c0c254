import { compare, type Compared } from "./answers.ts";
import { reductions } from "./tree.ts";

/** Enough for the deepest tree; a case that still shrinks after it is small enough to read. */
const ROUNDS = 60;
/** Candidates asked about at once: one process of the probe answers them all. */
const BATCH = 48;
/** Candidates of one round that may fail to be smaller before the case is called minimal. */
const CANDIDATES = 480;

/** Takes parts away as long as the answers differ and `isDifference` holds. */
export async function shrink(
  probe: string,
  found: Compared,
  isDifference: (compared: Compared) => boolean,
): Promise<Compared> {
  let best = found;
  for (let round = 0; round < ROUNDS; round++) {
    const smaller = await firstSmaller(probe, best, isDifference);
    if (smaller === undefined) return best;
    best = smaller;
  }
  return best;
}

async function firstSmaller(
  probe: string,
  best: Compared,
  isDifference: (compared: Compared) => boolean,
): Promise<Compared | undefined> {
  const candidates = reductions(best.fuzz.body)
    .take(CANDIDATES)
    .map((body) => ({ name: best.fuzz.name, body }))
    .toArray();
  for (let at = 0; at < candidates.length; at += BATCH) {
    const compared = await compare(probe, candidates.slice(at, at + BATCH));
    const smaller = compared.find((one) => one.text.length < best.text.length && isDifference(one));
    if (smaller !== undefined) return smaller;
  }
  return undefined;
}
