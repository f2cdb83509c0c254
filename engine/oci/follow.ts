import type { Egress, EgressPolicy, EgressResponse } from "./egress.ts";
import { OciError } from "./error.ts";

/** A GET or HEAD whose redirects are followed. */
export interface FollowRequest {
  readonly method: "GET" | "HEAD";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the first URL's origin only. */
  readonly authorization?: string;
  readonly policy: EgressPolicy;
  /** The URL came out of an answer, not out of configuration. */
  readonly led?: boolean;
  readonly signal?: AbortSignal;
}

/** More hops than any registry or CDN needs. */
const MAX_REDIRECTS = 5;

/** Sends the request and follows redirects; the Authorization header never leaves the first origin. Throws as `Egress`, and OciError `UNAVAILABLE` for a redirect that leads nowhere. */
export async function sendFollowing(egress: Egress, request: FollowRequest): Promise<EgressResponse> {
  const origin = new URL(request.url).origin;
  let url = request.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const own = new URL(url).origin === origin;
    const credentials = own && request.authorization !== undefined ? { authorization: request.authorization } : {};
    const response = await egress.send({
      method: request.method,
      url,
      headers: { ...request.headers, ...credentials },
      policy: request.policy,
      led: request.led === true || !own,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const next = redirectTarget(response, url);
    if (next === undefined) return response;
    await response.body?.cancel();
    url = next;
  }
  throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream redirects without end" });
}

function redirectTarget(response: EgressResponse, from: string): string | undefined {
  if (response.status < 301 || response.status > 308 || response.status === 304) return undefined;
  const location = response.headers.get("location");
  if (location === null || !URL.canParse(location, from)) {
    throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream redirects to nowhere" });
  }
  const target = new URL(location, from);
  if (target.protocol !== "https:" && target.protocol !== new URL(from).protocol) {
    throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream redirects to another scheme" });
  }
  return target.href;
}
