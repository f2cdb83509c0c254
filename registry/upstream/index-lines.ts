import { OciError } from "../../engine/oci/error.ts";

/** Bytes of an index: twice the largest that is known (140 MB). */
export const MAX_INDEX_BYTES: number = 300 * 1024 * 1024;
/** Bytes of one line: descriptions and icons inlined as data URLs stay below. */
const MAX_LINE = 4 * 1024 * 1024;

/** Lines of a text without their ends, in batches as they come in. Throws OciError `UNAVAILABLE` beyond the budgets. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_INDEX_BYTES) throw tooLarge("the upstream's index is too large");
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw tooLarge("the upstream's index has a line that is too long");
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield [rest];
}

function tooLarge(message: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message });
}
