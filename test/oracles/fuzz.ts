// node test/oracles/fuzz.ts [--cases N] [--seed S]: random charts through Helm's own engine and ours. Ends with `N passed, N failed`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildTool } from "./build.ts";
import { compare, type Compared } from "./fuzz/answers.ts";
import { fuzzCase } from "./fuzz/case.ts";
import { chanceOf } from "./fuzz/chance.ts";
import { gapOf, type Gap } from "./fuzz/gaps.ts";
import { freshSeed } from "../support/seed.ts";
import { shrink } from "./fuzz/shrink.ts";

const FIXED_SEED = 20_260_721;
/** Cases of each seed: CI's run stays far below its cap, the whole run is for a person. */
const SAMPLE = 1500;
const WHOLE = 10_000;
const BATCH = 500;
/** Differences that are made small; a broken function makes hundreds alike. */
const SHRUNK = 20;
/**
 * Processes of Go that are asked about a difference again. Texts that tell little of an address (its length, its first digit) are alike in
 * two processes of three; on the way to a smaller case two will do.
 */
const PROCESSES = 16;

const option = (name: string): number | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const seed = option("--seed");
const seeds = seed === undefined ? [FIXED_SEED, freshSeed()] : [seed];
const total = option("--cases") ?? (process.env["SLIPWAY_ORACLES_ALL"] === "1" ? WHOLE : SAMPLE) * seeds.length;
const probe = process.env["PROBE"] ?? join(buildTool("probe"), "probe");
const gaps = JSON.parse(readFileSync(new URL("fuzz-gaps.json", import.meta.url), "utf8")) as readonly Gap[];
const known = new Map<string, number>();
const suspects: Compared[] = [];
let passed = 0;

for (const each of seeds) await runSeed(each, Math.ceil(total / seeds.length));
const found = await differences(suspects);
passed += suspects.length - found.length;
for (const [name, times] of known) console.log(`known gap ${name}: ${times}`);
for (const [i, each] of found.entries()) {
  const { text, wanted, seen } = i < SHRUNK ? await shrink(probe, each, (unequal) => differences(unequal, 2)) : each;
  console.log(`FAIL ${text}  wanted ${JSON.stringify(wanted)}\n  seen   ${JSON.stringify(seen)}`);
}
console.log(`${passed} passed, ${found.length} failed`);
process.exitCode = found.length === 0 ? 0 : 1;

async function runSeed(from: number, size: number): Promise<void> {
  console.log(`seed ${from}, ${size} cases`);
  for (let at = 0; at < size; at += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, size - at) }, (_, i) => fuzzCase(from, at + i));
    const compared = await compare(probe, cases);
    const unequal = compared.filter(({ wanted, seen }) => wanted !== seen);
    passed += compared.length - unequal.length;
    suspects.push(...unequal);
  }
}

/** Those that are neither chance nor a known gap; the others are counted. */
async function differences(unequal: readonly Compared[], processes = PROCESSES): Promise<readonly Compared[]> {
  const unknown = unequal.filter((each) => {
    const gap = gapOf(gaps, each);
    if (gap !== undefined) count(gap.name);
    return gap === undefined;
  });
  const chance = await chanceOf(probe, unknown, processes);
  for (const name of chance.values()) count(name);
  return unknown.filter((each) => !chance.has(each));
}

function count(name: string): void {
  known.set(name, (known.get(name) ?? 0) + 1);
}
