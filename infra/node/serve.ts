import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { SignatureReader } from "../../engine/chart/provenance.ts";
import type { App } from "../../functions/app.ts";
import type { Config } from "../../functions/config/config.ts";
import { resolveSecrets } from "../../functions/config/secret.ts";
import { describeThrown, type Log } from "../../functions/http/log.ts";
import type { RecordStore } from "../../functions/http/record-store.ts";
import { composeApp, type ComposeOptions } from "../compose/app.ts";
import { collectionTimes } from "../compose/collection.ts";
import { signatureRules } from "../compose/signatures.ts";
import { systemClock, systemRandom } from "./clock.ts";
import { openClusters } from "./clusters.ts";
import { nativeDigest, nativeHasher } from "./digest.ts";
import { openEgress } from "./egress.ts";
import { nativeGzip } from "./gzip.ts";
import { openObjects } from "./objects.ts";
import { openPluginHost } from "./plugin-host.ts";
import { createNodeSecretBox } from "./secret-box.ts";
import { openKey, resolveSecret } from "./secrets.ts";
import { createHttpServer } from "./http-server.ts";
import { createRegistryListener, type NodeListener } from "./registry-listener.ts";
import { takeServerPlace } from "./server-place.ts";
import { openSqlite } from "./sqlite.ts";
import { createSqliteOperations } from "./sqlite-operations.ts";
import { createSqliteRecords } from "./sqlite-records.ts";
import { createTimerWakeup } from "./wakeup.ts";

/** How often a process looks for operations that nobody takes on, and forgets what is too old. */
const SCAN_MS = 60_000;
const TIDY_MS = 24 * 3_600_000;
/** Calls of the store between two times that a collection writes down how far it is. */
const COLLECT_CALLS = 5000;
/** How often proxies pull what they are to have. */
const PREFETCH_MS = 3_600_000;
const PREFETCH_VERSIONS = 1000;
/** How long running steps may take to reach a point where they can be left. */
const DRAIN_MS = 5000;

/** OpenPGP.js is large: only who asks for it loads it. */
async function openKeyring(shown: string, text: string): Promise<SignatureReader> {
  const { openArmored } = await import("./openpgp-keys.ts");
  return await openArmored(shown, text);
}

/** What a Node server is started with. */
export interface NodeServerOptions {
  readonly config: Config;
  readonly embedded: boolean;
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  readonly version: string;
  /** Puts the application together; {@link composeApp} when absent. */
  readonly compose?: (options: ComposeOptions) => App;
}

/** A running server. */
export interface NodeServer {
  readonly url: string;
  readonly app: App;
  readonly records: RecordStore;
  /** What results call a cluster. */
  readonly titleOf: (cluster: string) => string;
  /** Ends requests and leaves running operations where a later start finds them. */
  readonly close: () => Promise<void>;
}

/** Composes the application over a data folder, listens, and takes up what an earlier process left behind. */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const { config, data, log, compose = composeApp } = options;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const secrets = await resolveSecrets(config, resolveSecret);
  const database = openSqlite(join(data, "slipway.db"));
  const place = takeServerPlace(join(data, "servers.lock"), database);
  const clusters = await openClusters(config, data);
  const { egress, close: closeEgress } = openEgress();
  const plugins = openPluginHost(egress);
  const records = createSqliteRecords(database, systemClock);
  let listening: Listening | undefined;
  const work = new Set<Promise<void>>();
  const defer = (promise: Promise<void>): void => {
    const settled = promise
      .catch((thrown: unknown) => log.write("error", "deferred work", describeThrown(thrown)))
      .finally(() => work.delete(settled));
    work.add(settled);
  };
  const wakeup = createTimerWakeup(async (release, operation) => defer(app.wake(release, operation)));
  const publicHost = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).host;
  const port = (): number => (listening === undefined ? options.port : Number(new URL(listening.url).port));
  const app: App = compose({
    ...options,
    secrets,
    signatures: await signatureRules(config, secrets, { file: "slipway.yaml", openKeyring }),
    clusters: clusters.clusters,
    objects: await openObjects(config, secrets, data),
    records,
    operations: createSqliteOperations(database, systemClock),
    wakeup,
    box: createNodeSecretBox(openKey(data), { randomBytes: systemRandom }),
    clock: systemClock,
    randomBytes: systemRandom,
    egress,
    pluginHost: plugins.host,
    defer,
    subrequests: Number.MAX_SAFE_INTEGER,
    prefetch: PREFETCH_VERSIONS,
    collection: { calls: COLLECT_CALLS, slices: Number.MAX_SAFE_INTEGER },
    compress: true,
    together: true,
    digest: nativeDigest,
    hasher: nativeHasher,
    gzip: nativeGzip,
    isOwnHost: (host) => host === publicHost || isLoopbackHost(host, port()),
  });
  listening = await listen(app, options);
  await app.recover();
  defer(app.prefetch());
  const timers = [
    setInterval(() => defer(app.recover().then(() => undefined)), SCAN_MS),
    setInterval(() => defer(app.tidy()), TIDY_MS),
    setInterval(() => defer(app.collect()), collectionTimes(config).every),
    setInterval(() => defer(app.prefetch()), PREFETCH_MS),
  ];
  return {
    url: listening.url,
    app,
    records,
    titleOf: (cluster) => clusters.clusters.find(cluster)?.title ?? cluster,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      wakeup.stop();
      await listening?.close();
      await drain(work);
      await Promise.all([clusters.close(), closeEgress(), plugins.close()]);
      database.close();
      place.release();
    },
  };
}

/** Waits for work that goes on behind answers, for a while; no timer is left that would keep the process. */
async function drain(work: Iterable<Promise<void>>): Promise<void> {
  const done = new AbortController();
  await Promise.race([Promise.all(work), systemClock.sleep(DRAIN_MS, done.signal)]);
  done.abort();
}

/** Clients on this machine reach the server by these names, whatever the configuration calls it. */
function isLoopbackHost(host: string, port: number): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].some((name) => host === `${name}:${port}`);
}

interface Listening {
  readonly url: string;
  readonly close: () => Promise<void>;
}

function listen(app: App, { host, port, log }: NodeServerOptions): Promise<Listening> {
  const report = (thrown: unknown): void => log.write("info", "connection", describeThrown(thrown));
  const general = getRequestListener(app.fetch, { hostname: host });
  const otherwise: NodeListener = (incoming, outgoing) => void general(incoming, outgoing);
  const server = createHttpServer(createRegistryListener({ answer: app.registry, otherwise, report }));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      const shown = host.includes(":") ? `[${host}]` : host;
      resolve({
        url: `http://${shown}:${typeof address === "object" && address !== null ? address.port : port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
