import type { OciErrorCode } from "../../engine/oci/error-code.ts";
import type { RegistryAction } from "../../registry/http/access.ts";
import { jsonResponse } from "../http/answer.ts";
import type { Clock } from "../http/clock.ts";
import { toBase64, toBytes } from "../http/digest.ts";
import { readBody } from "../http/limits.ts";
import { ProblemError } from "../http/problem.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { type AuthenticateDeps, knownPrincipal } from "./authenticate.ts";
import { isAllowed } from "./grant.ts";
import { type Principal, principalName } from "./principal.ts";
import { issueSession, REGISTRY_TOKEN_SECONDS, type ScopeGrant } from "./registry-session.ts";
import { patternsFor, placeOf, type RepositoryPatterns, RIGHT_FOR } from "./repository-scope.ts";

/** Scopes of one token request: a mount across repositories needs two; clients ask for a handful. */
const MAX_SCOPES = 20;
const MAX_FORM_BYTES = 16 * 1024;
/** The scope of Docker's catalog. */
const CATALOG = "registry:catalog:*";
/** Patterns that a short token carries for the catalog; whoever holds more asks with the API token itself. */
const MAX_CATALOG_BYTES = 2048;

/** What registry tokens are checked and made with. */
export interface RegistryTokenDeps extends AuthenticateDeps {
  readonly box: SecretBox;
  readonly clock: Clock;
}

/** The token service of the distribution spec (GET) and OAuth 2 (POST). Tokens open what was asked for and is allowed, perhaps nothing. */
export async function tokenResponse(deps: RegistryTokenDeps, request: Request): Promise<Response> {
  if (!TOKEN_METHODS.includes(request.method)) {
    return refused(405, "UNSUPPORTED", "tokens are asked for by GET or POST", { allow: TOKEN_METHODS.join(", ") });
  }
  const asked = await readTokenRequest(request);
  if (asked === undefined) return refused(413, "SIZE_INVALID", `a form of ${MAX_FORM_BYTES} bytes at most is taken`);
  const principal = await knownPrincipal(deps, asked.request);
  if (principal === undefined) return refused(401, "UNAUTHORIZED", "unknown token");
  const scopes = asked.scopes.slice(0, MAX_SCOPES);
  const access = scopes.flatMap((scope) => grantScope(principal, scope));
  const catalog = scopes.includes(CATALOG) ? { catalog: catalogFor(principal) } : {};
  const token = await issueSession(deps, { actor: principalName(principal), access, ...catalog });
  return jsonResponse({
    token,
    access_token: token,
    expires_in: REGISTRY_TOKEN_SECONDS,
    issued_at: new Date(deps.clock.now()).toISOString(),
  });
}

const TOKEN_METHODS: readonly string[] = ["GET", "HEAD", "POST"];

function refused(
  status: number,
  code: OciErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ errors: [{ code, message, detail: {} }] }, { status, headers });
}

function catalogFor({ grants }: Principal): readonly RepositoryPatterns[] {
  const entries = patternsFor(grants, "charts:read");
  return JSON.stringify(entries).length > MAX_CATALOG_BYTES ? [] : entries;
}

interface TokenRequest {
  readonly scopes: readonly string[];
  readonly request: Request;
}

/** Undefined for a form that is too large. */
async function readTokenRequest(request: Request): Promise<TokenRequest | undefined> {
  if (request.method !== "POST") return { scopes: scopesOf(new URL(request.url).searchParams), request };
  const body = await readBody(request, MAX_FORM_BYTES).catch(tooLarge);
  if (body === undefined) return undefined;
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const password = form.get("password") ?? form.get("refresh_token");
  const headers = new Headers(request.headers);
  if (password !== null)
    headers.set("authorization", `Basic ${toBase64(toBytes(`${form.get("username") ?? ""}:${password}`))}`);
  return { scopes: scopesOf(form), request: new Request(request.url, { headers }) };
}

function tooLarge(error: unknown): undefined {
  if (error instanceof ProblemError && error.code === "payload-too-large") return undefined;
  throw error;
}

function scopesOf(parameters: URLSearchParams): readonly string[] {
  return parameters
    .getAll("scope")
    .flatMap((scope) => scope.split(" "))
    .filter((scope) => scope !== "");
}

/** `repository:NAME:ACTIONS`; a name may hold colons (a port), so the last one ends it. What is refused is noted with no action. */
function grantScope(principal: Principal, scope: string): readonly ScopeGrant[] {
  const last = scope.lastIndexOf(":");
  if (!scope.startsWith("repository:") || last <= "repository:".length) return [];
  const repository = scope.slice("repository:".length, last);
  const target = placeOf(repository);
  const wanted = scope.slice(last + 1).split(",");
  const may = (action: RegistryAction): boolean => isAllowed(principal.grants, RIGHT_FOR[action], target);
  const actions = (["pull", "push", "delete"] as const).filter(
    (action) => (wanted.includes(action) || wanted.includes("*")) && may(action),
  );
  const unsigned = actions.includes("pull") && may("unsigned") ? (["unsigned"] as const) : [];
  const isWhole = actions.includes("pull") && isAllowed(principal.grants, "charts:read", { project: target.project });
  return [{ repository, actions: [...actions, ...unsigned], ...(isWhole ? { whole: true } : {}) }];
}
