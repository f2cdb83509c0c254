import { KubeError } from "./error.ts";

/**
 * The lines of a byte stream, without their ends. Throws `bad-response` for a line longer than `maxBytes`. Ending the iteration
 * cancels the stream.
 */
export async function* readLines(body: ReadableStream<Uint8Array>, maxBytes: number): AsyncGenerator<string, void> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      parts.push(chunk.subarray(from, end));
      from = end + 1;
      yield join(parts);
      parts = [];
      size = 0;
    }
    size += chunk.byteLength - from;
    if (size > maxBytes) throw new KubeError("bad-response", `a line of the answer is larger than ${maxBytes} bytes`);
    if (from < chunk.byteLength) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield join(parts);
}

function join(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const part of parts) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}
