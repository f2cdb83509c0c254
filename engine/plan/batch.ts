/** A run of neighbours of one kind: `from` up to and without `to`. */
export interface Batch {
  readonly from: number;
  readonly to: number;
}

/**
 * The batches of a list of kinds: consecutive runs of one kind, as Helm makes them. A batch is written at once; the next starts when it
 * is done. Starts at `from`, which may lie inside a run.
 */
export function batches(kinds: readonly string[], from = 0): readonly Batch[] {
  const out: Batch[] = [];
  for (let at = from; at < kinds.length;) {
    let to = at + 1;
    while (to < kinds.length && kinds[to] === kinds[at]) to++;
    out.push({ from: at, to });
    at = to;
  }
  return out;
}
