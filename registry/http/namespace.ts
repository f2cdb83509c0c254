import type { Project } from "../projects/project.ts";
import type { RequestContext } from "./context.ts";
import { queryOf } from "./context.ts";
import type { Route } from "./route.ts";

/** A project that shows a registry of others, as mirror clients (containerd) ask for it. */
export interface Mirror {
  /** What clients call the registry. */
  readonly namespace: string;
  /** What names there begin with. */
  readonly prefix: string;
  readonly project: string;
}

/** A route, and the namespace that chose its project. */
export interface NamespacedRoute {
  readonly route: Route;
  readonly namespace?: string;
}

/** Clients say `docker.io`; the registry itself answers at another name. */
const CALLED: Readonly<Record<string, string>> = { "registry-1.docker.io": "docker.io" };

/** The configured proxies of registries, those with the longest prefix first. */
export function mirrorsOf(projects: readonly Project[]): readonly Mirror[] {
  const mirrors = projects.flatMap((project): readonly Mirror[] => {
    if (project.kind !== "proxy" || project.upstream.kind !== "oci") return [];
    const { url, prefix = "" } = project.upstream;
    const { host } = new URL(url);
    return [{ namespace: CALLED[host] ?? host, prefix, project: project.name }];
  });
  return mirrors.toSorted((a, b) => b.prefix.length - a.prefix.length);
}

/**
 * `?ns=HOST` of a read: a name whose first part is no project of ours is looked for in the proxy of that registry. It chooses among the
 * configured upstreams only; any other namespace changes nothing.
 */
export function inNamespace(context: RequestContext, route: Route): NamespacedRoute {
  const { deps, method, search } = context;
  if (!search.includes("ns=") || (method !== "GET" && method !== "HEAD") || !isRead(route)) return { route };
  const namespace = queryOf(context).get("ns");
  const { name } = route;
  if (namespace === null || deps.projects.find(name.split("/")[0] ?? "") !== undefined) return { route };
  const mirror = deps.mirrors.find((one) => one.namespace === namespace && name.startsWith(one.prefix));
  if (mirror === undefined) return { route };
  return { route: { ...route, name: `${mirror.project}/${name.slice(mirror.prefix.length)}` }, namespace };
}

function isRead(route: Route): route is Extract<Route, { kind: "manifest" | "blob" | "tags" | "referrers" }> {
  return ["manifest", "blob", "tags", "referrers"].includes(route.kind);
}
