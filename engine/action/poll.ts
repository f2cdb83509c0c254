/** Milliseconds before the second look at something. */
const FIRST = 100;
/** Longest pause between two looks. */
const LONGEST = 2000;

/** The pause before the next look: short at first, as most things are quick, then longer. `polls` counts the looks already taken. */
export function pollDelay(polls: number): number {
  return Math.min(LONGEST, Math.round(FIRST * 1.5 ** Math.min(polls, 20)));
}
