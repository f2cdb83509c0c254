import * as z from "zod";
import { jsonResponse } from "../http/answer.ts";
import type { Log } from "../http/log.ts";
import { pageQuery } from "../http/page.ts";
import { ProblemError } from "../http/problem.ts";
import { createToken, listTokens, revokeToken, type TokenDeps, tokenJson } from "./api-token.ts";
import { audit, listAudit } from "./audit.ts";
import { type Grant, grantSchema, isWithin } from "./grant.ts";
import { assertAllowed, principalName } from "./principal.ts";
import { defineRoute, NOTHING, type Route } from "./route.ts";
import { auditItem, listOf, tokenItem } from "./token-schema.ts";

/** A token is renewed now and then: three years at most. */
const MAX_LIFETIME_SECONDS = 3 * 366 * 24 * 60 * 60;

interface NewToken {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly expiresInSeconds?: number | undefined;
}

const newToken: z.ZodType<NewToken> = z.strictObject({
  name: z.string().min(1).max(100),
  grants: z.array(grantSchema).min(1).max(100),
  expiresInSeconds: z.number().int().positive().max(MAX_LIFETIME_SECONDS).optional(),
});

/** Tokens, and who did what. */
export function tokenRoutes(deps: TokenDeps & { readonly log: Log }): readonly Route[] {
  return [createRoute(deps), listRoute(deps), revokeRoute(deps), auditRoute(deps)];
}

function createRoute(deps: TokenDeps & { readonly log: Log }): Route {
  return defineRoute({
    id: "createToken",
    method: "POST",
    path: "/v1/tokens",
    tag: "access",
    summary: "Makes an API token; its text is told this once",
    bodyLimit: 64 * 1024,
    body: newToken,
    query: NOTHING,
    answers: { 201: { description: "The token", schema: tokenItem.extend({ token: z.string() }) } },
    problems: ["forbidden"],
    handle: async ({ body, principal, requestId }) => {
      assertAllowed(principal, "tokens:manage");
      if (!body.grants.every((grant) => isWithin(grant, principal.grants))) {
        throw new ProblemError("forbidden", "a token cannot be given more than its maker holds");
      }
      const by = principalName(principal);
      const { expiresInSeconds } = body;
      const expires = expiresInSeconds === undefined ? {} : { expires: deps.clock.now() + expiresInSeconds * 1000 };
      const made = await createToken(deps, { name: body.name, grants: body.grants, by, ...expires });
      const entry = { action: "tokens:create", target: made.info.id, result: "allowed" } as const;
      await audit(deps, { ...entry, principal, request: requestId });
      return jsonResponse({ ...tokenJson(made.info), token: made.token }, { status: 201 });
    },
  });
}

function listRoute(deps: TokenDeps): Route {
  return defineRoute({
    id: "listTokens",
    method: "GET",
    path: "/v1/tokens",
    tag: "access",
    summary: "The API tokens, without their text",
    body: NOTHING,
    query: pageQuery,
    answers: { 200: { description: "A page of tokens", schema: listOf(tokenItem) } },
    problems: ["forbidden"],
    handle: async ({ principal, query }) => {
      assertAllowed(principal, "tokens:manage");
      return jsonResponse({ ...(await listTokens(deps, query)) });
    },
  });
}

function revokeRoute(deps: TokenDeps & { readonly log: Log }): Route {
  return defineRoute({
    id: "revokeToken",
    method: "DELETE",
    path: "/v1/tokens/{token}",
    tag: "access",
    summary: "Ends a token at once",
    body: NOTHING,
    query: NOTHING,
    answers: { 204: { description: "It is gone" } },
    problems: ["forbidden", "token-not-found"],
    handle: async ({ params, principal, requestId }) => {
      assertAllowed(principal, "tokens:manage");
      const id = params["token"] ?? "";
      if (!(await revokeToken(deps, id))) throw new ProblemError("token-not-found", `there is no token ${id}`);
      await audit(deps, { principal, action: "tokens:revoke", target: id, result: "allowed", request: requestId });
      return new Response(null, { status: 204 });
    },
  });
}

function auditRoute(deps: Pick<TokenDeps, "records">): Route {
  return defineRoute({
    id: "listAudit",
    method: "GET",
    path: "/v1/audit",
    tag: "access",
    summary: "Who did what, newest first",
    body: NOTHING,
    query: pageQuery,
    answers: { 200: { description: "A page of the trail", schema: listOf(auditItem) } },
    problems: ["forbidden"],
    handle: async ({ principal, query }) => {
      assertAllowed(principal, "audit:read");
      return jsonResponse({ ...(await listAudit(deps.records, query)) });
    },
  });
}
