import { GuestFault } from "./fault.ts";

/** Variables of one call: none outlives it. */
export interface Vars {
  readonly get: (name: string) => Uint8Array | undefined;
  readonly set: (name: string, value: Uint8Array | undefined) => void;
}

/** Room for `limit` bytes, names included. Throws {@link GuestFault} beyond. */
export function createVars(limit: number): Vars {
  const values = new Map<string, Uint8Array>();
  let used = 0;
  const costOf = (name: string): number => {
    const value = values.get(name);
    return value === undefined ? 0 : name.length + value.length;
  };
  return {
    get: (name) => values.get(name),
    set: (name, value) => {
      const after = used - costOf(name) + (value === undefined ? 0 : name.length + value.length);
      if (after > limit)
        throw new GuestFault("out-of-memory", `its variables need ${after} bytes; ${limit} are allowed`);
      used = after;
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    },
  };
}
