import type { RequestHead } from "../../registry/http/exchange.ts";
import { fromBase64 } from "../http/digest.ts";
import { ProblemError } from "../http/problem.ts";
import type { RecordStore } from "../http/record-store.ts";
import { type ConfiguredToken, verifyToken } from "./api-token.ts";
import type { Grant } from "./grant.ts";
import { anonymous, LOCAL_ADMINISTRATOR, type Principal } from "./principal.ts";

export interface AuthenticateDeps {
  readonly records: RecordStore;
  readonly tokens: readonly ConfiguredToken[];
  /** What anyone may do: pulling from the projects that say so. */
  readonly anonymousGrants: readonly Grant[];
  /** The embedded local mode: everyone is the administrator. Hosts and origins are checked before. */
  readonly embedded: boolean;
}

/**
 * Who sent a request. A token comes as `Bearer TOKEN`, or as the password of `Basic` (any user name: what `helm registry login` and
 * `docker login` send). No credentials is anonymous; wrong ones are refused with `unauthorized`, never taken as anonymous. What anyone
 * may do is in every principal's grants: whoever logs in loses nothing.
 */
export async function authenticate(deps: AuthenticateDeps, request: Pick<RequestHead, "headers">): Promise<Principal> {
  if (deps.embedded) return LOCAL_ADMINISTRATOR;
  const header = request.headers.get("authorization");
  if (header === null) return anonymous(deps.anonymousGrants);
  const token = readCredentials(header);
  const principal = token === undefined ? undefined : await verifyToken(deps, deps.tokens, token);
  if (principal === undefined) throw new ProblemError("unauthorized", "the token is unknown, expired or revoked");
  return { ...principal, grants: [...principal.grants, ...deps.anonymousGrants] };
}

/** The token in an Authorization header; undefined when it has another form. */
export function readCredentials(header: string): string | undefined {
  const space = header.indexOf(" ");
  const scheme = header.slice(0, Math.max(space, 0)).toLowerCase();
  const rest = header.slice(space + 1).trim();
  if (scheme === "bearer") return rest;
  if (scheme !== "basic") return undefined;
  const bytes = fromBase64(rest);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : text.slice(colon + 1);
}

/** {@link authenticate}, but undefined for wrong credentials. */
export async function knownPrincipal(
  deps: AuthenticateDeps,
  request: Pick<RequestHead, "headers">,
): Promise<Principal | undefined> {
  try {
    return await authenticate(deps, request);
  } catch (thrown) {
    if (thrown instanceof ProblemError) return undefined;
    throw thrown;
  }
}
