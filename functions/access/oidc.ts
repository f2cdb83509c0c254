import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "../http/clock.ts";
import { ProblemError } from "../http/problem.ts";
import { type AccessAction, type Grant, isAllowed, matchesPattern } from "./grant.ts";
import type { IssuerKeys, KeyPlace } from "./issuer-keys.ts";

/** What a claim must be: one of these patterns; `*` stands for any characters. Of a claim that is a list one item has to fit. */
export type ClaimPatterns = Readonly<Record<string, string | readonly string[]>>;

/** What the holder of a token may do whose claims all fit. */
export interface ClaimRule {
  readonly claims: ClaimPatterns;
  readonly grants: readonly Grant[];
  /** Milliseconds that the session lasts. */
  readonly lifetime: number;
}

/** An issuer whose tokens are taken. */
export interface OidcIssuer extends KeyPlace {
  readonly audience: string;
  /** Seconds by which clocks may differ. */
  readonly clockSkew: number;
  readonly rules: readonly ClaimRule[];
}

/** Why a token is refused. Closed. */
export type OidcRefusal =
  | "malformed"
  | "wrong-issuer"
  | "wrong-audience"
  | "wrong-algorithm"
  | "unknown-key"
  | "bad-signature"
  | "expired"
  | "not-yet-valid"
  | "missing-claim"
  | "no-rule"
  | "used";

/** What a good token says. */
export interface OidcIdentity {
  readonly issuer: OidcIssuer;
  readonly subject: string;
  /** The token's own id, where its issuer gives one. */
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly grants: readonly Grant[];
  readonly lifetime: number;
}

const ALGORITHMS: readonly string[] = ["RS256", "ES256", "EdDSA"];
/** Tokens of CI systems stay below 4 KiB. */
export const MAX_OIDC_TOKEN = 16_384;
/** A token that lasts longer is no job's. */
const MAX_TOKEN_AGE_SECONDS = 24 * 60 * 60;

/** Checks a token, and gives what its claims allow. Throws `ProblemError` `token-refused` with an {@link OidcRefusal}, or `upstream-unavailable`. */
export async function checkOidcToken(
  deps: { readonly keys: IssuerKeys; readonly clock: Clock; readonly issuers: readonly OidcIssuer[] },
  token: string,
): Promise<OidcIdentity> {
  const issuer = issuerOf(deps.issuers, token);
  const payload = await verified(deps, issuer, token);
  const { sub: subject, jti: id, exp = 0 } = payload;
  if (subject === undefined || subject === "") throw refusal("missing-claim", "the token has no subject");
  const rules = issuer.rules.filter((rule) => fits(rule.claims, payload));
  const grants = limitedByEvent(
    payload,
    rules.flatMap((rule) => rule.grants),
  );
  if (grants.length === 0) {
    throw refusal("no-rule", `no rule of issuer ${issuer.name} allows anything to ${shown(subject)}; see its claims`);
  }
  const lifetime = Math.min(...rules.map((rule) => rule.lifetime));
  return { issuer, subject, id, expires: exp * 1000, grants, lifetime };
}

/** A refusal of a token. */
export function refusal(reason: OidcRefusal, message: string): ProblemError {
  return new ProblemError("token-refused", message, { detail: { reason } });
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function issuerOf(issuers: readonly OidcIssuer[], token: string): OidcIssuer {
  const iss = unchecked(token);
  const found = issuers.find(({ issuer }) => issuer === iss);
  if (found === undefined) throw refusal("wrong-issuer", "the token's issuer is none of those configured under oidc");
  return found;
}

/** Which issuer a token names: only to choose the keys by which it is then checked. */
function unchecked(token: string): string | undefined {
  try {
    const { alg } = decodeProtectedHeader(token);
    if (alg === undefined || !ALGORITHMS.includes(alg)) {
      throw refusal("wrong-algorithm", `tokens are signed by ${ALGORITHMS.join(", ")}`);
    }
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw refusal("malformed", "the token is no JSON Web Token");
  }
}

interface VerifyDeps {
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

async function verified({ keys, clock }: VerifyDeps, issuer: OidcIssuer, token: string): Promise<JWTPayload> {
  const options = {
    algorithms: [...ALGORITHMS],
    issuer: issuer.issuer,
    audience: issuer.audience,
    clockTolerance: issuer.clockSkew,
    currentDate: new Date(clock.now()),
    requiredClaims: ["exp", "iat", "sub"],
    maxTokenAge: MAX_TOKEN_AGE_SECONDS,
  };
  try {
    return (await jwtVerify(token, await keys.keysOf(issuer), options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
  }
  try {
    return (await jwtVerify(token, await keys.keysOf(issuer, true), options)).payload;
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refusal("expired", "the token has expired; ask for a fresh one");
  if (error instanceof errors.JWTClaimValidationFailed) return claimRefusal(error);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return refusal("unknown-key", "the token is signed by a key that its issuer does not publish");
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return refusal("wrong-algorithm", "the token's algorithm is not taken");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return refusal("bad-signature", "the token's signature does not match");
  }
  // What WebCrypto says of a key that it cannot read.
  if (error instanceof DOMException)
    return refusal("unknown-key", "the issuer publishes a key of that id that is none");
  return error instanceof errors.JOSEError ? refusal("malformed", "the token is no JSON Web Token") : error;
}

function claimRefusal({ claim, reason }: errors.JWTClaimValidationFailed): ProblemError {
  if (claim === "aud") return refusal("wrong-audience", "the token was made for another audience");
  if (claim === "iss") return refusal("wrong-issuer", "the token names another issuer");
  if (reason === "missing") return refusal("missing-claim", `the token has no ${claim}`);
  return refusal("not-yet-valid", `the token's ${claim} is in the future, or no time`);
}

function fits(patterns: ClaimPatterns, payload: JWTPayload): boolean {
  return Object.entries(patterns).every(([claim, wanted]) => {
    const values = textsOf(Object.hasOwn(payload, claim) ? payload[claim] : undefined);
    const list = typeof wanted === "string" ? [wanted] : wanted;
    return values.some((value) => list.some((pattern) => matchesPattern(pattern, value)));
  });
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** What a pull request's job may do at most: its code was reviewed by nobody. */
const PULL_REQUEST: readonly AccessAction[] = ["charts:read", "releases:read", "releases:plan"];

/** GitHub's events: what anybody may start gets nothing or little, whatever the rules say. */
function limitedByEvent({ event_name: event }: JWTPayload, grants: readonly Grant[]): readonly Grant[] {
  if (event === "pull_request_target") return [];
  if (event !== "pull_request") return grants;
  return grants.flatMap((grant) => {
    const allow = PULL_REQUEST.filter((action) => isAllowed([{ allow: grant.allow }], action));
    return allow.length === 0 ? [] : [{ ...grant, allow, clusterScoped: [] }];
  });
}
