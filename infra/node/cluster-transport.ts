import type { Readable } from "node:stream";

import { Agent, ProxyAgent, request as send, type Dispatcher } from "undici";

import { KubeError } from "../../engine/kube/error.ts";
import type { ClusterRequest, ClusterResponse, ClusterTransport } from "../../engine/kube/transport.ts";
import { impersonationHeaders, isIdentityHeader } from "./impersonate.ts";
import {
  loadKubeconfig,
  type Credentials,
  type KubeconfigSource,
  type LoadedKubeconfig,
  type TlsOptions,
} from "./kubeconfig.ts";

/** A transport with what must be known and done besides sending. */
export interface OpenCluster {
  readonly transport: ClusterTransport;
  readonly server: string;
  readonly namespace: string;
  /** Ends all connections; the transport is of no use afterwards. */
  readonly close: () => Promise<void>;
}

/** More parallel connections gain nothing against one API server and cost a handshake each. */
const CONNECTIONS = 16;
/** An API server ends idle connections after minutes; load balancers in between after 60 s at the least. */
const KEEP_ALIVE_MS = 50_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The API server's own limit for a request is 60 s. */
const ANSWER_TIMEOUT_MS = 75_000;
/** A watch may be silent between bookmarks, which come once a minute. */
const STREAM_IDLE_MS = 300_000;

/** Opens a cluster by a kubeconfig: CA, client certificates, tokens, exec plugins, http proxies. Sends nothing yet. */
export async function openKubeconfig(source: KubeconfigSource): Promise<OpenCluster> {
  const config = await loadKubeconfig(source);
  const pool = createPool(config);
  return {
    transport: { send: async (request) => sendRequest(config, pool, request) },
    server: config.server,
    namespace: config.namespace,
    close: pool.close,
  };
}

async function sendRequest(config: LoadedKubeconfig, pool: Pool, request: ClusterRequest): Promise<ClusterResponse> {
  request.signal?.throwIfAborted();
  const url = config.server + request.path + queryText(request.query);
  try {
    const credentials = await config.credentials();
    const streams = request.query?.some(([name]) => name === "watch" || name === "follow") === true;
    const answer = await send(url, {
      method: request.method,
      headers: headersOf(request, credentials),
      dispatcher: leavingBefore(pool.dispatcher(credentials.tls), request.leaveBefore),
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: streams ? STREAM_IDLE_MS : ANSWER_TIMEOUT_MS,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return { status: answer.statusCode, headers: responseHeaders(answer.headers), body: webStream(answer.body) };
  } catch (error) {
    if (request.signal?.aborted === true) throw request.signal.reason;
    if (error instanceof KubeError) throw error;
    throw unreachable(request, url, error);
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
      if (Date.now() > time) controller.abort(new Error("its time was over before it could leave"));
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

function queryText(query: ClusterRequest["query"]): string {
  if (query === undefined || query.length === 0) return "";
  return `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")}`;
}

function headersOf(request: ClusterRequest, credentials: Credentials): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { "user-agent": "slipway" };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!isIdentityHeader(lower)) headers[lower] = value;
  }
  Object.assign(headers, credentials.headers);
  if (request.as !== undefined) Object.assign(headers, impersonationHeaders(request.as));
  return headers;
}

function responseHeaders(headers: Dispatcher.ResponseData["headers"]): Headers {
  const out = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) out.append(name, one);
  }
  return out;
}

/** In Go's words where Helm would print them: `Get "URL": dial tcp ADDRESS: connect: connection refused`. */
function unreachable(request: ClusterRequest, url: string, error: unknown): KubeError {
  const verb = request.method.charAt(0) + request.method.slice(1).toLowerCase();
  return new KubeError("unreachable", `${verb} "${url}": ${describe(error)}`, {}, { cause: error });
}

function describe(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return String(first);
  const { code, address, port, hostname } = systemFacts(first);
  if (code === "ECONNREFUSED") return `dial tcp ${address}:${port}: connect: connection refused`;
  if (code === "ENOTFOUND") return `dial tcp: lookup ${hostname}: no such host`;
  if (UNKNOWN_AUTHORITY.has(code))
    return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  return first.message;
}

const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function systemFacts(error: Error): { code: string; address: string; port: string; hostname: string } {
  const read = (name: string): string => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return { code: read("code"), address: read("address"), port: read("port"), hostname: read("hostname") };
}

/** Connections for the TLS material in use; new material (an exec plugin's new certificate) gets new ones. */
interface Pool {
  readonly dispatcher: (tls: TlsOptions) => Dispatcher;
  readonly close: () => Promise<void>;
}

function createPool(config: LoadedKubeconfig): Pool {
  let current: { readonly tls: TlsOptions; readonly dispatcher: Dispatcher } | undefined;
  return {
    dispatcher: (tls) => {
      if (current !== undefined && (current.tls === tls || materialKey(current.tls) === materialKey(tls)))
        return current.dispatcher;
      void current?.dispatcher.close();
      current = { tls, dispatcher: createDispatcher(config.proxyUrl, tls) };
      return current.dispatcher;
    },
    close: async () => current?.dispatcher.destroy(),
  };
}

function materialKey(tls: TlsOptions): string {
  return `${tls.cert ?? ""}\n${tls.key ?? ""}\n${tls.ca ?? ""}`;
}

function createDispatcher(proxyUrl: string | undefined, tls: TlsOptions): Dispatcher {
  const options = { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: { ...tls } });
  return new Agent({ ...options, connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
}
