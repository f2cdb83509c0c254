import { createSqliteOperations } from "../../../infra/node/sqlite-operations.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { takeServerPlace } from "../../../infra/node/server-place.ts";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { createWorld, going } from "./harness.ts";
import { runOperation } from "../../../functions/operations/runner.ts";
import { startOperation } from "../../../functions/operations/start-operation.ts";
import { WEB_KEY } from "./harness.ts";

/** Starts an operation over the file that it is given, hangs in its second step, says so, and waits to be killed. */
const database = openSqlite(process.argv[2] ?? "");
const place = takeServerPlace(`${process.argv[2] ?? ""}.place`, database);
process.once("SIGTERM", () => place.release());
const { now } = Date;
const world = await createWorld([
  () => going("one"),
  () => {
    process.stdout.write("hanging\n");
    return new Promise(() => {});
  },
]);
const deps = {
  ...world.deps,
  store: createSqliteOperations(database, { now }),
  records: createSqliteRecords(database, { now }),
  clock: { ...world.deps.clock, now },
};
const { operation, lease } = await startOperation(deps, world.wanted());
setInterval(() => {}, 1_000);
await runOperation(deps, WEB_KEY, operation, lease);
