import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { readStanding } from "../../../functions/operations/journal.ts";
import { recoverOperations, runOperation } from "../../../functions/operations/runner.ts";
import { startOperation } from "../../../functions/operations/start-operation.ts";
import { createSqliteOperations } from "../../../infra/node/sqlite-operations.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { takeServerPlace } from "../../../infra/node/server-place.ts";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { createWorld, DONE, going, WEB_KEY } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a server that is killed in the middle of a step goes on at once when it starts again", async () => {
  const path = join(folder, "state.db");
  const script = fileURLToPath(new URL("killed-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const beside = openSqlite(path);
  takeServerPlace(`${path}.place`, beside).release();
  const heldByLiving = await createSqliteOperations(beside, Date).holder(WEB_KEY);
  beside.close();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(heldByLiving).toBeDefined();

  const database = openSqlite(path);
  const place = takeServerPlace(`${path}.place`, database);
  const { now } = Date;
  const world = await createWorld([() => going("one"), () => going("two"), () => DONE]);
  const store = createSqliteOperations(database, { now });
  const deps = {
    ...world.deps,
    store,
    records: createSqliteRecords(database, { now }),
    clock: { ...world.deps.clock, now },
  };
  expect(await recoverOperations(deps)).toBe(1);
  const [wakeup] = world.wakeups;
  await runOperation(deps, WEB_KEY, wakeup?.operation ?? "");
  expect(world.ran).toEqual([1, 2]);
  expect((await readStanding(store, wakeup?.operation ?? ""))?.end?.status).toBe("succeeded");
  expect((await startOperation(deps, world.wanted("b".repeat(32)))).lease).toBeDefined();
  database.close();
  place.release();
});
