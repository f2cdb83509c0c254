import { handleChartRepository } from "./chart-repository.ts";
import type { HttpDeps } from "./context.ts";
import type { Answer, RegistryRequest } from "./exchange.ts";
import { createStoredIndexes } from "./stored-index.ts";
import { handleDistribution } from "./distribution.ts";
import { createIndexCache } from "./index-cache.ts";

/** The registry's HTTP faces, `/v2/…` and `/helm/…`, chosen by the path alone: pulls are too frequent for a router. Never throws. */
export function createRegistryApp(deps: HttpDeps): (request: RegistryRequest) => Promise<Answer> {
  const indexes = createIndexCache({ projects: deps.projects, stored: createStoredIndexes(deps) });
  return async (request) => {
    return request.target.startsWith("/helm/")
      ? await handleChartRepository(deps, indexes, request)
      : await handleDistribution(deps, request);
  };
}
