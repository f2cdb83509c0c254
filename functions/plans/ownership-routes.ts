import * as z from "zod";
import { getDrift, getOwnership } from "../../engine/action/index.ts";
import { policyOf } from "../../engine/action/options.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { targetOf } from "../operations/routes.ts";
import { findCluster, reachCluster } from "../releases/clusters.ts";
import type { DeployDeps } from "../releases/deploy.ts";
import { addressOfParams, RELEASE_PATH } from "../releases/release-path.ts";
import { fieldSchema } from "./plan-schema.ts";
import { maskHash } from "./plan-store.ts";

type OwnershipDeps = Pick<DeployDeps, "clusters" | "conflicts" | "box">;

const PROBLEMS: readonly ProblemCode[] = [
  "forbidden",
  "cluster-not-found",
  "release-not-found",
  "render-failed",
  "cluster-unreachable",
  "cluster-refused",
];

const named = { apiVersion: z.string(), kind: z.string(), namespace: z.string(), name: z.string() };

const ownershipItem: z.ZodType = z.object({
  ...named,
  exists: z.boolean(),
  fields: z.array(
    z.object({
      field: z.string(),
      owners: z.array(
        z.object({
          manager: z.string(),
          operation: z.string(),
          subresource: z.string(),
          since: z.string().optional(),
        }),
      ),
      decision: z
        .enum(["keep", "adopt", "change", "remove", "fail", "force", "yield"])
        .describe("What an upgrade with the same chart and values would do"),
      reason: z.string().optional(),
    }),
  ),
});

const driftItem: z.ZodType = z.object({
  ...named,
  drift: z.enum(["none", "missing", "changed", "refused"]),
  reason: z.string().optional(),
  fields: z.array(fieldSchema).describe("before: what is there; after: what the release wants"),
  yielded: z.array(z.string()).describe("Fields that are left to their owners until reclaim"),
});

interface DriftQuery {
  readonly ignore: readonly string[];
}

const driftQuery: z.ZodType<DriftQuery> = z.object({
  ignore: z
    .string()
    .max(4096)
    .default("")
    .describe("JSON pointers of fields that do not count, comma-separated; * stands for an item of a list")
    .transform((text) => text.split(",").filter(Boolean)),
});

/** Who owns what a release sets, and what differs from it. */
export function ownershipRoutes(deps: OwnershipDeps): readonly Route[] {
  return [ownershipRoute(deps), driftRoute(deps)];
}

function ownershipRoute(deps: OwnershipDeps): Route {
  return defineRoute({
    id: "getOwnership",
    method: "GET",
    path: `${RELEASE_PATH}/ownership`,
    tag: "releases",
    summary: "Who owns each field that the release sets, since when, and what an upgrade would do to it",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The objects", schema: listOf(ownershipItem) } },
    problems: PROBLEMS,
    handle: async (call) => {
      const { reached, query } = questionOf(deps, call);
      return jsonResponse({ items: toItems(await getOwnership(reached, query)) });
    },
  });
}

function driftRoute(deps: OwnershipDeps): Route {
  return defineRoute({
    id: "getDrift",
    method: "GET",
    path: `${RELEASE_PATH}/drift`,
    tag: "releases",
    summary: "What differs from the newest revision, by the API server's dry runs; secrets are masked",
    body: NOTHING,
    query: driftQuery,
    answers: { 200: { description: "The objects", schema: listOf(driftItem) } },
    problems: PROBLEMS,
    handle: async (call) => {
      const { reached, query } = questionOf(deps, call);
      const asked = { ...query, ignore: call.query.ignore, hash: maskHash(deps.box) };
      return jsonResponse({ items: toItems(await getDrift(reached, asked)) });
    },
  });
}

function questionOf(deps: OwnershipDeps, call: RouteRequest) {
  const address = addressOfParams(call.params);
  assertAllowed(call.principal, "releases:read", targetOf(address));
  const conflicts = findCluster(deps.clusters, address.cluster).conflicts ?? deps.conflicts;
  const { name, namespace } = address;
  return {
    reached: { ...reachCluster(deps.clusters, address.cluster), signal: call.request.signal },
    query: { name, namespace, policy: policyOf({ conflicts, forceConflicts: false }) },
  };
}

function toItems(list: readonly object[]): readonly JsonObject[] {
  return list.map((item): JsonObject => ({ ...item }));
}
