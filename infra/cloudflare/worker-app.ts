import { waitUntil } from "cloudflare:workers";
import type { App } from "../../functions/app.ts";
import type { ClusterConfig, Config } from "../../functions/config/config.ts";
import { ConfigError, parseConfig } from "../../functions/config/parse.ts";
import { resolveSecrets, type ResolveSecret } from "../../functions/config/secret.ts";
import type { Clock, RandomSource } from "../../functions/http/clock.ts";
import type { Log } from "../../functions/http/log.ts";
import { createSecretBox } from "../../functions/http/secret-box.ts";
import { type Cluster, clusterOptions, type Clusters } from "../../functions/releases/clusters.ts";
import { composeApp } from "../compose/app.ts";
import { signatureRules } from "../compose/signatures.ts";
import { bundledPlugins } from "./bundled-plugins.ts";
import { createFetchTransport } from "./cluster-transport.ts";
import { fetchEgress } from "./egress.ts";
import { type Env, variable } from "./env.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { createDurableLeases } from "./leases.ts";
import { createPluginHost } from "./plugin-host.ts";
import { createR2Store } from "./r2-store.ts";
import { createAlarmWakeup, createDurableOperations, createDurableRecords } from "./stores.ts";

/** Requests to a cluster in one step: below the 50 that an invocation may make. */
const SUBREQUESTS = 40;
/** Steps in one alarm: an invocation ends after some seconds of work, and the next one goes on. */
const STEPS_PER_RUN = 8;
/** Versions that one invocation of the trigger pulls: each takes some requests. */
const PREFETCH_VERSIONS = 2;
/** Slices of a collection in one invocation of the trigger. */
const COLLECT_SLICES = 10;

const clock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    }),
};
const randomBytes: RandomSource = (length) => crypto.getRandomValues(new Uint8Array(length));
const log: Log = {
  write: (level, message, fields = {}) => {
    if (level === "warn" || level === "error") console[level](JSON.stringify({ level, message, ...fields }));
  },
};

/** Applications by their bindings: an isolate keeps its own, settled ones only. */
const apps = new WeakMap<Env, App>();

/** The application of these bindings. Throws a `ConfigError` when the configuration is refused. */
export async function openApp(env: Env): Promise<App> {
  const known = apps.get(env);
  if (known !== undefined) return known;
  const app = await compose(env);
  apps.set(env, app);
  return app;
}

/** Takes an operation on: what an alarm does. */
export async function wakeOperation(
  env: Env,
  of: { readonly release: string; readonly operation: string },
): Promise<void> {
  const app = await openApp(env);
  await app.wake(of.release, of.operation);
}

async function compose(env: Env): Promise<App> {
  const config = parseConfig(env.SLIPWAY_CONFIG, "SLIPWAY_CONFIG");
  if (config.storage !== undefined) {
    const detail = "a Worker keeps its content in the bucket that is bound as CONTENT; leave storage out";
    throw new ConfigError("SLIPWAY_CONFIG", [{ pointer: "/storage", detail }]);
  }
  const resolve: ResolveSecret = (reference) =>
    reference.startsWith("env:") ? variable(env, reference.slice("env:".length)) : undefined;
  const records = createDurableRecords(env.RECORDS, clock);
  const hosts = config.publicUrl === undefined ? [] : [new URL(config.publicUrl).host];
  const secrets = await resolveSecrets(config, resolve, "SLIPWAY_CONFIG");
  return composeApp({
    version: "0.1.0",
    config,
    secrets,
    signatures: await signatureRules(config, secrets, { file: "SLIPWAY_CONFIG" }),
    embedded: false,
    clusters: openClusters(config, env),
    objects: createR2Store(env.CONTENT),
    records,
    operations: createDurableOperations(env.RELEASES, { ...clock, records }),
    wakeup: createAlarmWakeup(env.RELEASES),
    box: await createSecretBox(
      Uint8Array.from(atob(env.SLIPWAY_KEY), (char) => char.charCodeAt(0)),
      { randomBytes },
    ),
    clock,
    randomBytes,
    log,
    egress: fetchEgress,
    pluginHost: createPluginHost({ bundled: bundledPlugins, loader: env.LOADER, egress: fetchEgress }),
    defer: waitUntil,
    subrequests: SUBREQUESTS,
    stepsPerRun: STEPS_PER_RUN,
    prefetch: PREFETCH_VERSIONS,
    collection: { calls: SUBREQUESTS, slices: COLLECT_SLICES },
    runs: "wakeup",
    compress: false,
    together: false,
    leases: createDurableLeases(env.FETCHES),
    isOwnHost: (host) => hosts.includes(host),
  });
}

function openClusters(config: Config, env: Env): Clusters {
  const entries = new Map(config.clusters.map((entry) => [entry.name, entry]));
  const opened = new Map<string, Cluster>();
  return {
    names: () => [...entries.keys()],
    find: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      const cluster = opened.get(name) ?? openCluster(entry, env);
      opened.set(name, cluster);
      return cluster;
    },
  };
}

function openCluster(entry: ClusterConfig, env: Env): Cluster {
  const reference = entry.kubeconfig ?? "";
  const text = reference.startsWith("env:") ? variable(env, reference.slice("env:".length)) : undefined;
  if (entry.kind !== "kubeconfig" || text === undefined) {
    throw new Error(`cluster ${entry.name}: a Worker takes its kubeconfig from a secret (kubeconfig: env:NAME)`);
  }
  const transport = createFetchTransport(readKubeconfig(text, entry.context));
  return { name: entry.name, transport, ...clusterOptions(entry) };
}
