import { Readable } from "node:stream";
import { type Agent, request as send } from "undici";
import type { EgressError } from "../../engine/oci/egress-error.ts";
import type { EgressRequest, EgressResponse } from "../../engine/oci/egress.ts";

/** How one request is sent, and what its faults are called. */
export interface Exchange {
  readonly agent: Agent;
  /** The request's URL, as it was checked. */
  readonly url: URL;
  readonly request: EgressRequest;
  readonly unreachable: (cause: unknown) => EgressError;
  /** The answer's body broke off. */
  readonly broken: (cause: unknown) => EgressError;
}

/** Sends a request whose URL may be asked, and gives the answer as it comes: nothing is followed, decompressed or read ahead. */
export async function exchange({ agent, url, request, unreachable, broken }: Exchange): Promise<EgressResponse> {
  try {
    const answer = await send(url, {
      method: request.method,
      dispatcher: agent,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const text of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, text);
    }
    return { status: answer.statusCode, headers, body: streamOf(answer.body, broken) };
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw unreachable(cause);
  }
}

function bodyOf(body: Uint8Array | ReadableStream<Uint8Array>): Uint8Array | Readable {
  return body instanceof Uint8Array ? body : Readable.from(body);
}

/** The body as a Web stream; a connection that breaks is an error of the stream. */
function streamOf(body: Readable, broken: (cause: unknown) => EgressError): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const next = await chunks.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (cause) {
          controller.error(broken(cause));
        }
      },
      cancel: () => {
        // Destroying a body that is still coming makes it say so once more.
        body.on("error", ignore);
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function ignore(): void {
  // The reader has gone: nobody is left to tell.
}
