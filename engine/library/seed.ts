import { InputError } from "./input-error.ts";

const SEED_BYTES = 32;

/** The seed, or a throw of {@link InputError}. */
export function checkedSeed(seed: Uint8Array): Uint8Array {
  if (seed.length === SEED_BYTES) return seed;
  throw new InputError("invalid-seed", `the seed has ${seed.length} bytes; give ${SEED_BYTES} random ones`);
}
