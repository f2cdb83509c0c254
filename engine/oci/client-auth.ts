import { joinBytes, readParts } from "../bytes.ts";
import { asObject } from "./descriptor.ts";
import type { AuthChallenge } from "./challenge.ts";
import { answerError } from "./client-answer.ts";
import type { Egress, EgressPolicy, EgressResponse } from "./egress.ts";
import { OciError } from "./error.ts";
import { createSingleFlight } from "./single-flight.ts";

/** A user of another registry. */
export interface ClientCredentials {
  readonly username: string;
  readonly password: string;
}

/** What signing in needs. */
export interface AuthOptions {
  readonly egress: Egress;
  readonly policy: EgressPolicy;
  /** `https://host[:port]` of the registry. */
  readonly origin: string;
  readonly credentials?: (() => Promise<ClientCredentials | undefined>) | undefined;
  /** Hosts (`host[:port]`) whose token service may see the credentials, beside the registry's own. */
  readonly tokenRealms?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** False where one request may not wait for another one's promise (Workers): then everybody asks for a token alone. */
  readonly together?: boolean | undefined;
}

/** Authorization headers for one registry; tokens are kept until shortly before they end. */
export interface Authorizer {
  /** What is known to be needed already; undefined at first. */
  readonly known: (scope: string) => string | undefined;
  /**
   * The header that answers a challenge; undefined when there is no way. Who asks at the same time for the same scope shares a token.
   * Throws OciError where the token service limits requests or fails.
   */
  readonly answer: (challenge: AuthChallenge, challenged: Challenged) => Promise<string | undefined>;
}

/** The request that was challenged. */
export interface Challenged {
  readonly scope: string;
  /** The header that it was sent with. */
  readonly refused: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Token {
  readonly header: string;
  readonly expires: number;
}

/** Tokens without `expires_in` last this long (distribution token spec). */
const DEFAULT_TOKEN_SECONDS = 60;
/** A token is not used in its last seconds. */
const TOKEN_MARGIN_MS = 5000;
const MAX_TOKENS = 200;
const MAX_TOKEN_ANSWER = 256 * 1024;

/** Signs in as clients of the distribution spec do; without credentials, anonymously. */
export function createAuthorizer(options: AuthOptions): Authorizer {
  const tokens = new Map<string, Token>();
  const flights = createSingleFlight<string | undefined>(options.together ?? true);
  let basic: string | undefined;
  const known = (scope: string): string | undefined => {
    const token = tokens.get(scope);
    return token !== undefined && token.expires > options.now() ? token.header : basic;
  };
  const takeToken = async (challenge: BearerChallenge, { scope, signal }: Challenged): Promise<string | undefined> => {
    const credentials = await options.credentials?.();
    const token = await fetchToken(options, challenge, { scope, credentials, signal });
    if (token === undefined) return undefined;
    if (tokens.size >= MAX_TOKENS) tokens.clear();
    tokens.set(scope, token);
    return token.header;
  };
  return {
    known,
    answer: async (challenge, challenged) => {
      if (challenge.kind === "basic") {
        const credentials = await options.credentials?.();
        basic = credentials === undefined ? undefined : basicHeader(credentials);
        return basic;
      }
      // Another request was given a token while this one was under way.
      const newer = tokens.has(challenged.scope) ? known(challenged.scope) : undefined;
      if (newer !== undefined && newer !== challenged.refused) return newer;
      return await flights(challenged.scope, async () => await takeToken(challenge, challenged));
    },
  };
}

type BearerChallenge = Extract<AuthChallenge, { kind: "bearer" }>;

interface TokenWish {
  readonly scope: string;
  readonly credentials: ClientCredentials | undefined;
  readonly signal: AbortSignal | undefined;
}

async function fetchToken(
  options: AuthOptions,
  challenge: BearerChallenge,
  wish: TokenWish,
): Promise<Token | undefined> {
  if (!URL.canParse(challenge.realm)) return undefined;
  const url = new URL(challenge.realm);
  const own = url.origin === options.origin;
  if (!own && url.protocol !== "https:") return undefined;
  url.searchParams.set("scope", wish.scope);
  if (challenge.service !== undefined) url.searchParams.set("service", challenge.service);
  const trusted = own || (options.tokenRealms ?? []).includes(url.host);
  const response = await options.egress.send({
    method: "GET",
    url: url.href,
    headers: trusted && wish.credentials !== undefined ? { authorization: basicHeader(wish.credentials) } : {},
    policy: options.policy,
    led: !own,
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
  });
  return await readToken(response, options.now());
}

async function readToken(response: EgressResponse, now: number): Promise<Token | undefined> {
  const text = await readText(response, MAX_TOKEN_ANSWER);
  if (response.status === 429 || response.status >= 500) throw answerError(response, "the upstream's token service");
  if (response.status !== 200) return undefined;
  const answer = asObject(parseJson(text));
  const token = answer?.["token"] ?? answer?.["access_token"];
  const seconds = answer?.["expires_in"];
  if (typeof token !== "string") return undefined;
  const lifetime = typeof seconds === "number" && seconds > 0 ? seconds : DEFAULT_TOKEN_SECONDS;
  return { header: `Bearer ${token}`, expires: now + lifetime * 1000 - TOKEN_MARGIN_MS };
}

/** The body as text. Throws OciError `UNAVAILABLE` when it has more than `limit` bytes. */
export async function readText(response: EgressResponse, limit: number): Promise<string> {
  const bytes = await readBytes(response, limit);
  return new TextDecoder().decode(bytes);
}

/** The body's bytes. Throws OciError `UNAVAILABLE` when there are more than `limit`. */
export async function readBytes(response: EgressResponse, limit: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const parts = await readParts(response.body, limit);
  if (parts === undefined)
    throw new OciError("UNAVAILABLE", { status: 502, message: "the upstream's answer is too large" });
  return joinBytes(parts);
}

/** The JSON value, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Authorization: Basic`, UTF-8. */
export function basicHeader({ username, password }: ClientCredentials): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(`${username}:${password}`)) binary += String.fromCharCode(byte);
  return `Basic ${btoa(binary)}`;
}
