import type { Readable } from "node:stream";
import { Agent, ProxyAgent, request as send, type Dispatcher } from "undici";
import type { ClusterRequest } from "../../engine/kube/transport.ts";
import {
  type Answer,
  ANSWER_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  CONNECTIONS,
  type Destination,
  isStream,
  KEEP_ALIVE_MS,
  lateError,
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

async function exchange(
  request: ClusterRequest,
  { url, headers, connections }: Destination<Dispatcher>,
): Promise<Answer> {
  const { statusCode, ...answer } = await send(url, {
    method: request.method,
    headers,
    dispatcher: leavingBefore(connections, request.leaveBefore),
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: isStream(request) ? STREAM_IDLE_MS : ANSWER_TIMEOUT_MS,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  return { status: statusCode, headers: answer.headers, body: webStream(answer.body) };
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
