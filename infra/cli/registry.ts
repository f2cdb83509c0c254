import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Config } from "../../functions/config/config.ts";
import { resolveSecrets } from "../../functions/config/secret.ts";
import { withConfiguredPins } from "../../functions/registry/configured-pins.ts";
import { createPinSource } from "../../functions/registry/pin-source.ts";
import { type HeldChart, type HeldChartDeps, listHeldCharts, releasePins } from "../../functions/registry/pins.ts";
import { StoreError } from "../../registry/content/store-error.ts";
import { OPEN_ACCESS } from "../../registry/http/access.ts";
import { createRegistry, type Registry } from "../../registry/registry.ts";
import { collectionTimes } from "../compose/collection.ts";
import { projectsOf } from "../compose/projects.ts";
import { systemClock, systemRandom } from "../node/clock.ts";
import { openClusters } from "../node/clusters.ts";
import { openEgress } from "../node/egress.ts";
import { openObjects } from "../node/objects.ts";
import { resolveSecret } from "../node/secrets.ts";
import { readSettings } from "../node/settings.ts";
import { openSqlite } from "../node/sqlite.ts";
import { createSqliteOperations } from "../node/sqlite-operations.ts";
import { createSqliteRecords } from "../node/sqlite-records.ts";
import { DEFAULT_DATA, refused } from "./serve.ts";
import { parseOrRefuse, UsageError } from "./usage.ts";

/** Calls of the store between two times that the progress is written down. */
const CALLS = 5000;
const FSCK_BYTES = 256 * 1024 * 1024;

interface Flags {
  readonly data: string;
  readonly config?: string;
  readonly dryRun: boolean;
  /** What follows the verb. */
  readonly words: readonly string[];
}

/** `slipway registry collect|usage|fsck|pins`: looks after the registry of a data folder or its bucket, beside a running server or without one. */
export async function registryCommand(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  const work = verb === undefined ? undefined : VERBS.get(verb);
  if (work === undefined)
    throw new UsageError(
      "registry: there are `registry collect`, `registry usage`, `registry fsck` and `registry pins`",
    );
  const flags = readFlags(rest);
  const { config } = await readSettings({ ...flags, host: "127.0.0.1", port: 0, sample: false }).catch(refused);
  const opened = await openRegistry(flags, config);
  try {
    return await work(opened, flags, config);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "unavailable") throw error;
    throw new UsageError(`registry ${verb}: ${error.message}; mend the store, or name another one in --config`);
  } finally {
    await opened.close();
  }
}

type Work = (opened: Opened, flags: Flags, config: Config) => Promise<number>;

const VERBS: ReadonlyMap<string, Work> = new Map<string, Work>([
  ["collect", collect],
  ["usage", usage],
  ["fsck", fsck],
  ["pins", showPins],
]);

function readFlags(argv: readonly string[]): Flags {
  const options = {
    config: { type: "string" },
    data: { type: "string", default: DEFAULT_DATA },
    "dry-run": { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseOrRefuse(() => parseArgs({ args: [...argv], allowPositionals: true, options }));
  const { config } = values;
  const words = positionals;
  return { data: values.data, dryRun: values["dry-run"], words, ...(config === undefined ? {} : { config }) };
}

interface Opened {
  readonly registry: Registry;
  readonly pins: HeldChartDeps;
  readonly close: () => Promise<void>;
}

/** A simulated cluster belongs to the process that serves it: here it counts as one that cannot be read, which keeps its pins. */
async function openRegistry({ data }: Flags, config: Config): Promise<Opened> {
  const secrets = await resolveSecrets(config, resolveSecret);
  const reachable = config.clusters.filter(({ kind }) => kind !== "embedded");
  const clusters = await openClusters({ ...config, clusters: reachable }, data);
  const { egress, close: closeEgress } = openEgress();
  const database = openSqlite(join(data, "slipway.db"));
  const records = createSqliteRecords(database, systemClock);
  const operations = createSqliteOperations(database, systemClock);
  const configured = config.clusters.map(({ name }) => name);
  const named = { ...clusters.clusters, names: () => configured };
  const registry = createRegistry({
    store: await openObjects(config, secrets, data),
    grace: collectionTimes(config).grace,
    projects: projectsOf(config, secrets, { egress, now: systemClock.now }),
    egress,
    clock: systemClock,
    access: OPEN_ACCESS,
    random: systemRandom,
    pins: withConfiguredPins(createPinSource({ records, clock: systemClock, operations, clusters: named }), {
      config,
      plugins: () => registry.plugins,
      isOwnHost: (host) => config.publicUrl !== undefined && host === new URL(config.publicUrl).host,
    }),
  });
  return {
    registry,
    pins: { records, clock: systemClock, configured },
    close: async () => {
      await Promise.all([clusters.close(), closeEgress()]);
      database.close();
    },
  };
}

async function collect({ registry: { collector } }: Opened, { dryRun }: Flags): Promise<number> {
  for (;;) {
    const { state, counts, epoch } = await collector.advance({ calls: CALLS, dryRun });
    if (state === "busy") throw new UsageError("registry collect: another process is collecting; try again later");
    if (state === "running") continue;
    say(`collection ${epoch}${dryRun ? " (dry run: nothing was changed)" : ""}`);
    for (const [name, count] of Object.entries(counts)) say(`  ${name.padEnd(20)} ${count}`);
    return 0;
  }
}

async function usage({ registry, pins }: Opened, _flags: Flags, config: Config): Promise<number> {
  for (const project of config.projects) {
    if (project.kind === "group") continue;
    const { bytes, counted } = await registry.usage(project.name);
    const quota = project.kind === "hosted" && project.quota !== undefined ? ` of ${project.quota}` : "";
    const when = counted === undefined ? "never counted" : `counted ${new Date(counted).toISOString()}`;
    say(`${project.name}\t${bytes}${quota}\t${when}`);
  }
  await sayOrphans(pins);
  return 0;
}

const PINS_PAGE = 500;

async function* eachPin(deps: HeldChartDeps): AsyncGenerator<HeldChart> {
  let after: string | undefined;
  do {
    const page = await listHeldCharts(deps, { limit: PINS_PAGE, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

async function sayOrphans(deps: HeldChartDeps): Promise<void> {
  const orphans = new Map<string, number>();
  for await (const { address, configured, until } of eachPin(deps)) {
    if (!configured && until === undefined) orphans.set(address.cluster, 1 + (orphans.get(address.cluster) ?? 0));
  }
  for (const [cluster, count] of orphans) {
    const how = `\`slipway registry pins release ${cluster}\` lets them go`;
    say(`cluster ${cluster} is configured no more: ${count} charts are kept for its releases; ${how}`);
  }
}

/** `pins`: every chart that is kept for a release. `pins release CLUSTER`: lets go of those of a cluster that is configured no more. */
async function showPins({ pins: deps }: Opened, { words }: Flags): Promise<number> {
  const [verb, cluster, ...more] = words;
  if (verb === "release" && cluster !== undefined && more.length === 0) return await release(deps, cluster);
  if (verb !== undefined) throw new UsageError("registry pins: there are `pins` and `pins release CLUSTER`");
  for await (const { address, digest, version, configured, until } of eachPin(deps)) {
    const end = until === undefined ? "needed" : `until ${new Date(until).toISOString()}`;
    const state = until === undefined && !configured ? "cluster not configured" : end;
    say(`${address.cluster}\t${address.namespace}/${address.name}\t${version}\t${digest}\t${state}`);
  }
  return 0;
}

async function release(deps: HeldChartDeps, cluster: string): Promise<number> {
  if (deps.configured.includes(cluster))
    throw new UsageError(
      `registry pins: cluster ${cluster} is configured: its pins go when its releases need them no more`,
    );
  let after: string | undefined;
  let released = 0;
  do {
    const page = await releasePins(deps, { cluster, limit: PINS_PAGE, ...(after === undefined ? {} : { after }) });
    released += page.released;
    after = page.next;
  } while (after !== undefined);
  say(`${released} pins of cluster ${cluster} end in a week`);
  return 0;
}

async function fsck({ registry: { check } }: Opened): Promise<number> {
  let after: string | undefined;
  let checked = 0;
  let faults = 0;
  do {
    const found = await check({ ...(after === undefined ? {} : { after }), calls: CALLS, bytes: FSCK_BYTES });
    for (const { kind, key } of found.faults) say(`${kind}\t${key}`);
    checked += found.checked;
    faults += found.faults.length;
    after = found.next;
  } while (after !== undefined);
  say(`${checked} objects, ${faults} faults`);
  return faults === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
