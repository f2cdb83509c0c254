import { notIndex } from "./index-chart.ts";

/** Bytes of an index: twice the largest that is known (140 MB). */
export const MAX_INDEX_BYTES: number = 300 * 1024 * 1024;
/** Bytes of one line: an index that is not in block style may be one. */
const MAX_LINE = 32 * 1024 * 1024;

/** The stream's text as it comes in. Throws OciError `UNAVAILABLE` beyond the budget. */
export async function* readTexts(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_INDEX_BYTES) throw notIndex("is too large");
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** Lines of a text without their ends, in batches as they come in. Throws OciError `UNAVAILABLE` for a line beyond the budget. */
export async function* readLines(texts: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest: string[] = [];
  let size = 0;
  for await (const text of texts) {
    const end = text.lastIndexOf("\n");
    if (end >= 0) {
      yield (rest.join("") + text.slice(0, end)).split("\n");
      rest = [];
      size = 0;
    }
    const tail = text.slice(end + 1);
    size += tail.length;
    if (size > MAX_LINE) throw notIndex("has a line that is too long");
    rest.push(tail);
  }
  const last = rest.join("");
  if (last !== "") yield [last];
}
