import type { RequestHead } from "./exchange.ts";

/** What may be done with a repository. `unsigned`: pull what is not yet signed as its project wants it, else nobody could sign it. */
export type RegistryAction = "pull" | "push" | "delete" | "unsigned";

/** A wish to do something with a repository. `repository` is its whole name, `project` its first segment. */
export interface RepositoryWish {
  readonly project: string;
  readonly repository: string;
  readonly actions: readonly RegistryAction[];
  /** The pull is of one blob, known by its digest, into a repository that the caller pushes to. */
  readonly mount?: boolean;
}

/** A wish to do something with any repository of a project, or of all projects: one that may be is enough. */
export interface AnyWish {
  /** Absent: the list of all repositories is wanted. */
  readonly project?: string;
  readonly actions: readonly RegistryAction[];
}

/** What is asked for a request. No wish: may this caller talk to the registry at all (`GET /v2/`). */
export interface AccessQuery {
  readonly request: RequestHead;
  readonly wishes: readonly RepositoryWish[];
  readonly any?: AnyWish;
}

/** Repositories that a caller may pull from, where these are not all of what was asked for. */
export interface ReadScope {
  /** The same for the same repositories. */
  readonly key: string;
  /** Takes the whole name. */
  readonly includes: (repository: string) => boolean;
}

/**
 * `challenge`: nobody, or somebody whose token lacks an action: answered 401, so that clients fetch a token with the missing scope.
 * `deny`: known, and not allowed by any token.
 */
export type AccessDecision =
  | {
      readonly kind: "allow";
      readonly actor: string;
      /** For {@link AccessQuery.any}: what may be pulled of it; absent: all. */
      readonly reads?: ReadScope | undefined;
    }
  | {
      readonly kind: "challenge";
      readonly scheme: "bearer" | "basic";
      /** The token that came was asked for with this very wish, and does not open it: another one would not either. */
      readonly inVain?: boolean;
    }
  | { readonly kind: "deny" };

/** The port by which the registry asks for every request. */
export interface RegistryAccess {
  readonly decide: (query: AccessQuery) => AccessDecision | Promise<AccessDecision>;
  /** `GET` and `POST /v2/token`. Absent: there is no token service. */
  readonly token?: (request: Request) => Promise<Response>;
}

/** Everybody may do everything: the embedded local mode and tests. */
export const OPEN_ACCESS: RegistryAccess = { decide: () => ({ kind: "allow", actor: "anonymous" }) };
