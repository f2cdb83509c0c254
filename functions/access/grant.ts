import * as z from "zod";

/** Everything that can be allowed. */
export const ACTIONS = [
  "clusters:read",
  "releases:read",
  "releases:install",
  "releases:upgrade",
  "releases:rollback",
  "releases:uninstall",
  "releases:test",
  "releases:plan",
  "releases:unlock",
  "releases:hold",
  "operations:cancel",
  "secrets:read",
  "charts:read",
  "charts:write",
  "charts:delete",
  "urls:fetch",
  "receivers:read",
  "tokens:manage",
  "audit:read",
  "registry:maintain",
] as const;
/** One of {@link ACTIONS}. */
export type AccessAction = (typeof ACTIONS)[number];

/** An action, all actions of one noun, or all. */
export type AllowedAction = AccessAction | "clusters:*" | "releases:*" | "operations:*" | "charts:*" | "*";

/** A right: these actions, on what all patterns match. An absent list is every one; `clusterScoped` absent is none. */
export interface Grant {
  readonly allow: readonly AllowedAction[];
  readonly clusters?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly releases?: readonly string[] | undefined;
  readonly projects?: readonly string[] | undefined;
  /** Repositories below their project: charts, images, plugins. */
  readonly repositories?: readonly string[] | undefined;
  /** Cluster-scoped kinds that may be written, as `Kind` or `group/Kind`; `*` is all. */
  readonly clusterScoped?: readonly string[] | undefined;
}

/** The right to everything. */
export const ADMIN: Grant = { allow: ["*"], clusterScoped: ["*"] };

const ALLOWED = [...ACTIONS, "clusters:*", "releases:*", "operations:*", "charts:*", "*"] as const;
const patterns = z.array(z.string().min(1).max(253)).max(100).optional();

/** A grant as configuration and requests write it. */
export const grantSchema: z.ZodType<Grant> = z.strictObject({
  allow: z.array(z.enum(ALLOWED)).min(1),
  clusters: patterns,
  namespaces: patterns,
  releases: patterns,
  projects: patterns,
  repositories: patterns.describe(
    "Names below the project, of which * is any run of characters: web, web-*, team/*; all where absent",
  ),
  clusterScoped: patterns,
});

/** What an action is about. A member that the action does not have is absent, and grants are not asked for it. */
export interface AccessTarget {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly release?: string;
  readonly project?: string;
  /** Below the project. Absent with a project: all of it is meant. */
  readonly repository?: string;
}

/** True when one of `grants` allows `action` on all of `target`. */
export function isAllowed(grants: readonly Grant[], action: AccessAction, target: AccessTarget = {}): boolean {
  return grants.some((grant) => allows(grant, action) && covers(grant, target));
}

/** True when a grant of `action` on that cluster names the cluster-scoped kind. `*` in `allow` alone does not. */
export function isKindAllowed(
  grants: readonly Grant[],
  action: AccessAction,
  target: { readonly cluster: string; readonly group: string; readonly kind: string },
): boolean {
  const qualified = `${target.group}/${target.kind}`;
  return grants.some((grant) => {
    if (!allows(grant, action) || !matchesAny(grant.clusters, target.cluster)) return false;
    const kinds = grant.clusterScoped ?? [];
    return kinds.some((pattern) => matchesPattern(pattern, target.kind) || matchesPattern(pattern, qualified));
  });
}

/** True when all that `inner` allows is allowed by one of `outer`: nobody may give away more than they hold. */
export function isWithin(inner: Grant, outer: readonly Grant[]): boolean {
  return outer.some(
    (grant) =>
      inner.allow.every((action) => grant.allow.some((held) => includesAction(held, action))) &&
      isNarrower(inner.clusters ?? ["*"], grant.clusters ?? ["*"]) &&
      isNarrower(inner.namespaces ?? ["*"], grant.namespaces ?? ["*"]) &&
      isNarrower(inner.releases ?? ["*"], grant.releases ?? ["*"]) &&
      isNarrower(inner.projects ?? ["*"], grant.projects ?? ["*"]) &&
      isNarrower(inner.repositories ?? ["*"], grant.repositories ?? ["*"]) &&
      isNarrower(inner.clusterScoped ?? [], grant.clusterScoped ?? []),
  );
}

function allows(grant: Grant, action: AccessAction): boolean {
  return grant.allow.some((held) => includesAction(held, action));
}

function includesAction(held: AllowedAction, action: AllowedAction): boolean {
  return held === "*" || held === action || (held.endsWith(":*") && action.startsWith(held.slice(0, -1)));
}

function covers(grant: Grant, target: AccessTarget): boolean {
  return (
    matchesAny(grant.clusters, target.cluster) &&
    matchesAny(grant.namespaces, target.namespace) &&
    matchesAny(grant.releases, target.release) &&
    matchesAny(grant.projects, target.project) &&
    coversRepository(grant.repositories, target)
  );
}

function coversRepository(list: readonly string[] | undefined, { project, repository }: AccessTarget): boolean {
  if (list === undefined || project === undefined) return true;
  return repository === undefined ? list.includes("*") : matchesAny(list, repository);
}

function matchesAny(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || value === undefined || list.some((pattern) => matchesPattern(pattern, value));
}

/** A pattern is narrower when it is the same, or the other is `*`, or it has no `*` and matches. */
function isNarrower(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.every((pattern) =>
    outer.some(
      (other) => other === "*" || other === pattern || (!pattern.includes("*") && matchesPattern(other, pattern)),
    ),
  );
}

/** Equality, where each `*` stands for any run of characters. Linear in the text for each star: no regular expression is made of input. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (!text.startsWith(head)) return false;
  const tail = rest.pop();
  if (tail === undefined) return text === pattern;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
