import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as sendPlain } from "node:http";
import { Agent as SecureAgent, request as sendSecure } from "node:https";
import { createSecureContext } from "node:tls";
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
import { type KubeconfigSource, loadKubeconfig, type TlsOptions } from "./kubeconfig.ts";

type Agent = PlainAgent | SecureAgent;

/**
 * As `openKubeconfig`, for a process that sends a few requests and ends: by Node's own client, which takes a tenth of the time to load.
 * A proxy takes the other one.
 */
export async function openBriefly(source: KubeconfigSource): Promise<OpenCluster> {
  const config = await loadKubeconfig(source);
  if (config.proxyUrl !== undefined) return (await import("./cluster-transport.ts")).openLoaded(config);
  const isPlain = config.server.startsWith("http:");
  return openBy<Agent>(config, {
    connect: (tls) => (isPlain ? new PlainAgent(AGENT) : secureAgent(tls)),
    end: (agent) => agent.destroy(),
    exchange: async (request, to) => await exchange(isPlain ? sendPlain : sendSecure, request, to),
  });
}

const AGENT = { keepAlive: true, maxSockets: CONNECTIONS, timeout: KEEP_ALIVE_MS };

/** Certificates are read once, not for each connection. */
function secureAgent(tls: TlsOptions): SecureAgent {
  const { ca, cert, key, ...more } = tls;
  return new SecureAgent({ ...AGENT, ...more, secureContext: createSecureContext({ ca, cert, key }) });
}

async function exchange(
  send: typeof sendPlain,
  request: ClusterRequest,
  { url, headers, connections }: Destination<Agent>,
): Promise<Answer> {
  const sent = send(url, {
    method: request.method,
    headers: { ...headers, ...lengthOf(request.body) },
    agent: connections,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const answer = await answerTo(sent, request);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: streamOf(answer, request.signal) };
}

/** Node tells the length of a DELETE's body to nobody. */
function lengthOf(body: string | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

/** The clock is looked at when the request is about to be written: it may have waited for a connection. */
function answerTo(sent: ClientRequest, request: ClusterRequest): Promise<IncomingMessage> {
  const { body, leaveBefore = Number.POSITIVE_INFINITY } = request;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      if (Date.now() > leaveBefore) sent.destroy(lateError());
      else sent.end(body);
    };
    sent.once("socket", (socket) => {
      if (!socket.connecting) return leave();
      const timer = setTimeout(() => sent.destroy(new Error(`dial tcp ${sent.host}: i/o timeout`)), CONNECT_TIMEOUT_MS);
      socket.once("close", () => clearTimeout(timer));
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        leave();
      });
    });
    // Also told of what happens to the connection after the answer, where the body says it.
    sent.on("error", reject);
    sent.once("response", (answer) => {
      if (isStream(request)) sent.setTimeout(STREAM_IDLE_MS);
      resolve(answer);
    });
    sent.setTimeout(ANSWER_TIMEOUT_MS, () => sent.destroy(new Error("net/http: timeout awaiting response")));
  });
}

/** Ends the transfer when the reader cancels. */
function streamOf(answer: IncomingMessage, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let isOver = false;
  const end = (finish: () => void): void => {
    if (!isOver) finish();
    isOver = true;
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      answer.on("data", (chunk: Uint8Array) => {
        if (isOver) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) answer.pause();
      });
      answer.once("end", () => end(() => controller.close()));
      answer.on("error", (error) => end(() => controller.error(signal?.aborted === true ? signal.reason : error)));
    },
    pull: () => void answer.resume(),
    cancel: () => {
      isOver = true;
      answer.destroy();
    },
  });
}
