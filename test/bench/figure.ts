/** One measured figure. `ratio` above 1 means that ours is better, whatever the unit. */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  readonly ratio: number;
  readonly unit: string;
}

/** Prints a figure as one JSON line. `less` is better for both sides. */
export function report(figure: Omit<Figure, "ratio">): void {
  const { name, ours, peer, theirs, unit } = figure;
  console.log(
    JSON.stringify({ name, ours: round(ours), peer, theirs: round(theirs), ratio: round(theirs / ours), unit }),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The middle of the values; of two middles the mean. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
