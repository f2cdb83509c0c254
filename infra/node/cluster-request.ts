import { answerHeaders } from "../../engine/kube/answer.ts";
import { KubeError } from "../../engine/kube/error.ts";
import type { AnswerHeaders, ClusterRequest, ClusterResponse, ClusterTransport } from "../../engine/kube/transport.ts";
import { impersonationHeaders, isIdentityHeader } from "./impersonate.ts";
import type { Credentials, LoadedKubeconfig, TlsOptions } from "./kubeconfig.ts";

/** More parallel connections gain nothing against one API server and cost a handshake each. */
export const CONNECTIONS = 16;
/** An API server ends idle connections after minutes; load balancers in between after 60 s at the least. */
export const KEEP_ALIVE_MS = 50_000;
export const CONNECT_TIMEOUT_MS = 10_000;
/** The API server's own limit for a request is 60 s. */
export const ANSWER_TIMEOUT_MS = 75_000;
/** A watch may be silent between bookmarks, which come once a minute. */
export const STREAM_IDLE_MS = 300_000;

/** A transport with what must be known and done besides sending. */
export interface OpenCluster {
  readonly transport: ClusterTransport;
  readonly server: string;
  readonly namespace: string;
  /** Ends all connections; the transport is of no use afterwards. */
  readonly close: () => Promise<void>;
}

/** An HTTP client: its connections, and one exchange over them. */
export interface Client<Connections> {
  readonly connect: (tls: TlsOptions) => Connections;
  /** Is told of connections that get no more requests. */
  readonly retire?: (old: Connections) => void;
  /** Ends connections at once, with what is under way on them. */
  readonly end: (connections: Connections) => Promise<void> | void;
  /** Sends what `request` has apart from its path, query and headers, which stand in `to`. Throws what went wrong as it comes. */
  readonly exchange: (request: ClusterRequest, to: Destination<Connections>) => Promise<Answer>;
}

/** Where one request goes, by what, and as whom. */
export interface Destination<Connections> {
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly connections: Connections;
}

type RequestHeaders = Record<string, string | string[]>;

/** An answer with its headers as Node gives them, by names in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ReadableStream<Uint8Array>;
}

/** Opens the cluster of a kubeconfig that was read, for requests by `client`. Sends nothing yet. */
export function openBy<Connections>(config: LoadedKubeconfig, client: Client<Connections>): OpenCluster {
  const pool = createPool(client);
  const { server, namespace } = config;
  return {
    transport: { send: async (request) => await sendBy(config, client, pool, request) },
    server,
    namespace,
    close: async () => {
      const connections = pool.current();
      if (connections !== undefined) await client.end(connections);
    },
  };
}

async function sendBy<Connections>(
  config: LoadedKubeconfig,
  client: Client<Connections>,
  pool: Pool<Connections>,
  request: ClusterRequest,
): Promise<ClusterResponse> {
  request.signal?.throwIfAborted();
  const url = urlOf(config.server, request);
  try {
    const credentials = await config.credentials();
    const headers = headersOf(request, credentials);
    const answer = await client.exchange(request, { url, headers, connections: pool.of(credentials.tls) });
    return { ...answer, headers: receivedHeaders(answer.headers) };
  } catch (error) {
    throw sendError(request, url, error);
  }
}

/** The request's URL, its query in order. `server` has no slash at the end. */
function urlOf(server: string, { path, query = [] }: ClusterRequest): string {
  const pairs = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${server}${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
}

/** True for an answer that goes on for as long as it is read. */
export function isStream(request: ClusterRequest): boolean {
  return request.query?.some(([name]) => name === "watch" || name === "follow") === true;
}

/** A caller's own identity headers are dropped. */
function headersOf(request: ClusterRequest, credentials: Credentials): RequestHeaders {
  const headers: RequestHeaders = { "user-agent": "slipway" };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!isIdentityHeader(lower)) headers[lower] = value;
  }
  Object.assign(headers, credentials.headers);
  if (request.as !== undefined) Object.assign(headers, impersonationHeaders(request.as));
  return headers;
}

function receivedHeaders(headers: Answer["headers"]): AnswerHeaders {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) texts.push([name, Array.isArray(value) ? value.join(", ") : value]);
  }
  return answerHeaders(texts);
}

/** What was thrown while a request was sent, as the port throws it: what the signal says, or in Go's words where Helm would print them. */
function sendError(request: ClusterRequest, url: string, error: unknown): unknown {
  if (request.signal?.aborted === true) return request.signal.reason;
  if (error instanceof KubeError) return error;
  const verb = request.method.charAt(0) + request.method.slice(1).toLowerCase();
  return new KubeError("unreachable", `${verb} "${url}": ${describe(error)}`, {}, { cause: error });
}

/** Of a request whose time was over. */
export function lateError(): Error {
  return new Error("its time was over before it could leave");
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
interface Pool<Connections> {
  readonly of: (tls: TlsOptions) => Connections;
  readonly current: () => Connections | undefined;
}

function createPool<Connections>({ connect, retire }: Client<Connections>): Pool<Connections> {
  let last: { readonly tls: TlsOptions; readonly connections: Connections } | undefined;
  return {
    of: (tls) => {
      if (last !== undefined && (last.tls === tls || materialKey(last.tls) === materialKey(tls)))
        return last.connections;
      if (last !== undefined) retire?.(last.connections);
      last = { tls, connections: connect(tls) };
      return last.connections;
    },
    current: () => last?.connections,
  };
}

function materialKey(tls: TlsOptions): string {
  return `${tls.cert ?? ""}\n${tls.key ?? ""}\n${tls.ca ?? ""}`;
}
