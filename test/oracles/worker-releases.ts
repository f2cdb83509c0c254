// node test/oracles/worker-releases.ts [PATTERN]: stories of releases, once by the real helm and once by a Worker in workerd whose journal
// is a Durable Object. Ends with `N passed, N failed`.
import { readFileSync } from "node:fs";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { openWorkerTarget } from "../smoke/targets.ts";
import { required } from "../support/helm.ts";
import { freshSeed } from "../support/seed.ts";
import { createRandom } from "./fuzz/random.ts";
import { inLanes } from "./lanes.ts";
import { type Met, nameOf, playScenario, toldOf } from "./scenarios/compare.ts";
import { httpPlayer } from "./scenarios/http-player.ts";
import { scenarios } from "./scenarios/index.ts";
import { listedOf, readListed } from "./scenarios/listed.ts";
import { MIXED_CHARTS, mixedSteps } from "./scenarios/mixed.ts";
import type { Scenario } from "./scenarios/scenario.ts";

const LANES = 4;
/** CI plays one scenario of so many, by the commit, and so many sequences made at random. */
const SAMPLE = 6;
const MIXED = 2;

const isWhole = process.env["SLIPWAY_ORACLES_ALL"] === "1";
const pattern = process.argv[2];
const listed = readListed();
const kubeconfig = required("KUBECONFIG");
const cluster = await openKubeconfig({ trust: "operator", path: kubeconfig });
const target = await openWorkerTarget(readFileSync(kubeconfig, "utf8"));
const player = httpPlayer(target);
const chosen = [...chosenScenarios(), ...(pattern === undefined ? mixedScenarios() : [])];
const count = chosen.length;
let failed = 0;
try {
  await inLanes(chosen, LANES, play);
} finally {
  await target.close();
  await cluster.close();
}
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && count > 0 ? 0 : 1;

/** Records in ConfigMaps are a setting of the cluster, which this Worker's has not. */
function chosenScenarios(): readonly Scenario[] {
  const able = scenarios.filter(
    ({ steps }) => !steps.some((step) => step.kind === "helm" && step.driver !== undefined),
  );
  if (pattern !== undefined) return able.filter((one) => new RegExp(pattern, "u").test(nameOf(one)));
  const turn = freshSeed() % SAMPLE;
  return able.filter((_, index) => isWhole || index % SAMPLE === turn);
}

function mixedScenarios(): readonly Scenario[] {
  return Array.from({ length: isWhole ? MIXED * SAMPLE : MIXED }, (_, at) => {
    const seed = freshSeed() + at;
    return { theme: "mixed", title: String(seed), charts: MIXED_CHARTS, steps: mixedSteps(createRandom(seed)) };
  });
}

async function play(scenario: Scenario): Promise<void> {
  const told = await playScenario(cluster, scenario, player).then(
    ({ met }) => met.filter((difference) => counts(scenario, difference)).map(toldOf),
    (error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  );
  if (told.length === 0) return;
  failed++;
  console.log(`FAIL ${nameOf(scenario)}\n${told.join("\n")}`);
}

/** How a step made at random ends is not foretold. */
function counts({ theme }: Scenario, difference: Met): boolean {
  return listedOf(listed, difference) === undefined && (theme !== "mixed" || difference.aspect !== "class");
}
