import * as z from "zod";
import { jsonResponse } from "../http/answer.ts";
import { sha256Hex } from "../http/digest.ts";
import { parseJson } from "../http/json.ts";
import type { Log } from "../http/log.ts";
import { createToken, type TokenDeps, type TokenInfo } from "./api-token.ts";
import { audit } from "./audit.ts";
import { grantSchema } from "./grant.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { checkOidcToken, MAX_OIDC_TOKEN, type OidcIdentity, type OidcIssuer, refusal } from "./oidc.ts";
import { defineRoute, NOTHING, type Route } from "./route.ts";

/** What exchanging tokens takes. */
export interface OidcRouteDeps extends TokenDeps {
  readonly log: Log;
  readonly keys: IssuerKeys;
  readonly issuers: readonly OidcIssuer[];
}

interface Exchange {
  readonly token: string;
}

const exchange: z.ZodType<Exchange> = z.strictObject({
  token: z.string().min(1).max(MAX_OIDC_TOKEN).describe("The OIDC token of the job"),
});

/** The exchange of a CI job's token for a short one of ours; nothing where no issuer is configured. */
export function oidcRoutes(deps: OidcRouteDeps): readonly Route[] {
  return deps.issuers.length === 0 ? [] : [exchangeRoute(deps)];
}

function exchangeRoute(deps: OidcRouteDeps): Route {
  return defineRoute({
    id: "exchangeToken",
    method: "POST",
    path: "/v1/token",
    tag: "access",
    access: "signed",
    summary: "Gives a short API token for the OIDC token of a CI job, once",
    bodyLimit: 2 * MAX_OIDC_TOKEN,
    body: exchange,
    query: NOTHING,
    answers: {
      201: {
        description: "The token; what it may do is what the issuer's rules say",
        schema: z.object({ token: z.string(), expires: z.string(), grants: z.array(grantSchema) }),
      },
    },
    problems: ["token-refused", "upstream-unavailable"],
    handle: async ({ body, requestId }) => {
      const identity = await checkOidcToken(deps, body.token);
      await consume(deps, identity, body.token);
      const made = await issue(deps, identity);
      const principal = { kind: "token", name: `${made.info.name}/${made.info.id}`, grants: made.info.grants } as const;
      const entry = { principal, action: "tokens:exchange", target: made.info.id, result: "allowed" } as const;
      await audit(deps, { ...entry, request: requestId });
      const { grants, expires = 0 } = made.info;
      const answer = { token: made.token, expires: new Date(expires).toISOString() };
      return jsonResponse({ ...answer, grants: parseJson(JSON.stringify(grants)) }, { status: 201 });
    },
  });
}

/** A token is good once: whoever finds it later in a log has nothing. Throws `token-refused`. */
async function consume(deps: OidcRouteDeps, { issuer, id, expires }: OidcIdentity, token: string): Promise<void> {
  const hash = await sha256Hex(id === undefined ? token : `${issuer.name} ${id}`);
  const until = expires + 2 * issuer.clockSkew * 1000;
  const stored = await deps.records.put(`oidc/${hash}`, { issuer: issuer.name }, { expires: until });
  if (stored === undefined) throw refusal("used", "the token was exchanged already; ask for a fresh one");
}

/** Names of tokens show in lists and journals. */
const MAX_NAME = 200;

async function issue(
  deps: OidcRouteDeps,
  { issuer, subject, grants, lifetime }: OidcIdentity,
): Promise<{ readonly info: TokenInfo; readonly token: string }> {
  const name = `${issuer.name}:${subject.replaceAll(/[^\x21-\x7e]/g, "?")}`.slice(0, MAX_NAME);
  return await createToken(deps, { name, grants, expires: deps.clock.now() + lifetime, by: `oidc:${issuer.name}` });
}
