import { DISTRIBUTION_ERRORS } from "../../engine/oci/error-code.ts";
import { OciError } from "../../engine/oci/error.ts";
import { StoreError } from "../content/store-error.ts";
import type { Answer, HeaderRecord } from "./exchange.ts";

const JSON_TYPE = "application/json";

/** An answer without a body. */
export function empty(status: number, headers: HeaderRecord = {}): Answer {
  return { status, headers, body: null };
}

/** A JSON answer with its length. */
export function json(status: number, value: object, headers: HeaderRecord = {}): Answer {
  const body = encoder.encode(JSON.stringify(value));
  return {
    status,
    headers: { "content-type": JSON_TYPE, "content-length": String(body.length), ...headers },
    body,
  };
}

/** The distribution spec's error document for a refusal; undefined for what is no refusal. */
export function refusal(error: unknown): Answer | undefined {
  if (error instanceof OciError) {
    const body = { errors: [{ code: error.code, message: error.message, detail: error.detail }] };
    const headers: HeaderRecord = error.retryAfter === undefined ? {} : { "retry-after": String(error.retryAfter) };
    return json(error.status, body, headers);
  }
  if (error instanceof StoreError) return refusal(new OciError("UNAVAILABLE"));
  return undefined;
}

/** What a plain miss is answered: reads miss often, and an Error with its stack costs more than the rest of the answer. */
export function missed(code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"): Answer {
  return code === "BLOB_UNKNOWN" ? BLOB_UNKNOWN : MANIFEST_UNKNOWN;
}

const encoder = new TextEncoder();

function missAnswer(code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN"): Answer {
  const { message } = DISTRIBUTION_ERRORS[code];
  return json(404, { errors: [{ code, message, detail: {} }] });
}

const BLOB_UNKNOWN = missAnswer("BLOB_UNKNOWN");
const MANIFEST_UNKNOWN = missAnswer("MANIFEST_UNKNOWN");

/** The error document of a defect: nothing of it is shown. */
export function defect(): Answer {
  return json(500, { errors: [{ code: "UNKNOWN", message: "internal error", detail: {} }] });
}
