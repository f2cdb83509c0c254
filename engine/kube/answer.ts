import type { AnswerHeaders, ClusterResponse } from "./transport.ts";

/** An answer that is here whole. */
export function wholeAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): ClusterResponse {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { status, headers: answerHeaders(Object.entries(headers)), body: streamOf(bytes) };
}

/** Headers by their names in lower case. The web's own are not made: a command would spend 50 ms of CPU on loading them. */
export function answerHeaders(headers: Iterable<readonly [string, string]>): AnswerHeaders {
  const texts = new Map<string, string>(headers);
  return { get: (name) => texts.get(name.toLowerCase()) ?? null, [Symbol.iterator]: () => texts.entries() };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
