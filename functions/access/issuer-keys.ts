import { createLocalJWKSet, type JSONWebKeySet } from "jose";
import { asObject } from "../../engine/oci/descriptor.ts";
import { parseJson, readText } from "../../engine/oci/client-auth.ts";
import type { Egress, EgressPolicy } from "../../engine/oci/egress.ts";
import { EngineError } from "../../engine/errors.ts";
import { createSingleFlight } from "../../engine/oci/single-flight.ts";
import type { Clock } from "../http/clock.ts";
import { ProblemError } from "../http/problem.ts";

/** Where the keys of an issuer come from. */
export interface KeyPlace {
  /** For messages. */
  readonly name: string;
  readonly issuer: string;
  /** Absent: what the issuer's discovery document names, on the issuer's own host. */
  readonly jwksUri?: string | undefined;
  readonly plainHttp: boolean;
  readonly privateAddresses: boolean;
}

/** The keys of an issuer as `jose` looks them up. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Keys of issuers, fetched when they are needed. */
export interface IssuerKeys {
  /** `unknownKid`: what is kept has no such key; it is asked for again, but not more often than every {@link RETRY_MS}. */
  readonly keysOf: (place: KeyPlace, unknownKid?: boolean) => Promise<KeySet>;
}

const FRESH_MS = 600_000;
/** An issuer that cannot be reached: keys that were good are believed for this long. */
const STALE_MS = 3_600_000;
/** Against tokens that only want the issuer to be asked. */
const RETRY_MS = 30_000;
/** An issuer that gave no keys, of which none are known, is not asked again for this long: meanwhile the answer is the same. */
const FAILED_MS = 5_000;
const DEADLINE_MS = 10_000;
const MAX_DOCUMENT = 256 * 1024;
const MAX_KEYS = 100;

interface Kept {
  readonly keys: KeySet;
  readonly fetched: number;
}

/** What keys are fetched with. */
export interface IssuerKeysDeps {
  readonly egress: Egress;
  readonly clock: Clock;
  /** False where one request may not wait for another one's promise (Workers). */
  readonly together: boolean;
}

/**
 * Fetches keys, once for all who need them at the same time, and keeps them. Throws `ProblemError` `upstream-unavailable` where an issuer
 * gives none, for a while without asking it again.
 */
export function createIssuerKeys(deps: IssuerKeysDeps): IssuerKeys {
  const kept = new Map<string, Kept>();
  const tried = new Map<string, number>();
  const failed = new Map<string, ProblemError>();
  const flights = createSingleFlight<KeySet>(deps.together);
  const fetchAndKeep = async (place: KeyPlace): Promise<KeySet> => {
    const now = deps.clock.now();
    tried.set(place.name, now);
    try {
      const keys = await fetchKeys(deps.egress, place);
      kept.set(place.name, { keys, fetched: now });
      failed.delete(place.name);
      return keys;
    } catch (error) {
      const problem = unavailable(place, error);
      failed.set(place.name, problem);
      throw problem;
    }
  };
  return {
    keysOf: async (place, unknownKid = false) => {
      const known = kept.get(place.name);
      const now = deps.clock.now();
      const age = now - (known?.fetched ?? 0);
      const sinceTry = now - (tried.get(place.name) ?? Number.NEGATIVE_INFINITY);
      const usable = known !== undefined && age < STALE_MS ? known.keys : undefined;
      if (usable !== undefined && (sinceTry < RETRY_MS || (age < FRESH_MS && !unknownKid))) return usable;
      const problem = sinceTry < FAILED_MS ? failed.get(place.name) : undefined;
      if (usable === undefined && problem !== undefined) throw problem;
      try {
        return await flights(place.name, async () => await fetchAndKeep(place));
      } catch (error) {
        if (usable === undefined || !(error instanceof ProblemError)) throw error;
        return usable;
      }
    },
  };
}

/** What callers are told of a failure; a defect passes. */
function unavailable(place: KeyPlace, error: unknown): ProblemError {
  const reason = error instanceof DOMException ? "it does not answer in time" : messageOf(error);
  return new ProblemError("upstream-unavailable", `the keys of issuer ${place.name} cannot be read: ${reason}`, {
    headers: { "retry-after": String(FAILED_MS / 1000) },
    cause: error,
  });
}

function messageOf(error: unknown): string {
  if (error instanceof EngineError) return error.message;
  throw error;
}

async function fetchKeys(egress: Egress, place: KeyPlace): Promise<KeySet> {
  const uri = place.jwksUri ?? (await discover(egress, place));
  const keys = asObject(await readDocument(egress, place, uri))?.["keys"];
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw unusable(place, "its key set has no list of keys");
  const set: JSONWebKeySet = { keys: keys.map(asObject).filter((key) => key !== undefined) };
  return createLocalJWKSet(set);
}

/** OpenID Connect Discovery 1.0, §4: the document must be the issuer's own. */
async function discover(egress: Egress, place: KeyPlace): Promise<string> {
  const base = place.issuer.replace(/\/+$/, "");
  const document = asObject(await readDocument(egress, place, `${base}/.well-known/openid-configuration`));
  const uri = document?.["jwks_uri"];
  if (document?.["issuer"] !== place.issuer) throw unusable(place, "its discovery document names another issuer");
  if (typeof uri !== "string" || !URL.canParse(uri)) throw unusable(place, "its discovery document has no jwks_uri");
  if (new URL(uri).host !== new URL(place.issuer).host) {
    throw unusable(place, `its keys are on ${new URL(uri).host}; name that address as jwksUri`);
  }
  return uri;
}

function unusable(place: KeyPlace, why: string): ProblemError {
  return new ProblemError("upstream-unavailable", `issuer ${place.name}: ${why}`);
}

async function readDocument(egress: Egress, place: KeyPlace, url: string): Promise<unknown> {
  const response = await egress.send({
    method: "GET",
    url,
    headers: { accept: "application/json" },
    policy: policyOf(place),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw unusable(place, `${url} answered ${response.status}`);
  }
  return parseJson(await readText(response, MAX_DOCUMENT));
}

function policyOf({ name, issuer, jwksUri, plainHttp, privateAddresses }: KeyPlace): EgressPolicy {
  const hosts = [issuer, ...(jwksUri === undefined ? [] : [jwksUri])].map((url) => new URL(url).host);
  return { name: `issuer ${name}`, hosts: [...new Set(hosts)], elsewhere: "listed", plainHttp, privateAddresses };
}
