/** Names that are compared, and letters of a name. */
const MAX_CANDIDATES = 2000;
const MAX_LETTERS = 64;
/** Letters of which one may be wrong. */
const LETTERS_PER_SLIP = 3;

/** The candidate most like `word`, if it takes few slips of a finger to get there: letters left out, added, changed, swapped, or of another case. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_LETTERS) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / LETTERS_PER_SLIP)) + 1;
  let count = 0;
  for (const candidate of candidates) {
    if (++count > MAX_CANDIDATES) break;
    if (candidate.length > MAX_LETTERS || candidate === word) continue;
    const slips = distance(word.toLowerCase(), candidate.toLowerCase());
    if (slips >= least || slips >= Math.min(word.length, candidate.length)) continue;
    best = candidate;
    least = slips;
  }
  return best;
}

/** Damerau and Levenshtein's distance, each pair of letters swapped once. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      row.push(slips);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
