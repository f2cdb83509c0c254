import * as z from "zod";
import type { ReadScope, RegistryAction } from "../../registry/http/access.ts";
import { type AccessAction, type Grant, isAllowed, matchesPattern } from "./grant.ts";

/** The right that an action of the registry needs. */
export const RIGHT_FOR: Readonly<Record<RegistryAction, AccessAction>> = {
  pull: "charts:read",
  push: "charts:write",
  delete: "charts:delete",
  unsigned: "charts:write",
};

/** A repository's whole name, taken apart for grants. */
export function placeOf(name: string): { readonly project: string; readonly repository: string } {
  const [project = ""] = name.split("/", 1);
  return { project, repository: name.slice(project.length + 1) };
}

/** Repositories by patterns of their project and of their name below it; an absent list is every one. */
export interface RepositoryPatterns {
  readonly projects?: readonly string[] | undefined;
  readonly repositories?: readonly string[] | undefined;
}

const list = z.array(z.string()).optional();
/** {@link RepositoryPatterns} as a registry token carries them. */
export const repositoryPatterns: z.ZodType<RepositoryPatterns> = z.strictObject({ projects: list, repositories: list });

/** The repositories with which `grants` allow an action, each entry once; none where they allow it nowhere. */
export function patternsFor(grants: readonly Grant[], action: AccessAction): readonly RepositoryPatterns[] {
  const found = new Map<string, RepositoryPatterns>();
  for (const grant of grants) {
    if (!isAllowed([{ allow: grant.allow }], action)) continue;
    const entry = { ...some("projects", grant.projects), ...some("repositories", grant.repositories) };
    if (entry.projects?.length !== 0 && entry.repositories?.length !== 0) found.set(JSON.stringify(entry), entry);
  }
  return [...found.values()];
}

function some(
  name: keyof RepositoryPatterns,
  patterns: readonly string[] | undefined,
): { readonly [Name in keyof RepositoryPatterns]?: readonly string[] } {
  return patterns === undefined || patterns.includes("*") ? {} : { [name]: patterns };
}

/** The entries that speak of a project, as entries of it alone. */
export function inProject(entries: readonly RepositoryPatterns[], project: string): readonly RepositoryPatterns[] {
  return entries.flatMap(({ projects, repositories }) =>
    projects === undefined || matchesOne(projects, project) ? [{ projects: [project], repositories }] : [],
  );
}

/** What the entries cover; undefined when `project`, or without one everything, is covered as a whole. */
export function readScope(entries: readonly RepositoryPatterns[], project?: string): ReadScope | undefined {
  const isWhole = entries.some(
    ({ projects, repositories }) =>
      repositories === undefined && (projects === undefined || (project !== undefined && projects.includes(project))),
  );
  if (isWhole) return undefined;
  return {
    key: JSON.stringify(entries),
    includes: (repository) => entries.some((entry) => covers(entry, repository)),
  };
}

function covers({ projects, repositories }: RepositoryPatterns, repository: string): boolean {
  const slash = repository.indexOf("/");
  const [project, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
  return (
    slash > 0 &&
    (projects === undefined || matchesOne(projects, project)) &&
    (repositories === undefined || matchesOne(repositories, name))
  );
}

function matchesOne(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, text));
}

/**
 * Which charts of a project `grants` let read: `none`, or a look at each name, absent where all of it may be read. For lists, which
 * tell nothing of what their reader may not read.
 */
export function readableCharts(
  grants: readonly Grant[],
  project: string,
): "none" | { readonly readable?: (name: string) => boolean } {
  const entries = inProject(patternsFor(grants, "charts:read"), project);
  if (entries.length === 0) return "none";
  const scope = readScope(entries, project);
  return scope === undefined ? {} : { readable: (name) => scope.includes(`${project}/${name}`) };
}
