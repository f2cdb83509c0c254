// node test/oracles/mixed.ts [--seed S] [--count N]: operations at random, by the real helm alone and by helm and us in turns, end alike.
// Ends with `N passed, N failed`.
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { required } from "../support/helm.ts";
import { createRandom, type Random } from "./fuzz/random.ts";
import { freshSeed } from "../support/seed.ts";
import { inLanes } from "./lanes.ts";
import { MIXED_CHARTS, mixedSteps } from "./scenarios/mixed.ts";
import { openSide } from "./scenarios/play.ts";
import { type Scenario, wordsOf } from "./scenarios/scenario.ts";
import { differencesOf } from "./scenarios/state.ts";

const FIXED_SEED = 20_261_127;
/** Sequences of each seed. */
const SAMPLE = 6;
const WHOLE = 60;
const LANES = 4;

const option = (name: string): number | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const seed = option("--seed");
const seeds = seed === undefined ? [FIXED_SEED, freshSeed()] : [seed];
const count = option("--count") ?? (process.env["SLIPWAY_ORACLES_ALL"] === "1" ? WHOLE : SAMPLE);
const cluster = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
let passed = 0;
let failed = 0;
const sequences = seeds.flatMap((from) => Array.from({ length: count }, (_, at) => from + at));
for (const from of seeds) console.log(`seed ${from}, ${count} sequences`);
try {
  await inLanes(sequences, LANES, judge);
} finally {
  await cluster.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function judge(one: number): Promise<void> {
  const told = await play(one, createRandom(one)).catch((error: unknown) => [String(error)]);
  if (told.length === 0) passed++;
  else {
    failed++;
    console.log(`FAIL --seed ${one} --count 1\n${told.join("\n")}`);
  }
}

/** Plays one sequence; what it says is empty when both ends are alike, errors of every step included. */
async function play(from: number, random: Random): Promise<readonly string[]> {
  const steps = mixedSteps(random);
  const scenario: Scenario = { theme: "mixed", title: String(from), charts: MIXED_CHARTS, steps };
  const [alone, mixed] = [await openSide(cluster, scenario), await openSide(cluster, scenario)];
  const story: string[] = [];
  for (const step of steps) {
    const player = random.chance(0.5) ? "helm" : "slipway";
    if (step.kind !== "helm") {
      story.push(JSON.stringify(step));
      await Promise.all([alone.play(step, "helm"), mixed.play(step, player)]);
      continue;
    }
    const [wanted, seen] = await Promise.all([alone.end(step, "helm"), mixed.end(step, player)]);
    story.push(`${player}: ${wordsOf(step.words).join(" ")} → ${wanted.error === "" ? "done" : wanted.error}`);
    const differences = differencesOf(
      { error: wanted.error, objects: wanted.state.objects, records: wanted.state.records },
      { error: seen.error, objects: seen.state.objects, records: seen.state.records },
    );
    if (differences.length > 0)
      return [...story, ...differences.map((one) => `  ${one.path}\n    wanted ${one.wanted}\n    seen   ${one.seen}`)];
  }
  return [];
}
