import * as z from "zod";
import type { JsonObject } from "../../engine/errors.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { docsPage } from "./docs-page.ts";
import { jsonResponse, textResponse } from "../http/answer.ts";
import { describeThrown, type Log } from "../http/log.ts";
import type { Metrics } from "../http/metrics.ts";
import { ProblemError } from "../http/problem.ts";
import { openApi } from "./openapi.ts";

export interface SystemDeps {
  readonly version: string;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Asks the stores something small; throws when one is not there. */
  readonly probe: () => Promise<void>;
  /** All routes, these included. */
  readonly routes: () => readonly Route[];
}

/** Health, description, metrics. */
export function systemRoutes(deps: SystemDeps): readonly Route[] {
  return [healthRoute(), readyRoute(deps), descriptionRoute(deps), docsRoute(deps), metricsRoute(deps)];
}

const nothing = { tag: "system", method: "GET", body: NOTHING, query: NOTHING } as const;

function healthRoute(): Route {
  return defineRoute({
    ...nothing,
    id: "health",
    path: "/healthz",
    summary: "The process answers",
    access: "open",
    answers: { 200: { description: "It does", schema: z.object({ status: z.literal("ok") }) } },
    handle: async () => jsonResponse({ status: "ok" }),
  });
}

function readyRoute(deps: SystemDeps): Route {
  return defineRoute({
    ...nothing,
    id: "ready",
    path: "/readyz",
    summary: "The stores answer",
    access: "open",
    answers: { 200: { description: "They do", schema: z.object({ status: z.literal("ok") }) } },
    handle: async () => {
      try {
        await deps.probe();
      } catch (thrown) {
        deps.log.write("error", "not ready", describeThrown(thrown));
        throw new ProblemError("store-unavailable", "a store does not answer");
      }
      return jsonResponse({ status: "ok" });
    },
  });
}

function descriptionRoute(deps: SystemDeps): Route {
  let made: JsonObject | undefined;
  return defineRoute({
    ...nothing,
    id: "describe",
    path: "/openapi.json",
    summary: "This description",
    access: "open",
    answers: { 200: { description: "OpenAPI 3.1", schema: z.record(z.string(), z.unknown()) } },
    handle: async () => {
      made ??= openApi(deps.routes(), deps.version);
      return jsonResponse(made);
    },
  });
}

function docsRoute(deps: SystemDeps): Route {
  return defineRoute({
    ...nothing,
    id: "docs",
    path: "/docs",
    summary: "The routes as a page",
    access: "open",
    answers: { 200: { description: "A page", mediaType: "text/html" } },
    handle: async () => textResponse(docsPage(deps.routes(), deps.version), "text/html; charset=utf-8"),
  });
}

function metricsRoute(deps: SystemDeps): Route {
  return defineRoute({
    ...nothing,
    id: "metrics",
    path: "/metrics",
    summary: "Counters as Prometheus reads them",
    answers: { 200: { description: "Text format 0.0.4", mediaType: "text/plain" } },
    problems: ["forbidden"],
    handle: async ({ principal }) => {
      assertAllowed(principal, "audit:read");
      return textResponse(deps.metrics.render(), "text/plain; version=0.0.4; charset=utf-8");
    },
  });
}
