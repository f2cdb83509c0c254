import type { Compared } from "./answers.ts";

/** A difference that is known, with the reason why it is no bug. Every pattern given must be found in its text. */
export interface Gap {
  readonly name: string;
  readonly input?: string;
  readonly wanted?: string;
  readonly seen?: string;
  readonly reason: string;
}

/** The first gap that a difference falls under. */
export function gapOf(gaps: readonly Gap[], difference: Compared): Gap | undefined {
  const has = (pattern: string | undefined, text: string): boolean =>
    pattern === undefined || new RegExp(pattern, "u").test(text);
  return gaps.find(
    (gap) => has(gap.input, difference.text) && has(gap.wanted, difference.wanted) && has(gap.seen, difference.seen),
  );
}
