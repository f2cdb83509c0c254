import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { required } from "../../support/helm.ts";
import { type SlipwayServer, startServer } from "../../support/slipway-server.ts";
import type { TwoSides } from "../two-sides.ts";
import type { Plan } from "./doom.ts";
import { madeIn, openAudit, type Write } from "./made.ts";
import { inLanes } from "../lanes.ts";
import { begin, type Case, end, LANES, prepare } from "./play.ts";
import type { Scene } from "./scenes.ts";
import type { Told } from "./told.ts";

/** Where a process is stopped: with a request that may leave and has not, between two of a batch, behind a write, and before the journal's. */
const POINTS = [
  "before PATCH jobs/pre #1",
  "before PATCH configmaps/map-7 #1",
  "after POST secrets/sh.helm.release.v1.web.v1 #1",
  "before append step #4",
];
/** How long a process that woke up is watched. */
const WATCHED_MS = 5000;
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;

/** What a stopped process did after it woke up, and what became of its operation. */
export interface Stopped {
  readonly at: string;
  readonly told: Told;
  /** What was written behind its waking: there must be nothing. */
  readonly writes: readonly Write[];
  readonly entries: number;
  /** What it says of its operation then. */
  readonly noticed: string;
}

interface Shared {
  readonly folder: string;
  readonly key: string;
}

/**
 * Stops processes in the middle of an install (SIGSTOP) for longer than their lease lasts, lets another process on the same journal take
 * over and finish, and wakes them up.
 */
export async function stopRunners(scene: Scene, sides: TwoSides, folder: string): Promise<readonly Stopped[]> {
  const shared = { folder: join(folder, "shared"), key: Buffer.alloc(32, 7).toString("base64") };
  mkdirSync(shared.folder, { recursive: true });
  openSqlite(join(shared.folder, "slipway.db")).close();
  const cases = POINTS.map((at, index): Case => ({ scene, namespace: `crash-stopped-${index}`, at }));
  const other = await startOn(shared, "other", {});
  const stopped: SlipwayServer[] = [];
  try {
    await inLanes(cases, LANES, (one) => prepare(other, sides, one));
    for (const one of cases) stopped.push(await stopAt(shared, one));
    return await Promise.all(cases.map((one, index) => overtaken({ shared, sides, other }, one, stopped[index])));
  } finally {
    for (const server of [...stopped, other]) await server.stop("SIGKILL");
  }
}

function startOn({ folder, key }: Shared, name: string, plan: Plan): Promise<SlipwayServer> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(plan));
  const flags = ["--plan", file, "--trace", join(folder, "trace"), "--shared", folder];
  return startServer({
    args: ["--kubeconfig", required("KUBECONFIG"), ...flags],
    data: join(folder, name),
    env: { SLIPWAY_KEY: key },
    program: join(import.meta.dirname, "doomed-server.ts"),
  });
}

async function stopAt(shared: Shared, one: Case): Promise<SlipwayServer> {
  const at = one.at ?? "";
  const server = await startOn(shared, one.namespace, { [one.namespace]: { by: "stop", at } });
  // It may stop before it answers.
  void begin(server, one).catch(() => undefined);
  const until = Date.now() + STOP_LIMIT_MS;
  while (!isStopped(server)) {
    if (Date.now() > until) throw new Error(`${at}: the process does not stop\n${server.output()}`);
    await pause(POLL_MS);
  }
  return server;
}

function isStopped({ process: { pid } }: SlipwayServer): boolean {
  return /^\d+ \(.*\) T/u.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

async function overtaken(
  { shared, sides, other }: { readonly shared: Shared; readonly sides: TwoSides; readonly other: SlipwayServer },
  one: Case,
  server: SlipwayServer | undefined,
): Promise<Stopped> {
  if (server === undefined) throw new Error(`${one.at}: no process`);
  const seen = await end(other, sides, one);
  const audit = openAudit(required("ORACLE_AUDIT_LOG"));
  const made = madeIn(audit.writes(), one.namespace);
  const entries = entriesOf(shared, one);
  server.process.kill("SIGCONT");
  await pause(WATCHED_MS);
  return {
    at: one.at ?? "",
    told: { seen, made },
    writes: audit.writes().filter(({ namespace }) => namespace === one.namespace),
    entries: entriesOf(shared, one) - entries,
    noticed: server.output().includes("LeaseLost") ? "LeaseLost" : server.output(),
  };
}

function entriesOf({ folder }: Shared, { namespace }: Case): number {
  const database = new DatabaseSync(join(folder, "slipway.db"), { readOnly: true, timeout: 10_000 });
  try {
    const row = database
      .prepare("SELECT count(*) AS entries FROM journal WHERE operation LIKE ?")
      .get(`default~${namespace}~%`);
    return Number(row?.["entries"]);
  } finally {
    database.close();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
