import * as z from "zod";
import { getRelease } from "../../engine/action/read.ts";
import { audit } from "../access/audit.ts";
import { assertAllowed, principalName } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import { MAX_JSON_BYTES } from "../http/limits.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import { findCluster, askCluster } from "./clusters.ts";
import type { DeployDeps } from "./deploy.ts";
import { endHold, type Hold, holdJson, putHold } from "./hold.ts";
import { addressOfParams, RELEASE_PATH } from "./release-path.ts";
import { holdSchema } from "./release-schema.ts";

interface HoldBody {
  readonly reason: string;
}

const holdBody: z.ZodType<HoldBody> = z.strictObject({
  reason: z.string().trim().min(1).max(500).describe("Shown to everybody who wants to change the release"),
});

const PROBLEMS: readonly ProblemCode[] = ["forbidden", "cluster-not-found", "operation-running"];
const ANSWER: z.ZodType = z.object({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  hold: holdSchema.optional(),
});

/** Keeping everybody from changing a release, and letting them again. */
export function holdRoutes(deps: DeployDeps): readonly Route[] {
  return [holdRoute(deps), unholdRoute(deps)];
}

function holdRoute(deps: DeployDeps): Route {
  return defineRoute({
    id: "holdRelease",
    method: "POST",
    path: `${RELEASE_PATH}/hold`,
    tag: "releases",
    summary: "Refuses every change of this release, by whomever, until its hold ends; an operation that runs goes on",
    keyed: true,
    bodyLimit: MAX_JSON_BYTES,
    body: holdBody,
    query: NOTHING,
    answers: { 200: { description: "The release and its hold", schema: ANSWER } },
    problems: [...PROBLEMS, "release-not-found", "cluster-unreachable", "cluster-refused"],
    handle: async (call) => {
      const address = allowed(call);
      const { name, namespace } = address;
      await getRelease(askCluster(deps, address.cluster, call.request.signal), { name, namespace });
      const by = principalName(call.principal);
      const hold = await putHold(deps.records, address, { reason: call.body.reason, by, now: deps.clock.now() });
      return await answer(deps, call, address, { hold, change: "hold" });
    },
  });
}

function unholdRoute(deps: DeployDeps): Route {
  return defineRoute({
    id: "unholdRelease",
    method: "POST",
    path: `${RELEASE_PATH}/unhold`,
    tag: "releases",
    summary: "Ends the hold of this release; there need not be one",
    keyed: true,
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The release, not on hold", schema: ANSWER } },
    problems: PROBLEMS,
    handle: async (call) => {
      const address = allowed(call);
      findCluster(deps.clusters, address.cluster);
      await endHold(deps.records, address);
      return await answer(deps, call, address, { hold: undefined, change: "unhold" });
    },
  });
}

function allowed(call: RouteRequest): ReleaseAddress {
  const address = addressOfParams(call.params);
  assertAllowed(call.principal, "releases:hold", targetOf(address));
  return address;
}

async function answer(
  deps: DeployDeps,
  call: RouteRequest,
  address: ReleaseAddress,
  { hold, change }: { readonly hold: Hold | undefined; readonly change: "hold" | "unhold" },
): Promise<Response> {
  const entry = { action: "releases:hold", target: releaseKey(address), result: "allowed" } as const;
  await audit(deps, {
    ...entry,
    principal: call.principal,
    request: call.requestId,
    detail: { change, ...holdJson(hold) },
  });
  return jsonResponse({ ...address, ...holdJson(hold) });
}
