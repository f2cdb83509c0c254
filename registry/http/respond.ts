import { OciError } from "../../engine/oci/error.ts";
import { StoreError } from "../content/store-error.ts";

/** Headers of an answer: a plain record, which the Node server takes without copying. */
export type HeaderRecord = Record<string, string>;

const JSON_TYPE = "application/json";

/** An answer without a body. */
export function empty(status: number, headers: HeaderRecord = {}): Response {
  return new Response(null, { status, headers });
}

/** A JSON answer with its length. */
export function json(status: number, value: object, headers: HeaderRecord = {}): Response {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return new Response(body, {
    status,
    headers: { "content-type": JSON_TYPE, "content-length": String(body.length), ...headers },
  });
}

/** The distribution spec's error document for a refusal; undefined for what is no refusal. */
export function refusal(error: unknown): Response | undefined {
  if (error instanceof OciError) {
    const body = { errors: [{ code: error.code, message: error.message, detail: error.detail }] };
    const headers: HeaderRecord = error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
    return json(error.status, body, headers);
  }
  if (error instanceof StoreError) return refusal(new OciError("UNAVAILABLE"));
  return undefined;
}

/** The error document of a defect: nothing of it is shown. */
export function defect(): Response {
  return json(500, { errors: [{ code: "UNKNOWN", message: "internal error", detail: {} }] });
}
