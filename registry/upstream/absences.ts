/** Digests that are remembered: whoever asks for many that do not exist fills no more than this. */
const MAX_REMEMBERED = 10_000;

/** What an upstream was found not to have. A digest that is missing now may be pushed there at any time. */
export interface Absences {
  readonly add: (name: string) => void;
  readonly has: (name: string) => boolean;
}

/** Absences that are believed for `lifetime` milliseconds, in this process. */
export function createAbsences(lifetime: number, now: () => number): Absences {
  const until = new Map<string, number>();
  return {
    add: (name) => {
      until.delete(name);
      until.set(name, now() + lifetime);
      const oldest = until.keys().next();
      if (until.size > MAX_REMEMBERED && oldest.done !== true) until.delete(oldest.value);
    },
    has: (name) => {
      const end = until.get(name);
      if (end === undefined) return false;
      if (end > now()) return true;
      until.delete(name);
      return false;
    },
  };
}
