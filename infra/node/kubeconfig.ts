import type { Cluster, KubeConfig, User } from "@kubernetes/client-node";
import type { RequestOptions } from "node:https";

import { KubeError } from "../../engine/kube/error.ts";
import { type KubeconfigOverrides, readPlainKubeconfig } from "./plain-kubeconfig.ts";
import { storedKubeconfig } from "./stored-kubeconfig.ts";

/** Where a kubeconfig comes from, and what it may do here. */
export type KubeconfigSource = {
  /** Another context than the current one. */
  readonly context?: string;
} & (
  | {
      /** The operator's own: may run exec plugins and name files. Absent path: `KUBECONFIG`, `~/.kube/config`, the pod's service account. */
      readonly trust: "operator";
      readonly path?: string;
      readonly text?: string;
      /** The files that `KUBECONFIG` lists, of which any may be missing. */
      readonly paths?: readonly string[];
      readonly overrides?: KubeconfigOverrides;
    }
  | {
      /** Handed in by somebody: what would run a command or read a file is refused. */
      readonly trust: "stored";
      readonly text: string;
    }
);

/** A kubeconfig with one context chosen. */
export interface LoadedKubeconfig {
  /** `https://HOST:PORT[/PREFIX]`, without a slash at the end. */
  readonly server: string;
  /** The context's namespace; `default` when it names none. */
  readonly namespace: string;
  /** Socks proxies are refused. */
  readonly proxyUrl: string | undefined;
  /** Credentials as they are now: tokens are read and exec plugins are run again when they have expired. */
  readonly credentials: () => Promise<Credentials>;
}

/** What proves who we are, and who the server is. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsOptions;
}

/** As `tls.connect` takes them. */
export interface TlsOptions {
  /** PEM. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

/** Reads a kubeconfig. The client library is loaded where nothing else does: it costs some hundred milliseconds. */
export async function loadKubeconfig(source: KubeconfigSource): Promise<LoadedKubeconfig> {
  return plainKubeconfig(source) ?? (await loadByLibrary(source));
}

/** Of the operator's own files, where they are known by name. */
function plainKubeconfig(source: KubeconfigSource): LoadedKubeconfig | undefined {
  if (source.trust !== "operator") return undefined;
  const { path, paths, context, overrides = {} } = source;
  const chosen = context === undefined ? overrides : { ...overrides, context };
  if (path !== undefined) return readPlainKubeconfig({ path }, chosen);
  return paths === undefined ? undefined : readPlainKubeconfig({ paths }, chosen);
}

async function loadByLibrary(source: KubeconfigSource): Promise<LoadedKubeconfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    readInto(config, source);
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw new KubeError("bad-kubeconfig", `the kubeconfig cannot be read: ${reasonOf(error)}`);
  }
  const overrides = source.trust === "operator" ? (source.overrides ?? {}) : {};
  const chosen = source.context ?? overrides.context;
  if (chosen !== undefined) config.setCurrentContext(chosen);
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null) {
    throw new KubeError("bad-kubeconfig", `context ${JSON.stringify(config.getCurrentContext())} does not exist`);
  }
  const cluster = overridden(config, overrides);
  if (cluster === null) throw new KubeError("bad-kubeconfig", "the context names a cluster that does not exist");
  const user = config.getCurrentUser();
  if (cluster.proxyUrl?.startsWith("socks") === true) {
    throw new KubeError("bad-kubeconfig", "socks proxies are not supported");
  }
  return {
    server: serverOf(cluster),
    namespace: context.namespace ?? "default",
    proxyUrl: cluster.proxyUrl,
    credentials: credentialsOf(config, cluster, user),
  };
}

/** The cluster of the context, with what a command line says over it. */
function overridden(config: KubeConfig, over: KubeconfigOverrides): Cluster | null {
  const cluster = config.getCurrentCluster();
  if (cluster === null) return null;
  const { caData: _data, ...ownless } = cluster;
  const changed: Cluster = {
    ...(over.authority === undefined ? cluster : { ...ownless, caFile: over.authority }),
    ...(over.server === undefined ? {} : { server: over.server }),
    ...(over.serverName === undefined ? {} : { tlsServerName: over.serverName }),
    ...(over.insecure === undefined ? {} : { skipTLSVerify: over.insecure }),
  };
  config.clusters = config.clusters.map((one) => (one === cluster ? changed : one));
  return changed;
}

function readInto(config: KubeConfig, source: KubeconfigSource): void {
  if (source.trust === "stored") config.loadFromString(storedKubeconfig(source.text, source.context));
  else if (source.text !== undefined) config.loadFromString(source.text);
  else if (source.path !== undefined) config.loadFromFile(source.path);
  else config.loadFromDefault();
}

function serverOf(cluster: Cluster): string {
  const url = URL.parse(cluster.server);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new KubeError("bad-kubeconfig", "the cluster's server is no http or https URL");
  }
  return cluster.server.replace(/\/$/, "");
}

/** client-node refuses plain http unless verification is off; for http there is nothing to verify. */
function credentialsOf(config: KubeConfig, cluster: Cluster, user: User | null): () => Promise<Credentials> {
  if (cluster.server.startsWith("http:")) {
    config.clusters = config.clusters.map((of) => (of === cluster ? { ...of, skipTLSVerify: true } : of));
  }
  const basic =
    user?.username !== undefined && user.username !== "" ? `${user.username}:${user.password ?? ""}` : undefined;
  return async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {};
    for (const [name, value] of headerEntries(options.headers)) headers[name.toLowerCase()] = value;
    if (basic !== undefined) headers["authorization"] = `Basic ${Buffer.from(basic).toString("base64")}`;
    const { rejectUnauthorized } = options;
    const servername = cluster.tlsServerName;
    return {
      headers,
      tls: {
        ...pem("ca", options.ca),
        ...pem("cert", options.cert),
        ...pem("key", options.key),
        ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
        ...(servername === undefined ? {} : { servername }),
      },
    };
  };
}

function pem(name: "ca" | "cert" | "key", value: unknown): TlsOptions {
  const text = typeof value === "string" ? value : Buffer.isBuffer(value) ? value.toString("utf8") : undefined;
  return text === undefined ? {} : { [name]: text };
}

function headerEntries(headers: RequestOptions["headers"]): [string, string][] {
  if (headers === undefined || Array.isArray(headers)) return [];
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}

/** The reader's messages quote the text around an error; only the first line, which says where, is shown. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}
