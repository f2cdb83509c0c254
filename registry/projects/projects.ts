import { OciError } from "../../engine/oci/error.ts";
import { type RepositoryName, type Tag, versionToTag } from "../../engine/oci/repository-name.ts";
import { createChartListing } from "../content/listing.ts";
import { createClassicProxy } from "../upstream/classic-source.ts";
import { createProxyContext, type UpstreamDeps } from "../upstream/context.ts";
import { createOciProxy } from "../upstream/oci-source.ts";
import { chartToOci } from "./chart-to-oci.ts";
import { guardPulls } from "./guarded.ts";
import { locateInGroup } from "./group.ts";
import { createHostedSource } from "./hosted.ts";
import { type FindProject, type HostedProject, type Project, type ProxyProject, splitRepository } from "./project.ts";
import { createClassicSource, createOciSource } from "./proxied.ts";
import { rememberPulls } from "./pulled.ts";
import type { RepositorySource } from "./source.ts";

/** A repository as it is stored, and how to read it. */
export interface LocatedRepository {
  readonly project: HostedProject | ProxyProject;
  readonly repository: RepositoryName;
  readonly source: RepositorySource;
  /** Where `source` reads several members of a group as one: each of them, in its order. */
  readonly merged?: readonly LocatedRepository[];
}

/** The configured projects. */
export interface Projects {
  readonly find: FindProject;
  /** Where a repository is read; groups are followed to the member that answers. Throws OciError `NAME_UNKNOWN`. */
  readonly locate: (repository: RepositoryName, signal?: AbortSignal) => Promise<LocatedRepository>;
  /** Where a repository is pushed to. Throws OciError `NAME_UNKNOWN`, or `DENIED` for projects that take no push. */
  readonly locateHosted: (repository: RepositoryName) => HostedProject;
  /** How a project that is no group is read. */
  readonly sourceOf: (project: HostedProject | ProxyProject) => RepositorySource;
}

/** What projects are made of. */
export interface ProjectsDeps extends UpstreamDeps {
  readonly find: FindProject;
}

/** A group may hold groups; a circle ends here. */
const MAX_GROUP_DEPTH = 4;

/** Resolves repository names to sources. */
export function createProjects(deps: ProjectsDeps): Projects {
  const hosted = createHostedSource({ ...deps, listing: createChartListing(deps.store) });
  const proxies = new Map<string, RepositorySource>();
  const sourceOf = (project: HostedProject | ProxyProject): RepositorySource => {
    if (project.kind === "hosted") return hosted;
    const source = proxies.get(project.name) ?? createProxySource(deps, project, hosted);
    proxies.set(project.name, source);
    return source;
  };
  const locate = async (
    repository: RepositoryName,
    depth: number,
    signal: AbortSignal | undefined,
  ): Promise<LocatedRepository | undefined> => {
    const parts = splitRepository(repository);
    const project = parts === undefined ? undefined : deps.find(parts.project);
    if (parts === undefined || project === undefined || depth > MAX_GROUP_DEPTH) return undefined;
    if (project.kind !== "group") return { project, repository, source: sourceOf(project) };
    return await locateInGroup(project, parts.path, async (name) => await locate(name, depth + 1, signal), signal);
  };
  return {
    find: deps.find,
    sourceOf,
    locate: async (repository, signal) => {
      const located = await locate(repository, 0, signal);
      if (located === undefined) throw new OciError("NAME_UNKNOWN");
      return located;
    },
    locateHosted: (repository) => requireHosted(findProject(deps.find, repository)),
  };
}

function findProject(find: FindProject, repository: RepositoryName): Project | undefined {
  const parts = splitRepository(repository);
  return parts === undefined ? undefined : find(parts.project);
}

function requireHosted(project: Project | undefined): HostedProject {
  if (project === undefined) throw new OciError("NAME_UNKNOWN");
  if (project.kind !== "hosted") throw new OciError("DENIED", { message: "this project takes no pushes" });
  return project;
}

function createProxySource(deps: ProjectsDeps, project: ProxyProject, local: RepositorySource): RepositorySource {
  const source =
    project.upstream.kind === "oci" ? ociSource(deps, project, local) : classicSource(deps, project, local);
  return project.cap === undefined ? source : rememberPulls(deps, source);
}

function ociSource(deps: ProjectsDeps, project: ProxyProject, local: RepositorySource): RepositorySource {
  const { upstream, name, policy } = project;
  if (upstream.kind !== "oci") throw new Error(`project ${name}: its upstream is no registry`);
  const early = deps.early && policy === undefined;
  const source = createOciSource(createOciProxy(createProxyContext({ ...deps, early }, name, upstream)), local);
  return policy === undefined ? source : guardPulls(deps, { project: name, policy, source });
}

function classicSource(deps: ProjectsDeps, project: ProxyProject, local: RepositorySource): RepositorySource {
  const { upstream, name, policy } = project;
  if (upstream.kind !== "classic") throw new Error(`project ${name}: its upstream is no chart repository`);
  const proxy = createClassicProxy(createProxyContext(deps, name, upstream), chartToOci);
  const source = createClassicSource(proxy, local);
  if (policy === undefined) return source;
  const publishedAt = async (repository: RepositoryName, tag: Tag): Promise<number | undefined> => {
    const entry = (await proxy.entries(repository)).list.find(({ version }) => versionToTag(version) === tag);
    const time = Date.parse(entry?.created ?? "");
    return Number.isNaN(time) ? undefined : time;
  };
  return guardPulls(deps, { project: name, policy, source, publishedAt });
}
