const SENTENCE = "the quick brown fox jumps over the lazy dog\n";
/** What a deflater takes at once: `mixed` changes its kind there. */
const PIECE = 65_535;

/** The kinds of inputs that answers were recorded for. */
export const deflateKinds = [
  "same",
  "random",
  "letters",
  "words",
  "rare",
  "far",
  "steep",
  "skewed",
  "odd",
  "high",
  "mixed",
] as const;
/** One of them. */
export type DeflateKind = (typeof deflateKinds)[number];

/** An input, always the same for a kind and a size. */
export function deflateSample(kind: DeflateKind, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let x = 1;
  for (let i = 0; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out[i] = byteOf(kind, x, i, out);
  }
  return out;
}

function byteOf(kind: DeflateKind, x: number, i: number, before: Uint8Array): number {
  switch (kind) {
    case "same":
      return 97;
    case "random":
      return x >>> 24;
    case "letters":
      return 97 + ((x >>> 24) % 4);
    case "words":
      return SENTENCE.charCodeAt((i + (x >>> 31)) % SENTENCE.length);
    case "rare":
      return x >>> 24 < 2 ? x >>> 16 : 0;
    case "far":
      return i >= 40_000 ? (before[i - 32_768 + (x >>> 30)] ?? 0) : x >>> 24;
    case "steep":
      return Math.min(20, trailingOnes(x >>> 8));
    case "skewed":
      return isRepeat(i) ? (before[i - 250] ?? 0) : Math.min(x >>> 24, (x >>> 16) & 255);
    case "odd":
      return isRepeat(i) ? (before[i - 250] ?? 0) : x >>> 24;
    case "high":
      return i % PIECE > 29 && i % PIECE < 42 ? (before[i - 15] ?? 0) : 144 + ((x >>> 16) % 112);
    case "mixed":
      return byteOf(MIXED[Math.floor(i / PIECE) % MIXED.length] ?? "same", x, i, before);
  }
}

const MIXED: readonly DeflateKind[] = [
  "steep",
  "skewed",
  "skewed",
  "letters",
  "letters",
  "same",
  "odd",
  "words",
  "skewed",
  "rare",
  "high",
  "rare",
  "letters",
];

/** Few matches among many literals. */
function isRepeat(i: number): boolean {
  return i % 300 > 100 && i % 300 < 116 && i > 300;
}

function trailingOnes(x: number): number {
  let count = 0;
  while (((x >>> count) & 1) === 1) count++;
  return count;
}
