import { chacha20 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** Draws the next bytes of a stream. */
export type RandomStream = (length: number) => Uint8Array;

const NONCE = new Uint8Array(12);
const BLOCK = 64;

/**
 * The cryptographic stream of one template file: ChaCha20 under a key made of the render's seed and the file's path, so that neither other
 * files nor a second run change what a file draws.
 */
export function createRandomStream(seed: Uint8Array, file: string): RandomStream {
  let key: Uint8Array | undefined;
  let counter = 0;
  let rest = new Uint8Array(0);
  return (length) => {
    key ??= streamKey(seed, file);
    if (rest.length < length) {
      const missing = length - rest.length;
      const fresh = new Uint8Array(Math.ceil(missing / BLOCK) * BLOCK);
      const drawn = chacha20(key, NONCE, fresh, undefined, counter);
      counter += fresh.length / BLOCK;
      const joined = new Uint8Array(rest.length + drawn.length);
      joined.set(rest);
      joined.set(drawn, rest.length);
      rest = joined;
    }
    const out = rest.slice(0, length);
    rest = rest.subarray(length);
    return out;
  };
}

function streamKey(seed: Uint8Array, file: string): Uint8Array {
  const name = new TextEncoder().encode(file);
  const input = new Uint8Array(seed.length + name.length);
  input.set(seed);
  input.set(name, seed.length);
  return sha256(input);
}
