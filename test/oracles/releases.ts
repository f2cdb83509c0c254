// node test/oracles/releases.ts [PATTERN]: scenarios of releases, once by the real helm and once by us. Ends with `N passed, N failed`.
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { required } from "../support/helm.ts";
import { freshSeed } from "../support/seed.ts";
import { inLanes } from "./lanes.ts";
import { type Met, nameOf, type Played, playScenario, toldOf } from "./scenarios/compare.ts";
import { type HookOrders, readHookOrders } from "./scenarios/hook-order.ts";
import { scenarios } from "./scenarios/index.ts";
import { listedOf, readListed } from "./scenarios/listed.ts";
import { matrixOf } from "./scenarios/matrix.ts";
import { differencesOf } from "./scenarios/state.ts";

/** Scenarios that are played at once: most of their time is helm's and the API server's. */
const LANES = 6;
const MIN_SCENARIOS = 150;

const pattern = process.argv[2];
/** CI plays all flags, which fill the matrix, and every other one of the rest: by the commit, so that all have their turn. */
const turn = process.env["SLIPWAY_ORACLES_ALL"] === "1" ? undefined : freshSeed() % 2;
const chosen = scenarios.filter((one, index) => {
  if (pattern !== undefined) return new RegExp(pattern, "u").test(nameOf(one));
  return turn === undefined || one.theme === "flags" || index % 2 === turn;
});
const names = new Set(scenarios.map(nameOf));
const listed = readListed();
const used = new Set<string>();
const problems: string[] = [];
let passed = 0;

const cluster = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
try {
  const played = await playAll();
  const orders = await readHookOrders(required("ORACLE_AUDIT_LOG"));
  for (const one of played) judge(one, [...one.met, ...orderOf(one, orders)]);
  const { text, empty } = matrixOf(played.flatMap((one) => one.cells));
  if (pattern === undefined) judgeWhole(text, empty);
} finally {
  await cluster.close();
}
for (const problem of problems) console.log(`FAIL ${problem}`);
console.log(`${passed} passed, ${problems.length} failed`);
process.exitCode = problems.length === 0 && passed > 0 ? 0 : 1;

async function playAll(): Promise<readonly Played[]> {
  const played: Played[] = [];
  await inLanes(chosen, LANES, async (scenario) => {
    try {
      played.push(await playScenario(cluster, scenario));
    } catch (error) {
      problems.push(`${nameOf(scenario)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  });
  return played;
}

/** Where hooks were made or deleted in another order. */
function orderOf(one: Played, orders: HookOrders): readonly Met[] {
  const [theirs, ours] = one.namespaces.map((namespace) => [...(orders.get(namespace) ?? [])]);
  return differencesOf(theirs, ours).map((difference) => ({
    ...difference,
    scenario: nameOf(one.scenario),
    step: "",
    aspect: "order",
  }));
}

function judge(one: Played, met: readonly Met[]): void {
  const failures = met.filter((difference) => {
    const decision = listedOf(listed, difference);
    if (decision !== undefined) used.add(decision.name);
    return decision === undefined;
  });
  if (failures.length === 0) passed++;
  else problems.push(`${nameOf(one.scenario)}\n${failures.map(toldOf).join("\n")}`);
}

/** The matrix has no empty cell, and every decision still makes a difference. */
function judgeWhole(text: string, empty: readonly string[]): void {
  console.log(text);
  console.log(
    `${chosen.length} of ${scenarios.length} scenarios, ${used.size} of ${listed.length} listed differences met`,
  );
  if (chosen.length < MIN_SCENARIOS) problems.push(`${chosen.length} scenarios; ${MIN_SCENARIOS} are the least`);
  if (names.size < scenarios.length) problems.push("two scenarios have one name");
  for (const cell of empty) problems.push(`the matrix has no scenario for ${cell}`);
  for (const { name } of listed)
    if (turn === undefined && !used.has(name)) problems.push(`${name} no longer differs: take it off the list`);
}
