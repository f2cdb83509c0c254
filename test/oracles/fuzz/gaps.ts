import type { Compared } from "./answers.ts";

/**
 * A difference that is known, with the reason why it is no bug. `mask` is a pattern that both answers lose before they are compared; of the
 * other patterns every one given must be found in its text.
 */
export interface Gap {
  readonly name: string;
  readonly mask?: string;
  readonly input?: string;
  readonly wanted?: string;
  readonly seen?: string;
  readonly reason: string;
}

/** The first gap that a difference falls under. */
export function gapOf(gaps: readonly Gap[], difference: Compared): Gap | undefined {
  const masked = (text: string): string =>
    gaps.reduce((rest, { mask }) => (mask === undefined ? rest : rest.replace(new RegExp(mask, "gu"), "")), text);
  const has = (pattern: string | undefined, text: string): boolean =>
    pattern === undefined || new RegExp(pattern, "u").test(text);
  const isMasked = masked(difference.wanted) === masked(difference.seen);
  return gaps.find((gap) =>
    gap.mask !== undefined
      ? isMasked && new RegExp(gap.mask, "u").test(difference.wanted)
      : has(gap.input, difference.text) && has(gap.wanted, difference.wanted) && has(gap.seen, difference.seen),
  );
}
