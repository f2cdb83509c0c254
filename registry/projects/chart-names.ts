import { parseRepositoryName, type RepositoryName } from "../../engine/oci/repository-name.ts";
import type { HostedProject, ProxyProject } from "./project.ts";
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
  for (const member of leafProjects(projects, name)) {
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

/** The hosted and proxy projects below a group, each once. */
function leafProjects(projects: Projects, group: string): readonly (HostedProject | ProxyProject)[] {
  const leaves = new Map<string, HostedProject | ProxyProject>();
  const seen = new Set<string>();
  const waiting = [group];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const project = seen.has(name) ? undefined : projects.find(name);
    seen.add(name);
    if (project?.kind === "group") waiting.push(...project.members.map((member) => member.project));
    else if (project !== undefined) leaves.set(name, project);
  }
  return [...leaves.values()];
}

function pageOf(sorted: readonly string[], { after, limit }: NamePaging): ChartNamePage {
  const start = after === undefined ? 0 : sorted.findIndex((name) => name > after);
  const names = start < 0 ? [] : sorted.slice(start, start + limit);
  const last = names.at(-1);
  return last === undefined || start + limit >= sorted.length ? { names } : { names, next: last };
}
