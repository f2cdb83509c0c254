import { createR2Store, type R2Bucket } from "../../../infra/cloudflare/r2-store.ts";
import type { ByteRange, MultipartPart, PutCondition } from "../../../registry/content/object-store.ts";
import { StoreError } from "../../../registry/content/store-error.ts";

/** A call of a store, as it travels in the `x-call` header; bytes travel as the body. */
export type StoreCall =
  | { readonly kind: "head" | "abort"; readonly key: string; readonly id?: string }
  | { readonly kind: "get"; readonly key: string; readonly range?: ByteRange }
  | {
      readonly kind: "put";
      readonly key: string;
      readonly condition?: PutCondition;
      readonly sha256?: string;
      readonly size?: number;
      /** The body shall break off before its end. */
      readonly broken?: boolean;
    }
  | { readonly kind: "delete"; readonly key: string; readonly etag?: string }
  | { readonly kind: "list"; readonly prefix: string; readonly after?: string; readonly limit?: number }
  | { readonly kind: "begin"; readonly key: string; readonly partSize: number }
  | { readonly kind: "part"; readonly key: string; readonly id: string; readonly number: number }
  | { readonly kind: "complete"; readonly key: string; readonly id: string; readonly parts: readonly MultipartPart[] };

/** A Worker that lends its R2 store to a test. */
export default {
  async fetch(request: Request, env: { readonly CONTENT: R2Bucket }): Promise<Response> {
    const call = JSON.parse(decodeURIComponent(request.headers.get("x-call") ?? "{}")) as StoreCall;
    try {
      return await answer(call, request, env.CONTENT);
    } catch (error) {
      const code = error instanceof StoreError ? error.code : "defect";
      return Response.json({ code, message: String(error), cause: String((error as Error).cause) }, { status: 500 });
    }
  },
};

async function answer(call: StoreCall, request: Request, bucket: R2Bucket): Promise<Response> {
  const store = createR2Store(bucket);
  const value = (result: unknown) => Response.json({ result: result ?? null });
  switch (call.kind) {
    case "head":
      return value(await store.head(call.key));
    case "get": {
      const object = await store.get(call.key, call.range);
      if (object === undefined) return value(undefined);
      const { body, bytes, ...head } = object;
      return new Response(bytes === undefined ? body : new Uint8Array(bytes), {
        headers: { "x-head": encodeURIComponent(JSON.stringify(head)) },
      });
    }
    case "put": {
      const { condition, sha256, size } = call;
      const options = { ...(condition && { condition }), ...(sha256 && { sha256 }) };
      if (size === undefined) {
        const bytes = new Uint8Array(await request.arrayBuffer());
        return value(await store.put(call.key, { kind: "bytes", bytes }, options));
      }
      const stream = call.broken === true ? brokenStream() : (request.body ?? new Response("").body ?? brokenStream());
      return value(await store.put(call.key, { kind: "stream", stream, size }, options));
    }
    case "delete":
      return value(await store.delete(call.key, call.etag));
    case "list":
      return value(await store.list(call.prefix, call));
    case "begin":
      return value(await store.beginMultipart(call.key, call.partSize));
    case "part":
      return value(await store.putPart(call.key, call.id, call.number, new Uint8Array(await request.arrayBuffer())));
    case "complete":
      return value(await store.completeMultipart(call.key, call.id, call.parts));
    case "abort":
      return value(await store.abortMultipart(call.key, call.id ?? ""));
    default:
      return new Response("", { status: 400 });
  }
}

function brokenStream(): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new Error("the sender broke off"));
      else controller.enqueue(new Uint8Array(1000));
      sent = true;
    },
  });
}
