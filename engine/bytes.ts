/** All parts in order, in one array of their own. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** As {@link joinBytes}, but a single part is given as it is, not copied. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : joinBytes(parts);
}

/** The parts of a stream, or undefined (and the stream cancelled) as soon as there are more than `limit` bytes. */
export async function readParts(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<readonly Uint8Array[] | undefined> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
}
