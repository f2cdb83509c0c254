import type { Random } from "../oracles/fuzz/random.ts";

/** Sizes around which a deflater changes its ways: its piece, its window, what it stores, what it does not search. */
const EDGES = [32, 128, 1024, 32_768, 65_535, 131_070, 327_675] as const;
/** Offsets around which matches end to be found. */
const OFFSETS = [1, 2, 3, 4, 7, 8, 258, 32_766, 32_767, 32_768, 32_769] as const;
const WORDS = ["name:", "  value: ", "{{ .Values.", " }}\n", "- ", "metadata", "enabled: true\n", "a"] as const;
const LARGEST = 300_000;

/** Random bytes as charts, images and attackers have them: stretches of runs, repeats, words, skewed and even bytes. */
export function deflateInput(random: Random): Uint8Array {
  const data = new Uint8Array(sizeOf(random));
  const grain = random.pick([20, 300, 5000, 100_000]);
  for (let at = 0; at < data.length;) {
    const end = Math.min(data.length, at + 1 + random.below(grain));
    fillStretch(random, data, at, end);
    at = end;
  }
  return data;
}

function sizeOf(random: Random): number {
  if (random.chance(0.3)) return random.pick(EDGES) + random.below(9) - 4;
  return random.below(random.pick([40, 300, 5000, LARGEST]));
}

function fillStretch(random: Random, data: Uint8Array, from: number, end: number): void {
  const letters = 1 + random.below(random.pick([4, 20, 256]));
  const offset = Math.min(from, random.chance(0.5) ? random.pick(OFFSETS) : 1 + random.below(40_000));
  const noise = random.pick([0, 0, 0.02, 0.1]);
  const kind = random.pick(["even", "same", "repeat", "repeat", "words", "rare", "skewed"]);
  const text = kind === "words" ? wordsOf(random, end - from) : "";
  const same = random.below(256);
  for (let i = from; i < end; i++) {
    if (kind === "same") data[i] = same;
    else if (kind === "repeat" && offset > 0 && !random.chance(noise)) data[i] = data[i - offset] ?? 0;
    else if (kind === "words") data[i] = text.charCodeAt(i - from);
    else if (kind === "rare") data[i] = random.chance(0.03) ? random.below(256) : 0;
    else if (kind === "skewed") data[i] = Math.min(random.below(256), random.below(256));
    else data[i] = random.below(letters);
  }
}

function wordsOf(random: Random, size: number): string {
  let text = "";
  while (text.length < size) text += random.pick(WORDS);
  return text;
}
