import type { EgressResponse } from "./egress.ts";
import { OciError } from "./error.ts";

/** One question to another registry. */
export interface Call {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly repository: string;
  readonly accept?: string;
  readonly signal: AbortSignal | undefined;
}

/** Puts a question, signed in where the registry wants that. */
export type Ask = (call: Call) => Promise<EgressResponse>;

/** False for 404; throws OciError for everything but 200. */
export async function isFound(response: EgressResponse): Promise<boolean> {
  if (response.status === 200) return true;
  await response.body?.cancel();
  if (response.status === 404) return false;
  throw answerError(response);
}

/** What a refusal of `who` means to our callers. */
export function answerError(response: Pick<EgressResponse, "status" | "headers">, who = "the upstream"): OciError {
  const { status } = response;
  if (status === 401 || status === 403) return new OciError("DENIED", { message: `${who} denies access` });
  const seconds = retryAfter(response.headers);
  const known = seconds === undefined ? {} : { retryAfter: seconds };
  if (status === 429) return new OciError("TOOMANYREQUESTS", { message: `${who} limits requests`, ...known });
  if (status === 503) return new OciError("UNAVAILABLE", { message: `${who} answered 503`, ...known });
  return unavailable(`${who} answered ${status}`);
}

/** Seconds that an answer asks to wait: a number, or a date counted from the answer's own `Date`. Undefined when it says nothing useful. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = /^[0-9]{1,9}$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - Date.parse(headers.get("date") ?? "")) / 1000);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** A wrong answer; "no answer" is 503. */
export function unavailable(message: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message });
}
