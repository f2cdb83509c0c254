import { handleChartRepository } from "./chart-repository.ts";
import type { HttpDeps } from "./context.ts";
import { handleDistribution } from "./distribution.ts";
import { createIndexCache } from "./index-cache.ts";

/** The registry's HTTP faces, `/v2/…` and `/helm/…`, chosen by the path alone: pulls are too frequent for a router. Never throws. */
export function createRegistryApp(deps: HttpDeps): (request: Request) => Promise<Response> {
  const indexes = createIndexCache(deps.projects);
  return async (request) => {
    const { url } = request;
    const path = url.indexOf("/", url.indexOf("//") + 2);
    return url.startsWith("/helm/", path)
      ? await handleChartRepository(deps, indexes, request)
      : await handleDistribution(deps, request);
  };
}
