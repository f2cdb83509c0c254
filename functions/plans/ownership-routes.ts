import * as z from "zod";
import {
  getDrift,
  getOwnership,
  type IgnoreRule,
  type StandingCursor,
  type StandingPage,
} from "../../engine/action/index.ts";
import { policyOf } from "../../engine/action/options.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { createRequestBudget } from "../../engine/kube/session.ts";
import { matchesPattern } from "../access/grant.ts";
import { assertAllowed } from "../access/principal.ts";
import { defineRoute, NOTHING, type Call, type Route } from "../access/route.ts";
import { listOf } from "../access/token-schema.ts";
import { jsonResponse } from "../http/answer.ts";
import type { DriftRule } from "../config/config.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import type { ReleaseAddress } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import { askCluster, findCluster } from "../releases/clusters.ts";
import type { DeployDeps } from "../releases/deploy.ts";
import { addressOfParams, RELEASE_PATH } from "../releases/release-path.ts";
import { objectMembers, ownedFieldMembers } from "../releases/release-schema.ts";
import { fieldSchema } from "./plan-schema.ts";
import { maskHash } from "./plan-store.ts";

interface OwnershipDeps extends Pick<DeployDeps, "clusters" | "clock" | "conflicts" | "box" | "subrequests"> {
  readonly drift: readonly DriftRule[];
}

const PROBLEMS: readonly ProblemCode[] = [
  "invalid-request",
  "forbidden",
  "cluster-not-found",
  "release-not-found",
  "render-failed",
  "cluster-unreachable",
  "cluster-refused",
];

const ownershipItem: z.ZodType = z.object({
  ...objectMembers,
  exists: z.boolean(),
  fields: z.array(z.object(ownedFieldMembers(["keep", "adopt", "change", "remove", "fail", "force", "yield"]))),
});

const driftItem: z.ZodType = z.object({
  ...objectMembers,
  drift: z.enum(["none", "missing", "changed", "refused"]),
  reason: z.string().optional(),
  fields: z.array(fieldSchema).describe("before: what is there; after: what the release wants"),
  yielded: z.array(z.string()).describe("Fields that are left to their owners until reclaim"),
});

interface PageQuery {
  readonly after?: StandingCursor | undefined;
}

interface DriftQuery extends PageQuery {
  readonly ignore: readonly string[];
}

const after = z
  .string()
  .regex(/^[0-9]{1,9}\.[0-9]{1,9}$/, "must be the `next` of an answer")
  .describe("The `next` of the answer before")
  .transform((text): StandingCursor => {
    const [revision = 0, position = 0] = text.split(".").map(Number);
    return { revision, position };
  })
  .optional();

const pageQuery: z.ZodType<PageQuery> = z.strictObject({ after });

const driftQuery: z.ZodType<DriftQuery> = z.strictObject({
  after,
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
    query: pageQuery,
    answers: {
      200: { description: "The objects, in manifest order; `next` when there are more", schema: listOf(ownershipItem) },
    },
    problems: PROBLEMS,
    handle: async (call) => {
      const { reached, query } = questionOf(deps, call);
      return jsonResponse(pageJson(await getOwnership(reached, query)));
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
    answers: {
      200: { description: "The objects, in manifest order; `next` when there are more", schema: listOf(driftItem) },
    },
    problems: PROBLEMS,
    handle: async (call) => {
      const { reached, query } = questionOf(deps, call);
      const ignore = [{ pointers: call.query.ignore }, ...ignoredFor(deps.drift, addressOfParams(call.params))];
      return jsonResponse(pageJson(await getDrift(reached, { ...query, ignore, hash: maskHash(deps.box) })));
    },
  });
}

function matches(patterns: readonly string[] | undefined, value: string): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesPattern(pattern, value));
}

/** What the configuration says is no drift of a release. */
function ignoredFor(rules: readonly DriftRule[], { cluster, namespace, name }: ReleaseAddress): readonly IgnoreRule[] {
  return rules
    .filter(
      (rule) => matches(rule.clusters, cluster) && matches(rule.namespaces, namespace) && matches(rule.releases, name),
    )
    .map(({ kinds, ignore }) => ({ kinds, pointers: ignore }));
}

function questionOf(deps: OwnershipDeps, call: Call<unknown, PageQuery>) {
  const address = addressOfParams(call.params);
  assertAllowed(call.principal, "releases:read", targetOf(address));
  const conflicts = findCluster(deps.clusters, address.cluster).conflicts ?? deps.conflicts;
  const { name, namespace } = address;
  return {
    reached: {
      ...askCluster(deps, address.cluster, call.request.signal),
      budget: createRequestBudget(deps.subrequests),
    },
    query: {
      name,
      namespace,
      policy: policyOf({ conflicts, forceConflicts: false }),
      ...(call.query.after === undefined ? {} : { from: call.query.after }),
    },
  };
}

function pageJson({ items, next }: StandingPage<object>): JsonObject {
  return {
    items: items.map((item): JsonObject => ({ ...item })),
    ...(next === undefined ? {} : { next: `${next.revision}.${next.position}` }),
  };
}
