/** Bounds the bodies that are held in memory at the same time. */
export interface BodyBudget {
  /** Room for a body of that size: call the result when it is no longer held. Undefined: read it as a stream. */
  readonly claim: (size: number) => (() => void) | undefined;
}

/** A body of this size or less may be held: one write, no stream. Most charts and configs are smaller. */
const MAX_BODY = 4 * 1024 * 1024;
/** All of them together: what a small server can spare. */
const MAX_HELD = 24 * 1024 * 1024;

/** A budget of one process. */
export function createBodyBudget(): BodyBudget {
  let held = 0;
  return {
    claim: (size) => {
      if (size > MAX_BODY || held + size > MAX_HELD) return undefined;
      held += size;
      return () => {
        held -= size;
      };
    },
  };
}
