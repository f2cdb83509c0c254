// node test/oracles/crash.ts [--seed S] [--only PATTERN]: the server is killed at points of every action, goes on by itself, and ends as if
// nothing had happened. Ends with `N passed, N failed`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKubeconfig } from "../../infra/node/cluster-transport.ts";
import { required } from "../support/helm.ts";
import { freshSeed } from "../support/seed.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";
import type { Plan } from "./crash/doom.ts";
import { madeIn, openAudit, type Write } from "./crash/made.ts";
import { begin, type Case, end, LANES, prepare, pushShared } from "./crash/play.ts";
import { inLanes } from "./lanes.ts";
import { chosenPoints } from "./crash/points.ts";
import { SCENES } from "./crash/scenes.ts";
import { stopRunners, type Stopped } from "./crash/stopped.ts";
import type { Told } from "./crash/told.ts";
import { differencesOf } from "./scenarios/state.ts";
import { openSides } from "./two-sides.ts";

/** Operations that die with one process. */
const ROUND = 40;
const DEATH_LIMIT = 180_000;

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const isWhole = process.env["SLIPWAY_ORACLES_ALL"] === "1";
const seed = Number(option("--seed") ?? freshSeed());
const only = new RegExp(option("--only") ?? "", "u");

const folder = mkdtempSync(join(tmpdir(), "slipway-crash-"));
const data = join(folder, "data");
const trace = join(folder, "trace");
const started = Date.now();
const audit = openAudit(required("ORACLE_AUDIT_LOG"));
const writes: Write[] = [];
const cluster = await openKubeconfig({ trust: "operator", path: required("KUBECONFIG") });
const sides = openSides(cluster);
let passed = 0;
let failed = 0;
let missed = 0;
let server: SlipwayServer | undefined;
try {
  await run();
} finally {
  await server?.stop("SIGKILL");
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${missed} ended before their point`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function run(): Promise<void> {
  const scenes = SCENES.filter(({ name }) => only.test(name));
  const installs = scenes.find(({ name }) => name === "install");
  const stopping = installs === undefined ? [] : stopRunners(installs, sides, folder);
  if (stopping instanceof Promise) stopping.catch(() => undefined);
  server = await startServer(serverOptions());
  await pushShared(server);
  const calm = scenes.map((scene): Case => ({ scene, namespace: `crash-${scene.name}-calm` }));
  await round(calm);
  const wanted = new Map(calm.map((one) => [one.scene.name, one] as const));
  const expected = new Map<string, Told>();
  for (const [name, one] of wanted) {
    const told = await tell(one);
    expected.set(name, told);
    if (told.seen.status !== one.scene.ends) fail(`${name} undisturbed: ${JSON.stringify(told.seen.error)}`);
  }
  const cases = calm.flatMap(({ scene, namespace }) => {
    const points = passedBy(namespace);
    const chosen = chosenPoints(scene, points, { seed, isWhole });
    console.log(`${scene.name}: ${chosen.length} of ${points.length} points`);
    return chosen.map((at, index): Case => ({ scene, namespace: `crash-${scene.name}-${index}`, at }));
  });
  console.log(`seed ${seed}, ${cases.length} deaths, ${seconds()} s so far`);
  for (let from = 0; from < cases.length; from += ROUND) {
    const some = cases.slice(from, from + ROUND);
    await round(some);
    await inLanes(some, LANES, (one) => judge(one, expected.get(one.scene.name)));
    console.log(`${from + some.length} of ${cases.length} after ${seconds()} s`);
  }
  for (const one of await stopping) judgeStopped(one, expected.get("install"));
}

/** Told at once: a run that is over its cap is ended without a last word. */
function fail(problem: string): void {
  failed++;
  console.log(`FAIL ${problem}`);
}

function seconds(): number {
  return Math.round((Date.now() - started) / 1000);
}

function serverOptions(): { readonly args: readonly string[]; readonly data: string } {
  return { args: ["--kubeconfig", required("KUBECONFIG"), "--no-sample"], data };
}

/** Prepares cases, lets their process run into their points and die, and starts another one. */
async function round(cases: readonly Case[]): Promise<void> {
  if (server === undefined) throw new Error("no server");
  const before = server;
  await inLanes(cases, LANES, (one) => prepare(before, sides, one));
  await before.stop();
  const plan: Plan = Object.fromEntries(
    cases.map(({ namespace, at }) => [namespace, { by: "kill", ...(at === undefined ? {} : { at }) }]),
  );
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  const doomed = await startServer({
    args: ["--kubeconfig", required("KUBECONFIG"), "--plan", file, "--trace", trace],
    data,
    program: join(import.meta.dirname, "crash", "doomed-server.ts"),
  });
  server = doomed;
  await Promise.all(cases.map((one) => begin(doomed, one)));
  await death(doomed);
  server = await startServer(serverOptions());
}

async function death(doomed: SlipwayServer): Promise<void> {
  const { exitCode, signalCode } = doomed.process;
  if (exitCode === null && signalCode === null) {
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, DEATH_LIMIT);
      doomed.process.once("exit", () => {
        clearTimeout(limit);
        resolve();
      });
    });
  }
  if (doomed.process.signalCode !== "SIGKILL") {
    await doomed.stop("SIGKILL");
    throw new Error(`the server did not come to its end\n${doomed.output()}`);
  }
}

/** The points that a namespace's operation passed, each once. */
function passedBy(namespace: string): readonly string[] {
  const lines = readFileSync(trace, "utf8").split("\n");
  return [...new Set(lines.flatMap((line) => (line.startsWith(`${namespace}\t`) ? [line.split("\t")[1] ?? ""] : [])))];
}

async function tell(one: Case): Promise<Told> {
  if (server === undefined) throw new Error("no server");
  const seen = await end(server, sides, one);
  writes.push(...audit.writes());
  return { seen, made: madeIn(writes, one.namespace) };
}

function judgeStopped({ at, told, ...after }: Stopped, expected: Told | undefined): void {
  const wanted = JSON.parse(JSON.stringify({ told: expected, writes: [], entries: 0, noticed: "LeaseLost" }));
  const differences = differencesOf(wanted, JSON.parse(JSON.stringify({ told, ...after })));
  if (differences.length === 0) passed++;
  for (const { path, wanted: a, seen } of differences)
    fail(`stopped ${at}: ${path}\n    wanted ${a}\n    seen   ${seen}`);
}

async function judge(one: Case, expected: Told | undefined): Promise<void> {
  const where = `${one.scene.name}, death ${one.at}`;
  try {
    const told = await tell(one);
    if (!passedBy(one.namespace).includes(one.at ?? "")) missed++;
    const differences = differencesOf(JSON.parse(JSON.stringify(expected)), JSON.parse(JSON.stringify(told)));
    if (differences.length === 0) passed++;
    for (const { path, wanted, seen } of differences)
      fail(`${where}: ${path}\n    wanted ${wanted}\n    seen   ${seen}`);
  } catch (error) {
    fail(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
