import type {
  AccessDecision,
  AccessQuery,
  AnyWish,
  RegistryAccess,
  RegistryAction,
  RepositoryWish,
} from "../../registry/http/access.ts";
import { knownPrincipal, readCredentials } from "./authenticate.ts";
import { isAllowed } from "./grant.ts";
import { LOCAL_ADMINISTRATOR, type Principal, principalName } from "./principal.ts";
import { readSession, type RegistrySession, type ScopeGrant } from "./registry-session.ts";
import { type RegistryTokenDeps, tokenResponse } from "./registry-token.ts";
import { inProject, patternsFor, placeOf, readScope, type RepositoryPatterns, RIGHT_FOR } from "./repository-scope.ts";

/**
 * The registry's questions, answered by grants: `charts:read` pulls, `charts:write` pushes, `charts:delete` deletes, by project and repository.
 * Credentials are an API token (Basic password or Bearer), or a short token of `/v2/token`.
 */
export function createRegistryAccess(deps: RegistryTokenDeps): RegistryAccess {
  return {
    decide: (query) => (deps.embedded ? LOCAL : decide(deps, query)),
    token: (request) => tokenResponse(deps, request),
  };
}

async function decide(deps: RegistryTokenDeps, query: AccessQuery): Promise<AccessDecision> {
  const header = query.request.headers.get("authorization");
  const credentials = header === null ? undefined : readCredentials(header);
  if (credentials?.startsWith("slt.") === true) {
    const session = await readSession(deps, credentials);
    if (session === undefined) return CHALLENGE;
    return query.any === undefined ? decideIn(session, query.wishes) : decideAnyIn(session, query.any);
  }
  const principal = await knownPrincipal(deps, query.request);
  if (principal === undefined) return CHALLENGE;
  if (query.any !== undefined) return decideAny(principal, query.any);
  const known = principal.kind !== "anonymous";
  const allowed = query.wishes.length === 0 ? known : query.wishes.every((wish) => mayAll(principal, wish));
  if (allowed) return { kind: "allow", actor: principalName(principal) };
  return known ? { kind: "deny" } : CHALLENGE;
}

function decideIn(session: RegistrySession, wishes: readonly RepositoryWish[]): AccessDecision {
  const missing = wishes.filter((wish) => !opens(session, wish));
  if (missing.length === 0) return { kind: "allow", actor: session.actor };
  return { ...CHALLENGE, inVain: missing.every((wish) => wasAsked(session, wish)) };
}

/** Nobody's catalog is challenged even where something may be pulled by anybody: clients send their login only when they are. */
function decideAny(principal: Principal, { project, actions }: AnyWish): AccessDecision {
  const known = principal.kind !== "anonymous";
  if (!known && project === undefined) return CHALLENGE;
  const entriesOf = (action: RegistryAction): readonly RepositoryPatterns[] => {
    const entries = patternsFor(principal.grants, RIGHT_FOR[action]);
    return project === undefined ? entries : inProject(entries, project);
  };
  if (actions.every((action) => entriesOf(action).length > 0)) {
    return { kind: "allow", actor: principalName(principal), reads: readScope(entriesOf("pull"), project) };
  }
  return known ? { kind: "deny" } : CHALLENGE;
}

function decideAnyIn({ actor, access, catalog }: RegistrySession, { project, actions }: AnyWish): AccessDecision {
  if (project === undefined) {
    if (catalog === undefined) return CHALLENGE;
    return catalog.length === 0 ? { kind: "deny" } : { kind: "allow", actor, reads: readScope(catalog) };
  }
  const names = access
    .filter((grant) => grant.repository.startsWith(`${project}/`))
    .filter((grant) => actions.every((action) => grant.actions.includes(action)))
    .map((grant) => grant.repository);
  if (names.length === 0) return CHALLENGE;
  const reads = { key: JSON.stringify(names), includes: (repository: string) => names.includes(repository) };
  return { kind: "allow", actor, reads };
}

const LOCAL: AccessDecision = { kind: "allow", actor: principalName(LOCAL_ADMINISTRATOR) };
const CHALLENGE = { kind: "challenge", scheme: "bearer" } as const satisfies AccessDecision;

function mayAll(principal: Principal, wish: RepositoryWish): boolean {
  const target = placeOf(wish.repository);
  return wish.actions.every((action) => isAllowed(principal.grants, RIGHT_FOR[action], target));
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

/** Whoever may pull from all of a project, and pushes to one of its repositories, needs no other token to mount within it. */
function mayMount({ access }: Scoped, project: string): boolean {
  return access.some(
    ({ repository, actions, whole }) =>
      whole === true && repository.startsWith(`${project}/`) && actions.includes("pull") && actions.includes("push"),
  );
}

function wasAsked({ access }: Scoped, wish: RepositoryWish): boolean {
  return access.some(({ repository }) => repository === wish.repository);
}
