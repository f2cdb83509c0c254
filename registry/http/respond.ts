import { DISTRIBUTION_ERRORS } from "../../engine/oci/error-code.ts";
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

/** What a plain miss is answered: reads miss often, and an Error with its stack costs more than the rest of the answer. */
export function missed(code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"): Response {
  const body = code === "BLOB_UNKNOWN" ? BLOB_UNKNOWN : MANIFEST_UNKNOWN;
  return new Response(body, {
    status: 404,
    headers: { "content-type": JSON_TYPE, "content-length": String(body.length) },
  });
}

function missBody(code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"): Uint8Array<ArrayBuffer> {
  const { message } = DISTRIBUTION_ERRORS[code];
  return new TextEncoder().encode(JSON.stringify({ errors: [{ code, message, detail: {} }] }));
}

const BLOB_UNKNOWN = missBody("BLOB_UNKNOWN");
const MANIFEST_UNKNOWN = missBody("MANIFEST_UNKNOWN");

/** The error document of a defect: nothing of it is shown. */
export function defect(): Response {
  return json(500, { errors: [{ code: "UNKNOWN", message: "internal error", detail: {} }] });
}
