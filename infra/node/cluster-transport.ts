import type { Readable } from "node:stream";
import { Agent, ProxyAgent, request as send, type Dispatcher } from "undici";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../../engine/kube/transport.ts";
import {
  ANSWER_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  CONNECTIONS,
  createPool,
  headersOf,
  isStream,
  KEEP_ALIVE_MS,
  lateError,
  type Pool,
  receivedHeaders,
  sendError,
  STREAM_IDLE_MS,
  urlOf,
} from "./cluster-request.ts";
import { loadKubeconfig, type KubeconfigSource, type LoadedKubeconfig, type TlsOptions } from "./kubeconfig.ts";

/** A transport with what must be known and done besides sending. */
export interface OpenCluster {
  readonly transport: ClusterTransport;
  readonly server: string;
  readonly namespace: string;
  /** Ends all connections; the transport is of no use afterwards. */
  readonly close: () => Promise<void>;
}

/** Opens a cluster by a kubeconfig: CA, client certificates, tokens, exec plugins, http proxies. Sends nothing yet. */
export async function openKubeconfig(source: KubeconfigSource): Promise<OpenCluster> {
  return openLoaded(await loadKubeconfig(source));
}

/** Opens the cluster of a kubeconfig that was read. */
export function openLoaded(config: LoadedKubeconfig): OpenCluster {
  const pool = createPool(
    (tls) => createDispatcher(config.proxyUrl, tls),
    (old) => void old.close(),
  );
  return {
    transport: { send: async (request) => sendRequest(config, pool, request) },
    server: config.server,
    namespace: config.namespace,
    close: async () => await pool.current()?.destroy(),
  };
}

async function sendRequest(
  config: LoadedKubeconfig,
  pool: Pool<Dispatcher>,
  request: ClusterRequest,
): Promise<ClusterResponse> {
  request.signal?.throwIfAborted();
  const url = urlOf(config.server, request);
  try {
    const credentials = await config.credentials();
    const answer = await send(url, {
      method: request.method,
      headers: headersOf(request, credentials),
      dispatcher: leavingBefore(pool.of(credentials.tls), request.leaveBefore),
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: isStream(request) ? STREAM_IDLE_MS : ANSWER_TIMEOUT_MS,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return { status: answer.statusCode, headers: receivedHeaders(answer.headers), body: webStream(answer.body) };
  } catch (error) {
    throw sendError(request, url, error);
  }
}

/** Looks at the clock when a request is about to be written: it may have waited for a connection, or its process may have stood still. */
function leavingBefore(dispatcher: Dispatcher, time: number | undefined): Dispatcher {
  if (time === undefined) return dispatcher;
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, punctual(handler, time)));
}

function punctual(handler: Dispatcher.DispatchHandler, time: number): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => {
      if (Date.now() > time) controller.abort(lateError());
      else handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...of) => handler.onRequestUpgrade?.(...of),
    onResponseStart: (...of) => handler.onResponseStart?.(...of),
    onResponseData: (...of) => handler.onResponseData?.(...of),
    onResponseEnd: (...of) => handler.onResponseEnd?.(...of),
    onResponseError: (...of) => handler.onResponseError?.(...of),
  };
}

/** Ends the transfer when the reader cancels; what the body says about that is nobody's concern any more. */
function webStream(body: Readable): ReadableStream<Uint8Array> {
  body.on("error", () => undefined);
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function createDispatcher(proxyUrl: string | undefined, tls: TlsOptions): Dispatcher {
  const options = { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: { ...tls } });
  return new Agent({ ...options, connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
}
