import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import type { GroupProject, HostedProject, ProxyProject } from "./project.ts";
import type { Projects } from "./projects.ts";

/** A page of charts: repositories of a project, by name. */
export interface ChartNamePage {
  readonly names: readonly string[];
  /** Pass as `after` for the next page. */
  readonly next?: string;
}

/** A page that is wanted. */
export interface NamePaging {
  readonly after?: string;
  readonly limit: number;
}

/** Charts that one listing of a group reads from its members. */
const MAX_GROUP_CHARTS = 50_000;
const PAGE = 1000;

/** Names of a project's repositories, in order; a group shows each name of its members once. */
export async function listChartNames(
  projects: Projects,
  name: string,
  paging: NamePaging,
  signal: AbortSignal | undefined,
): Promise<ChartNamePage> {
  const project = projects.find(name);
  if (project === undefined) return { names: [] };
  if (project.kind !== "group") return await memberNames(projects, project, paging, signal);
  const all = new Set<string>();
  for (const member of membersOf(projects, name).leaves) {
    let next: string | undefined;
    do {
      const page = await memberNames(projects, member, { limit: PAGE, ...(next && { after: next }) }, signal);
      for (const chart of page.names) all.add(chart);
      next = page.next;
    } while (next !== undefined && all.size < MAX_GROUP_CHARTS);
  }
  return pageOf([...all].sort(), paging);
}

async function memberNames(
  projects: Projects,
  project: HostedProject | ProxyProject,
  paging: NamePaging,
  signal: AbortSignal | undefined,
): Promise<ChartNamePage> {
  const { limit } = paging;
  const after = paging.after === undefined ? undefined : parseRepositoryName(`${project.name}/${paging.after}`);
  const options = after === undefined ? { limit } : { limit, after };
  const page = await projects.sourceOf(project).repositories(project.name, options, signal);
  const short = (repository: RepositoryName): string => repository.slice(project.name.length + 1);
  const names = page.names.map(short);
  return page.next === undefined ? { names } : { names, next: short(page.next) };
}

/** A project taken apart: itself, or the groups and the other projects that a group is made of, each once. */
export interface Members {
  readonly groups: readonly GroupProject[];
  readonly leaves: readonly (HostedProject | ProxyProject)[];
}

/** The members of a group, or the project alone. */
export function membersOf(projects: Projects, name: string): Members {
  const leaves = new Map<string, HostedProject | ProxyProject>();
  const groups: GroupProject[] = [];
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const project = seen.has(next) ? undefined : projects.find(next);
    seen.add(next);
    if (project?.kind === "group") {
      groups.push(project);
      waiting.push(...project.members.map((member) => member.project));
    } else if (project !== undefined) leaves.set(next, project);
  }
  return { groups, leaves: [...leaves.values()] };
}

function pageOf(sorted: readonly string[], { after, limit }: NamePaging): ChartNamePage {
  const start = after === undefined ? 0 : sorted.findIndex((name) => name > after);
  const names = start < 0 ? [] : sorted.slice(start, start + limit);
  const last = names.at(-1);
  return last === undefined || start + limit >= sorted.length ? { names } : { names, next: last };
}
