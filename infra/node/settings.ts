import { readFile } from "node:fs/promises";
import type { Config } from "../../functions/config/config.ts";
import { parseConfig } from "../../functions/config/parse.ts";

/** What `slipway serve` was asked for. */
export interface ServeSettings {
  readonly config?: string;
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly sample: boolean;
}

/** A configuration, and whether it is the embedded one: loopback, no tokens. */
export interface ReadSettings {
  readonly config: Config;
  readonly embedded: boolean;
}

/** The project that the embedded configuration has. */
export const EMBEDDED_PROJECT = "charts";

/** Reads the configuration file, or makes the embedded configuration. Throws a `ConfigError` with every fault. */
export async function readSettings(settings: ServeSettings): Promise<ReadSettings> {
  const isLoopback = ["127.0.0.1", "::1", "localhost"].includes(settings.host);
  if (settings.config !== undefined) {
    const config = parseConfig(await readFile(settings.config, "utf8"), settings.config);
    return { config: withCluster(config, settings), embedded: false };
  }
  const config = parseConfig(
    JSON.stringify({ projects: [{ kind: "hosted", name: EMBEDDED_PROJECT }] }),
    "the embedded configuration",
  );
  return { config: withCluster(config, settings), embedded: isLoopback };
}

/** `--kubeconfig` adds the cluster `default`; without it and without a configuration there is the simulated one, `local`. */
function withCluster(config: Config, settings: ServeSettings): Config {
  const { kubeconfig, context } = settings;
  if (kubeconfig !== undefined) {
    const cluster = {
      name: "default",
      kind: "kubeconfig",
      kubeconfig: `file:${kubeconfig}`,
      reads: "list",
      ...(context === undefined ? {} : { context }),
    } as const;
    return { ...config, clusters: [...config.clusters.filter(({ name }) => name !== cluster.name), cluster] };
  }
  if (settings.config !== undefined) return config;
  return { ...config, clusters: [{ name: "local", kind: "embedded", reads: "list" }] };
}
