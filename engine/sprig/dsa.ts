import { fromBigEndian } from "../go/der.ts";
import { modularPower } from "./private-key.ts";
import type { DsaKey } from "./private-key.ts";

const P_BITS = 2048;
const Q_BITS = 256;
/** FIPS 186-4, table C.1: rounds of Miller-Rabin that leave an error below 2^-128 for these sizes. */
const ROUNDS = 64;
/** Candidates for p that one q is tried with, as in FIPS 186-4. */
const CANDIDATES = 4 * P_BITS;
/** How many q are tried: each one fails with a chance of about one in 300,000. */
const ATTEMPTS = 16;
const SMALL_PRIME = 2000;

type Random = (length: number) => Uint8Array;

let primes: readonly bigint[] | undefined;

/** Made when first asked for: a Worker's start has no time for them. */
function smallPrimes(): readonly bigint[] {
  primes ??= primesBelow(SMALL_PRIME);
  return primes;
}

function primesBelow(limit: number): readonly bigint[] {
  const found: number[] = [];
  for (let n = 3; n < limit; n += 2) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found.map(BigInt);
}

/** A number of exactly `bits` bits. */
function randomNumber(bits: number, random: Random): bigint {
  return fromBigEndian(random(bits / 8)) | (1n << BigInt(bits - 1));
}

function isPrime(n: bigint, random: Random, rounds: number): boolean {
  if (smallPrimes().some((prime) => n % prime === 0n)) return false;
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  for (let i = 0; i < rounds; i++) {
    const witness = (fromBigEndian(random(Q_BITS / 8)) % (n - 3n)) + 2n;
    if (!passes(n, witness, odd, twos)) return false;
  }
  return true;
}

/** One round of Miller-Rabin. */
function passes(n: bigint, witness: bigint, odd: bigint, twos: number): boolean {
  let x = modularPower(witness, odd, n);
  if (x === 1n || x === n - 1n) return true;
  for (let i = 1; i < twos; i++) {
    x = (x * x) % n;
    if (x === n - 1n) return true;
  }
  return false;
}

/** A new DSA key of 2048 and 256 bits, parameters included. Takes a second or more. */
export function generateDsa(random: Random): DsaKey {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const q = findQ(random);
    const p = findP(q, random);
    if (p !== undefined) return keyFor(p, q, random);
  }
  throw new Error("no DSA parameters were found");
}

function findQ(random: Random): bigint {
  for (let i = 0; i < CANDIDATES; i++) {
    const q = randomNumber(Q_BITS, random) | 1n;
    if (isPrime(q, random, ROUNDS)) return q;
  }
  throw new Error("no prime of 256 bits was found");
}

function findP(q: bigint, random: Random): bigint | undefined {
  for (let i = 0; i < CANDIDATES; i++) {
    const x = randomNumber(P_BITS, random) | 1n;
    const p = x - (x % (q * 2n)) + 1n;
    if (p >> BigInt(P_BITS - 1) === 1n && isPrime(p, random, ROUNDS)) return p;
  }
  return undefined;
}

function keyFor(p: bigint, q: bigint, random: Random): DsaKey {
  let g = 1n;
  for (let h = 2n; g === 1n; h++) g = modularPower(h, (p - 1n) / q, p);
  const x = (fromBigEndian(random(Q_BITS / 8 + 8)) % (q - 1n)) + 1n;
  return { kind: "dsa", numbers: [p, q, g, modularPower(g, x, p), x] };
}
