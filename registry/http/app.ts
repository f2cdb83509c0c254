import { Hono } from "hono";
import type { HttpDeps } from "./context.ts";
import { handleChartRepository } from "./chart-repository.ts";
import { handleDistribution } from "./distribution.ts";
import { createIndexCache } from "./index-cache.ts";

/** The registry's HTTP faces as an application to mount: `/v2/…` and `/helm/…`. */
export function createRegistryApp(deps: HttpDeps): Hono {
  const app = new Hono();
  const distribution = async (request: Request): Promise<Response> => await handleDistribution(deps, request);
  app.all("/v2", async (c) => await distribution(c.req.raw));
  app.all("/v2/*", async (c) => await distribution(c.req.raw));
  const indexes = createIndexCache(deps.projects);
  app.all("/helm/:project/*", async (c) => await handleChartRepository(deps, indexes, c.req.raw));
  return app;
}
