import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createTestHarness } from "wrangler";
import { joinParts } from "../../../engine/bytes.ts";
import type { ObjectHead, ObjectStore } from "../../../registry/content/object-store.ts";
import { StoreError, type StoreErrorCode } from "../../../registry/content/store-error.ts";
import { describeCollection } from "../../contracts/collection.ts";
import { describeObjectStore } from "../../contracts/object-store.ts";
import type { StoreCall } from "./r2-worker.ts";

for (const name of ["CLOUDFLARE_CF_FETCH_ENABLED", "WRANGLER_SEND_METRICS", "WRANGLER_SEND_ERROR_REPORTS"]) {
  process.env[name] = "false";
}
const root = mkdtempSync(join(tmpdir(), "slipway-r2-"));
process.env["WRANGLER_LOG_PATH"] = join(root, "logs");

const harness = createTestHarness({
  workers: [
    {
      config: {
        name: "r2-store",
        main: join(import.meta.dirname, "r2-worker.ts"),
        compatibility_date: "2026-08-15",
        r2_buckets: [{ binding: "CONTENT", bucket_name: "content" }],
      },
    },
  ],
});
beforeAll(async () => void (await harness.listen()), 60_000);
afterAll(async () => {
  await harness.close();
  rmSync(root, { recursive: true, force: true });
});

async function call(wish: StoreCall, body?: Uint8Array): Promise<Response> {
  const response = await harness.fetch("/", {
    method: "POST",
    headers: { "x-call": encodeURIComponent(JSON.stringify(wish)) },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  if (response.status === 200) return response as unknown as Response;
  const { code, message } = (await response.json()) as { code: StoreErrorCode; message: string };
  throw new StoreError(code, message);
}

async function value<T>(wish: StoreCall, body?: Uint8Array): Promise<T> {
  const { result } = (await (await call(wish, body)).json()) as { result: T | null };
  return (result ?? undefined) as T;
}

/** The Worker's store, called from here. Streams are read first: what breaks on the way is asked to break there. */
const remote: ObjectStore = {
  head: (key) => value({ kind: "head", key }),
  get: async (key, range) => {
    const response = await call({ kind: "get", key, ...(range && { range }) });
    const header = response.headers.get("x-head");
    if (header === null) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const head = JSON.parse(decodeURIComponent(header)) as ObjectHead;
    return { ...head, bytes, body: new Response(bytes).body ?? new ReadableStream() };
  },
  put: async (key, body, { condition, sha256 } = {}) => {
    const wish = { kind: "put" as const, key, ...(condition && { condition }), ...(sha256 && { sha256 }) };
    if (body.kind === "bytes") return await value(wish, body.bytes);
    const read = await drain(body.stream);
    return await value({ ...wish, size: body.size, broken: read === undefined }, read ?? new Uint8Array(0));
  },
  delete: (key, etag) => value({ kind: "delete", key, ...(etag !== undefined && { etag }) }),
  list: (prefix, options = {}) => value({ kind: "list", prefix, ...options }),
  beginMultipart: (key, partSize) => value({ kind: "begin", key, partSize }),
  putPart: (key, id, number, bytes) => value({ kind: "part", key, id, number }, bytes),
  completeMultipart: (key, id, parts) => value({ kind: "complete", key, id, parts }),
  abortMultipart: (key, id) => value({ kind: "abort", key, id }),
};

async function drain(stream: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return joinParts(chunks);
}

describeCollection("R2", async () => remote);
describeObjectStore("r2", { open: async () => remote, partSize: 5 * 1024 * 1024, manyKeys: 8 });
