import type { JsonValue } from "../../engine/errors.ts";

/** A JSON answer. Nothing of ours may be cached unless a route says so. */
export function jsonResponse(
  value: JsonValue,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store", ...options.headers });
  return new Response(JSON.stringify(value), { status: options.status ?? 200, headers });
}

/** A text answer. */
export function textResponse(text: string, contentType = "text/plain; charset=utf-8"): Response {
  return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
}
