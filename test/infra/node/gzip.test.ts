import { expect, it } from "vitest";
import { nativeGzip } from "../../../infra/node/gzip.ts";

it.each([0, 1, 5_000, 40_000, 400_000])("%i bytes are packed as the web's stream packs them", async (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * index) % 251);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  expect(Buffer.from(await nativeGzip(bytes))).toEqual(Buffer.from(await new Response(stream).arrayBuffer()));
});
