import { type Digest, parseDigest } from "./digest.ts";

/** SHA-256 after whole 64-byte blocks: eight words and how many bytes went in. Plain JSON, so that it can wait in a store. */
export interface Sha256State {
  readonly words: readonly number[];
  /** Bytes hashed; a multiple of 64. */
  readonly length: number;
}

const INITIAL: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The state before any byte. */
export const SHA256_START: Sha256State = { words: INITIAL, length: 0 };

/** `state` advanced by `bytes`, whose length is a multiple of 64 (a defect otherwise). FIPS 180-4 §6.2. */
export function advanceSha256(state: Sha256State, bytes: Uint8Array): Sha256State {
  if (bytes.length % 64 !== 0) throw new Error("sha256: a resumable state advances by whole blocks");
  const words = Int32Array.from(state.words);
  compress(words, bytes);
  return { words: Array.from(words, (word) => word >>> 0), length: state.length + bytes.length };
}

/** The digest of everything that went into `state` followed by `tail` (any length). */
export function finishSha256(state: Sha256State, tail: Uint8Array): Digest {
  const words = Int32Array.from(state.words);
  const whole = tail.length - (tail.length % 64);
  compress(words, tail.subarray(0, whole));
  compress(words, padding(tail.subarray(whole), state.length + tail.length));
  let hex = "";
  for (const word of words) hex += (word >>> 0).toString(16).padStart(8, "0");
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === undefined) throw new Error("sha256: malformed result");
  return digest;
}

function padding(rest: Uint8Array, length: number): Uint8Array {
  const block = new Uint8Array(rest.length < 56 ? 64 : 128);
  block.set(rest);
  block[rest.length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(block.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(block.length - 4, (length << 3) >>> 0);
  return block;
}

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K: Int32Array = Int32Array.from(cubeRootFractions(64));

function cubeRootFractions(count: number): readonly number[] {
  const fractions: number[] = [];
  for (let n = 2; fractions.length < count; n++) {
    if (isPrime(n)) fractions.push(Number(icbrt(BigInt(n) << 96n) & 0xffffffffn));
  }
  return fractions;
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

/** Integer cube root by bisection; the root has at most 36 bits here. */
function icbrt(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 36n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle * middle * middle <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

function compress(state: Int32Array, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const w = new Int32Array(64);
  for (let offset = 0; offset < bytes.length; offset += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(offset + i * 4);
    expand(w);
    round(state, w);
  }
}

/** An element that is known to be there: typed arrays of fixed size, indexes within it. */
function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function expand(w: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const a = at(w, i - 15);
    const b = at(w, i - 2);
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    w[i] = (at(w, i - 16) + s0 + at(w, i - 7) + s1) | 0;
  }
}

function round(state: Int32Array, w: Int32Array): void {
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(K, i) + at(w, i)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (at(state, 0) + a) | 0;
  state[1] = (at(state, 1) + b) | 0;
  state[2] = (at(state, 2) + c) | 0;
  state[3] = (at(state, 3) + d) | 0;
  state[4] = (at(state, 4) + e) | 0;
  state[5] = (at(state, 5) + f) | 0;
  state[6] = (at(state, 6) + g) | 0;
  state[7] = (at(state, 7) + h) | 0;
}
