import { Hono } from "hono";
import type { HttpDeps } from "./context.ts";
import { handleDistribution } from "./distribution.ts";

/** The registry's HTTP faces as an application to mount: `/v2/…`. */
export function createRegistryApp(deps: HttpDeps): Hono {
  const app = new Hono();
  const distribution = async (request: Request): Promise<Response> => await handleDistribution(deps, request);
  app.all("/v2", async (c) => await distribution(c.req.raw));
  app.all("/v2/*", async (c) => await distribution(c.req.raw));
  return app;
}
