import * as z from "zod";
import type { ReleaseSummary } from "../../engine/release/summary.ts";
import { audit } from "../access/audit.ts";
import { assertAllowed, principalName } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import { MAX_JSON_BYTES } from "../http/limits.ts";
import { ProblemError } from "../http/problem.ts";
import { createLeaseGuard, LEASE_TIME, leaseTransport } from "../operations/lease-guard.ts";
import { operationId, type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";
import { targetOf } from "../operations/routes.ts";
import { reachCluster } from "./clusters.ts";
import type { DeployDeps } from "./deploy.ts";
import { failPending } from "./fail-pending.ts";
import { assertNotHeld } from "./hold.ts";
import { addressOfParams, RELEASE_PATH } from "./release-path.ts";
import { releaseItem } from "./release-schema.ts";

interface UnlockBody {
  readonly revision?: number | undefined;
  readonly description?: string | undefined;
}

const unlockBody: z.ZodType<UnlockBody> = z.strictObject({
  revision: z.number().int().min(1).describe("Refuse when another revision is pending").optional(),
  description: z.string().max(256).optional(),
});

/** Ends what another program left pending. Somebody decides it: no time alone does. */
export function unlockRoute(deps: DeployDeps): Route {
  return defineRoute({
    id: "unlockRelease",
    method: "POST",
    path: `${RELEASE_PATH}/unlock`,
    tag: "releases",
    summary: "Marks the pending revision of a program that is gone as failed; refused while an operation of ours runs",
    keyed: true,
    bodyLimit: MAX_JSON_BYTES,
    body: unlockBody,
    query: NOTHING,
    answers: { 200: { description: "The revision, failed now", schema: releaseItem } },
    problems: [
      "forbidden",
      "cluster-not-found",
      "release-not-found",
      "release-not-pending",
      "release-held",
      "operation-running",
      "release-busy",
      "cluster-refused",
      "cluster-unreachable",
    ],
    handle: async (call) => {
      const address = addressOfParams(call.params);
      assertAllowed(call.principal, "releases:unlock", targetOf(address));
      await assertNotHeld(deps.records, address);
      const summary = await unlock(deps, call, address, call.body);
      const entry = { action: "releases:unlock", target: releaseKey(address), result: "allowed" } as const;
      const detail = { revision: summary.revision };
      await audit(deps, { ...entry, principal: call.principal, request: call.requestId, detail });
      return jsonResponse({ ...summary });
    },
  });
}

/** Under the release's lease, so that no operation of ours begins meanwhile. */
async function unlock(
  deps: DeployDeps,
  call: RouteRequest,
  address: ReleaseAddress,
  body: UnlockBody,
): Promise<ReleaseSummary> {
  const { store, clock, clusters } = deps;
  const reached = reachCluster(clusters, address.cluster);
  const key = releaseKey(address);
  const taken = await store.acquire(key, operationId(address, call.nonce), LEASE_TIME);
  if (taken.kind === "held") throw running(taken.by.operation);
  try {
    const [unfinished] = await store.unfinished(key);
    if (unfinished !== undefined) throw running(unfinished.operation);
    const guard = createLeaseGuard(store, clock, taken.lease);
    const cluster = leaseTransport(reached.cluster, guard);
    const description =
      body.description ?? `Unlocked by ${principalName(call.principal)}: whoever began this revision is gone`;
    return await failPending({ ...reached, cluster }, address, {
      revision: body.revision,
      description,
      now: clock.now(),
    });
  } finally {
    await store.release(taken.lease);
  }
}

function running(operation: string): ProblemError {
  return new ProblemError("operation-running", `an operation of this server works on the release: ${operation}`, {
    operation,
    headers: { "retry-after": "5" },
  });
}
