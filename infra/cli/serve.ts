import { parseArgs } from "node:util";
import { ConfigError } from "../../functions/config/parse.ts";
import type { LogLevel } from "../../functions/http/log.ts";
import { createLineLog } from "../node/log.ts";
import { hasData, installSample } from "../node/sample.ts";
import { type NodeServer, startNodeServer } from "../node/serve.ts";
import { EMBEDDED_PROJECT, readSettings, type ServeSettings } from "../node/settings.ts";
import { endSignal } from "./end-signal.ts";
import { parseOrRefuse, UsageError } from "./usage.ts";

/** Where `npm start` keeps what must outlive it. */
export const DEFAULT_DATA = ".slipway";
const DEFAULT_PORT = "8080";

/** `slipway serve`: runs until it is told to stop, and gives the exit code. */
export async function serveCommand(argv: readonly string[], version: string): Promise<number> {
  const settings = readFlags(argv);
  const { config, embedded } = await readSettings(settings).catch(refused);
  const isNew = !hasData(settings.data);
  const log = createLineLog({
    least: levelOf(process.env["SLIPWAY_LOG"]),
    write: (line) => void process.stderr.write(line),
  });
  const server = await startNodeServer({ ...settings, config, embedded, version, log }).catch(refused);
  const stopped = untilStopped();
  say(`Slipway ${version} listens on ${server.url}`);
  await greet(server, settings, {
    embedded,
    isNew,
    clusters: config.clusters.map(({ name }) => name),
    configured: config.tokens.length,
  });
  await stopped;
  say("stopping …");
  await server.close();
  return 0;
}

function readFlags(argv: readonly string[]): ServeSettings {
  const options = {
    config: { type: "string" },
    data: { type: "string", default: DEFAULT_DATA },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: DEFAULT_PORT },
    kubeconfig: { type: "string" },
    context: { type: "string" },
    "no-sample": { type: "boolean", default: false },
  } as const;
  const { values } = parseOrRefuse(() => parseArgs({ args: [...argv], options }));
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port}: not a port number`);
  return {
    data: values.data,
    host: values.host,
    port,
    sample: !values["no-sample"],
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig }),
    ...(values.context === undefined ? {} : { context: values.context }),
  };
}

/** What an operator can mend is told in a line; anything else is a defect and keeps its stack. */
export function refused(error: unknown): never {
  if (error instanceof ConfigError) throw new UsageError(error.message);
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    throw new UsageError(startFault(error, error.code));
  if (error instanceof Error && /^(open |cluster |SLIPWAY_KEY)/.test(error.message))
    throw new UsageError(error.message);
  throw error;
}

function startFault(error: Error, code: string): string {
  if (code === "EADDRINUSE") return `${error.message}; another program has the port, choose one with --port`;
  return error.message;
}

function levelOf(text: string | undefined): LogLevel {
  return text === "debug" || text === "info" || text === "error" ? text : "warn";
}

interface Greeting {
  readonly embedded: boolean;
  readonly isNew: boolean;
  readonly clusters: readonly string[];
  /** Tokens that the configuration names. */
  readonly configured: number;
}

async function greet(
  server: NodeServer,
  settings: ServeSettings,
  { embedded, isNew, clusters, configured }: Greeting,
): Promise<void> {
  const [cluster] = clusters;
  if (!embedded) {
    const stored = configured > 0 ? [] : (await server.records.list("tokens/", { limit: 1 })).items;
    for (const line of tokenHint(configured + stored.length, settings.data)) say(line);
    return;
  }
  say("embedded mode: whoever reaches this loopback address is the local administrator; no token is needed");
  if (settings.sample && isNew && cluster !== undefined)
    await installSample({ url: server.url, cluster, title: server.titleOf(cluster), say });
  if (cluster !== undefined) sayNextSteps(server.url, cluster);
}

/** What is said at the start of a server whose requests need tokens, of which it knows so many. */
export function tokenHint(known: number, data: string): readonly string[] {
  if (known > 0) return [];
  return ["every request needs a token and there is none yet; run", `  slipway token create --admin --data ${data}`];
}

function sayNextSteps(url: string, cluster: string): void {
  const host = new URL(url).host;
  say("");
  say(`  releases   ${url}/v1/clusters/${cluster}/releases`);
  say(`  charts     ${url}/v1/charts    (classic: ${url}/helm/${EMBEDDED_PROJECT}/index.yaml)`);
  say(`  the API    ${url}/docs`);
  say("");
  say("a first deploy of your own:");
  say(`  helm push CHART-1.0.0.tgz oci://${host}/${EMBEDDED_PROJECT} --plain-http`);
  say(`  curl -N ${url}/v1/clusters/${cluster}/namespaces/default/releases/web/install \\`);
  say(`    -H 'content-type: application/json' -H 'prefer: wait=60' -d '{"chart":"${EMBEDDED_PROJECT}/CHART"}'`);
  say("");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => endSignal().addEventListener("abort", () => resolve(), { once: true }));
}
