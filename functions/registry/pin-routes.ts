import * as z from "zod";
import { audit, type AuditDeps } from "../access/audit.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import { pageQuery } from "../http/page.ts";
import { ProblemError } from "../http/problem.ts";
import { type HeldChart, type HeldChartDeps, listHeldCharts, releasePins } from "./pins.ts";

/** What the routes over pins take. */
export interface PinRouteDeps extends AuditDeps, HeldChartDeps {}

const BODY_LIMIT = 4096;
/** Pins that one request lets go. */
const RELEASED = 200;

/** The charts that collection leaves alone for releases, and how an operator lets go of those whose cluster is gone. */
export function pinRoutes(deps: PinRouteDeps): readonly Route[] {
  return [listRoute(deps), releaseRoute(deps)];
}

const held = z.object({
  cluster: z.string(),
  namespace: z.string(),
  release: z.string(),
  version: z.string(),
  digest: z.string(),
  wanted: z.string().describe("When an operation or a plan asked for the chart last"),
  configured: z.boolean().describe("False: the cluster is configured no more, and the pin stays until it is released"),
  until: z.string().describe("When the pin ends; absent while it is needed").optional(),
});

const clusterName = z.string().min(1).max(63);

function listRoute(deps: PinRouteDeps): Route {
  return defineRoute({
    id: "listRegistryPins",
    method: "GET",
    path: "/v1/registry/pins",
    tag: "registry",
    summary: "The charts that collection leaves alone for releases",
    body: NOTHING,
    query: pageQuery.extend({ cluster: clusterName.describe("Of this cluster alone").optional() }),
    answers: { 200: { description: "A page of pins, by cluster and release", schema: listOf(held) } },
    problems: ["forbidden"],
    handle: async ({ principal, query: { limit, after, cluster } }) => {
      assertAllowed(principal, "registry:maintain");
      const { items, next } = await listHeldCharts(deps, {
        limit,
        ...(after === undefined ? {} : { after }),
        ...(cluster === undefined ? {} : { cluster }),
      });
      return jsonResponse({ items: items.map(shown), ...(next === undefined ? {} : { next }) });
    },
  });
}

function shown({ address, digest, version, wanted, configured, until }: HeldChart) {
  const { cluster, namespace, name } = address;
  const end = until === undefined ? {} : { until: new Date(until).toISOString() };
  return {
    cluster,
    namespace,
    release: name,
    version,
    digest,
    wanted: new Date(wanted).toISOString(),
    configured,
    ...end,
  };
}

function releaseRoute(deps: PinRouteDeps): Route {
  return defineRoute({
    id: "releaseRegistryPins",
    method: "POST",
    path: "/v1/registry/pins/release",
    tag: "registry",
    summary: "Let go of the pins of a cluster that is configured no more; ask again with `next` until there is none",
    bodyLimit: BODY_LIMIT,
    body: z.strictObject({
      cluster: clusterName,
      after: z.string().max(1024).describe("`next` of the answer before").optional(),
    }),
    query: NOTHING,
    answers: {
      200: {
        description: "How many end in a week",
        schema: z.object({ released: z.number(), next: z.string().optional() }),
      },
    },
    problems: ["forbidden", "invalid-request"],
    handle: async ({ principal, body: { cluster, after }, requestId }) => {
      assertAllowed(principal, "registry:maintain");
      assertGone(deps, cluster);
      const entry = { principal, action: "registry:maintain", target: "registry", result: "allowed" } as const;
      await audit(deps, { ...entry, request: requestId, detail: { what: "release pins", cluster } });
      const from = after === undefined ? {} : { after };
      return jsonResponse({ ...(await releasePins(deps, { cluster, limit: RELEASED, ...from })) });
    },
  });
}

/** Pins of a cluster that is there go by themselves when nothing needs them. */
function assertGone({ configured }: HeldChartDeps, cluster: string): void {
  if (!configured.includes(cluster)) return;
  const detail = `cluster ${cluster} is configured: its pins go when its releases need them no more`;
  throw new ProblemError("invalid-request", `the pins were not released: ${detail}`, {
    errors: [{ pointer: "/cluster", detail }],
  });
}
