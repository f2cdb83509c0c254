import type {
  AccessDecision,
  AccessQuery,
  RegistryAccess,
  RegistryAction,
  RepositoryWish,
} from "../../registry/http/access.ts";
import type { RequestHead } from "../../registry/http/exchange.ts";
import { jsonResponse } from "../http/answer.ts";
import type { Clock } from "../http/clock.ts";
import { toBase64, toBytes } from "../http/digest.ts";
import { readBody } from "../http/limits.ts";
import { ProblemError } from "../http/problem.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { authenticate, type AuthenticateDeps, readCredentials } from "./authenticate.ts";
import { type AccessAction, isAllowed } from "./grant.ts";
import { LOCAL_ADMINISTRATOR, type Principal, principalName } from "./principal.ts";
import { issueSession, readSession, REGISTRY_TOKEN_SECONDS, type ScopeGrant } from "./registry-session.ts";

const ACTION_OF = {
  pull: "charts:read",
  push: "charts:write",
  delete: "charts:delete",
  unsigned: "charts:write",
} as const satisfies Record<RegistryAction, AccessAction>;
/** Scopes of one token request: a mount across repositories needs two; clients ask for a handful. */
const MAX_SCOPES = 20;
const MAX_FORM_BYTES = 16 * 1024;

export interface RegistryAccessDeps extends AuthenticateDeps {
  readonly box: SecretBox;
  readonly clock: Clock;
}

/**
 * The registry's questions, answered by grants: `charts:read` pulls, `charts:write` pushes, `charts:delete` deletes, by project.
 * Credentials are an API token (Basic password or Bearer), or a short token of `/v2/token`.
 */
export function createRegistryAccess(deps: RegistryAccessDeps): RegistryAccess {
  return {
    decide: (query) => (deps.embedded ? LOCAL : decide(deps, query)),
    token: (request) => tokenResponse(deps, request),
  };
}

async function decide(deps: RegistryAccessDeps, query: AccessQuery): Promise<AccessDecision> {
  const header = query.request.headers.get("authorization");
  const credentials = header === null ? undefined : readCredentials(header);
  if (credentials?.startsWith("slt.") === true) {
    const session = await readSession(deps, credentials);
    if (session === undefined || query.catalog === true) return CHALLENGE;
    const missing = query.wishes.filter((wish) => !opens(session, wish));
    if (missing.length === 0) return { kind: "allow", actor: session.actor };
    return { ...CHALLENGE, inVain: missing.every((wish) => wasAsked(session, wish)) };
  }
  const principal = await principalOf(deps, query.request);
  if (principal === undefined) return CHALLENGE;
  const isBase = query.wishes.length === 0 && query.catalog !== true;
  const known = principal.kind !== "anonymous";
  const allowed = isBase
    ? known
    : query.wishes.every((wish) => mayAll(principal, wish)) &&
      (query.catalog !== true || isAllowed(principal.grants, "charts:read", { project: "*" }));
  if (allowed) return { kind: "allow", actor: principalName(principal) };
  return known ? { kind: "deny" } : CHALLENGE;
}

const LOCAL: AccessDecision = { kind: "allow", actor: principalName(LOCAL_ADMINISTRATOR) };
const CHALLENGE = { kind: "challenge", scheme: "bearer" } as const satisfies AccessDecision;

async function principalOf(
  deps: RegistryAccessDeps,
  request: Pick<RequestHead, "headers">,
): Promise<Principal | undefined> {
  try {
    return await authenticate(deps, request);
  } catch (thrown) {
    if (thrown instanceof ProblemError) return undefined;
    throw thrown;
  }
}

function mayAll(principal: Principal, wish: RepositoryWish): boolean {
  return wish.actions.every((action) => isAllowed(principal.grants, ACTION_OF[action], { project: wish.project }));
}

function opens(session: Scoped, wish: RepositoryWish): boolean {
  if (wish.mount === true && mayMount(session, wish.project)) return true;
  return wish.actions.every((action) =>
    session.access.some((grant) => grant.repository === wish.repository && grant.actions.includes(action)),
  );
}

interface Scoped {
  readonly access: readonly ScopeGrant[];
}

/** Grants are by project: whoever may push to and pull from one repository of a project may pull from all of it. */
function mayMount({ access }: Scoped, project: string): boolean {
  return access.some(
    ({ repository, actions }) =>
      repository.startsWith(`${project}/`) && actions.includes("pull") && actions.includes("push"),
  );
}

function wasAsked({ access }: Scoped, wish: RepositoryWish): boolean {
  return access.some(({ repository }) => repository === wish.repository);
}

/** The token service of the distribution spec (GET) and OAuth 2 (POST). Tokens open what was asked for and is allowed, perhaps nothing. */
async function tokenResponse(deps: RegistryAccessDeps, request: Request): Promise<Response> {
  const asked = await readTokenRequest(request);
  const principal = await principalOf(deps, asked.request);
  if (principal === undefined)
    return jsonResponse({ errors: [{ code: "UNAUTHORIZED", message: "unknown token" }] }, { status: 401 });
  const access = asked.scopes.slice(0, MAX_SCOPES).flatMap((scope) => grantScope(principal, scope));
  const token = await issueSession(deps, { actor: principalName(principal), access });
  return jsonResponse({
    token,
    access_token: token,
    expires_in: REGISTRY_TOKEN_SECONDS,
    issued_at: new Date(deps.clock.now()).toISOString(),
  });
}

interface TokenRequest {
  readonly scopes: readonly string[];
  readonly request: Request;
}

async function readTokenRequest(request: Request): Promise<TokenRequest> {
  if (request.method !== "POST") return { scopes: scopesOf(new URL(request.url).searchParams), request };
  const form = new URLSearchParams(new TextDecoder().decode(await readBody(request, MAX_FORM_BYTES)));
  const password = form.get("password") ?? form.get("refresh_token");
  const headers = new Headers(request.headers);
  if (password !== null)
    headers.set("authorization", `Basic ${toBase64(toBytes(`${form.get("username") ?? ""}:${password}`))}`);
  return { scopes: scopesOf(form), request: new Request(request.url, { headers }) };
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
  const project = repository.split("/")[0] ?? "";
  const wanted = scope.slice(last + 1).split(",");
  const may = (action: RegistryAction): boolean => isAllowed(principal.grants, ACTION_OF[action], { project });
  const actions = (["pull", "push", "delete"] as const).filter(
    (action) => (wanted.includes(action) || wanted.includes("*")) && may(action),
  );
  const unsigned = actions.includes("pull") && may("unsigned") ? (["unsigned"] as const) : [];
  return [{ repository, actions: [...actions, ...unsigned] }];
}
