// The Node server, put together so that operations meet the fates of a plan. Flags as `slipway serve`, and --plan FILE, --trace FILE;
// --shared FOLDER: journal, records and objects are there, where other processes have them too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { composeApp, type ComposeOptions } from "../../../infra/compose/app.ts";
import { systemClock } from "../../../infra/node/clock.ts";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { createLineLog } from "../../../infra/node/log.ts";
import { startNodeServer } from "../../../infra/node/serve.ts";
import { readSettings } from "../../../infra/node/settings.ts";
import { createSqliteOperations } from "../../../infra/node/sqlite-operations.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { createDoom, type Plan } from "./doom.ts";

const text = { type: "string", default: "" } as const;
const { values } = parseArgs({
  options: { port: text, data: text, kubeconfig: text, plan: text, trace: text, shared: text },
});
const plan: Plan = JSON.parse(readFileSync(values.plan, "utf8"));
const doom = createDoom(plan, values.trace);
const settings = { ...values, host: "127.0.0.1", port: Number(values.port), sample: false };
const { config, embedded } = await readSettings(settings);
await startNodeServer({
  ...settings,
  config,
  embedded,
  version: "0.0.0",
  log: createLineLog({ least: "warn", write: (line) => void process.stderr.write(line) }),
  compose: (own) => {
    const options = values.shared === "" ? own : { ...own, ...sharedStores(values.shared) };
    return composeApp({
      ...options,
      operations: doom.operations(options.operations),
      clusters: doom.clusters(options.clusters),
    });
  },
});

/** The stores of a folder that several processes use. Its database was made by `openSqlite` before. */
function sharedStores(folder: string): Pick<ComposeOptions, "objects" | "operations" | "records"> {
  const database = new DatabaseSync(join(folder, "slipway.db"), { timeout: 10_000 });
  return {
    objects: createFilesystemStore(join(folder, "objects")),
    operations: createSqliteOperations(database, systemClock),
    records: createSqliteRecords(database, systemClock),
  };
}
