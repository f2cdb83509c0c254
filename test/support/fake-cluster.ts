import type { JsonValue } from "../../engine/errors.ts";
import type { ClusterRequest, ClusterTransport } from "../../engine/kube/transport.ts";

/** What the fake answers with; 200 and no headers when absent. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonValue;
  /** Sent as it is; pieces arrive one by one. */
  readonly text?: string | readonly string[];
  /** Cuts each piece into so many bytes at a time, through characters too. */
  readonly chunkBytes?: number;
}

/** A transport that answers by a function and keeps what it was asked. */
export interface FakeCluster {
  readonly transport: ClusterTransport;
  readonly requests: ClusterRequest[];
  /** `METHOD path?query` of each request. */
  readonly lines: () => readonly string[];
}

export function fakeCluster(answer: (request: ClusterRequest, index: number) => FakeAnswer): FakeCluster {
  const requests: ClusterRequest[] = [];
  const send: ClusterTransport["send"] = async (request) => {
    request.signal?.throwIfAborted();
    const { status = 200, headers = {}, json, text, chunkBytes } = answer(request, requests.push(request) - 1);
    const pieces = text === undefined ? [JSON.stringify(json ?? {})] : typeof text === "string" ? [text] : text;
    return { status, headers: new Headers(headers), body: streamOf(pieces, chunkBytes) };
  };
  return { transport: { send }, requests, lines: () => requests.map(lineOf) };
}

function streamOf(pieces: readonly string[], chunkBytes = Number.MAX_SAFE_INTEGER): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const chunks = pieces.flatMap((piece) => cut(encoder.encode(piece), chunkBytes));
  let next = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let from = 0; from < bytes.byteLength; from += size) out.push(bytes.slice(from, from + size));
  return out;
}

function lineOf(request: ClusterRequest): string {
  const query = request.query?.map(([name, value]) => `${name}=${value}`).join("&") ?? "";
  return `${request.method} ${request.path}${query === "" ? "" : `?${query}`}`;
}

/** A `metav1.Status` as the API server sends it. */
export function statusBody(code: number, reason: string, message: string, details: JsonValue = {}): JsonValue {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
}
