import { readText } from "../../engine/oci/client-auth.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import type { Egress, EgressRequest } from "../../engine/oci/egress.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { UpstreamCredentials } from "../../registry/upstream/upstream.ts";

/** Which cloud gives tokens for which long-lived credentials. */
export type Exchange =
  /** `username` and `password` are an access key. */
  | { readonly kind: "ecr"; readonly region: string }
  /** `password` is the JSON key of a service account. */
  | { readonly kind: "gcp" }
  /** `username` is an application's id, `password` its secret; `registry` the host that the token is for. */
  | { readonly kind: "azure"; readonly tenant: string; readonly registry: string };

/** What exchanging needs from outside. */
export interface ExchangeDeps {
  readonly egress: Egress;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Credentials of a registry, and when they end (milliseconds since 1970). */
export interface ShortLived extends UpstreamCredentials {
  readonly expires: number;
}

/** A question to a token service. */
export interface TokenQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MAX_ANSWER = 256 * 1024;
const DEADLINE_MS = 20_000;

/** Asks a token service, whose host is the only one that may be reached. Throws OciError `UNAVAILABLE`; its message names the host alone. */
export async function askTokenService({ egress }: ExchangeDeps, question: TokenQuestion): Promise<JsonObject> {
  const { host } = new URL(question.url);
  const request: EgressRequest = {
    method: "POST",
    url: question.url,
    headers: question.headers,
    body: new TextEncoder().encode(question.body),
    policy: { name: "token exchange", hosts: [host], elsewhere: "listed" },
    signal: AbortSignal.timeout(DEADLINE_MS),
  };
  const response = await egress.send(request);
  const text = await readText(response, MAX_ANSWER);
  const answer = response.status === 200 ? parseAnswer(text) : undefined;
  if (answer === undefined) throw noToken(host, String(response.status));
  return answer;
}

function parseAnswer(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The cloud gave no token. */
export function noToken(host: string, why: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message: `${host} gave no token for the upstream (${why})` });
}
