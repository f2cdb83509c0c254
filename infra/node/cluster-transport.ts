import { Agent, ProxyAgent, type Dispatcher } from "undici";
import type { ClusterRequest } from "../../engine/kube/transport.ts";
import { dispatchRequest } from "./cluster-dispatch.ts";
import {
  type Answer,
  ANSWER_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  CONNECTIONS,
  type Destination,
  isStream,
  KEEP_ALIVE_MS,
  openBy,
  type OpenCluster,
  STREAM_IDLE_MS,
} from "./cluster-request.ts";
import { loadKubeconfig, type KubeconfigSource, type LoadedKubeconfig, type TlsOptions } from "./kubeconfig.ts";

export type { OpenCluster } from "./cluster-request.ts";

/** Opens a cluster by a kubeconfig: CA, client certificates, tokens, exec plugins, http proxies. Sends nothing yet. */
export async function openKubeconfig(source: KubeconfigSource): Promise<OpenCluster> {
  return openLoaded(await loadKubeconfig(source));
}

/** Opens the cluster of a kubeconfig that was read. */
export function openLoaded(config: LoadedKubeconfig): OpenCluster {
  return openBy<Dispatcher>(config, {
    connect: (tls) => createDispatcher(config.proxyUrl, tls),
    retire: (old) => void old.close(),
    end: async (dispatcher) => await dispatcher.destroy(),
    exchange,
  });
}

function exchange(request: ClusterRequest, { url, headers, connections }: Destination<Dispatcher>): Promise<Answer> {
  const { origin, pathname, search } = new URL(url);
  const options: Dispatcher.DispatchOptions = {
    origin,
    path: `${pathname}${search}`,
    method: request.method,
    headers,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: isStream(request) ? STREAM_IDLE_MS : ANSWER_TIMEOUT_MS,
    ...(request.body === undefined ? {} : { body: request.body }),
  };
  return dispatchRequest(connections, { options, signal: request.signal, leaveBefore: request.leaveBefore });
}

function createDispatcher(proxyUrl: string | undefined, tls: TlsOptions): Dispatcher {
  const options = { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: { ...tls } });
  return new Agent({ ...options, connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
}
