import type * as z from "zod";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import { outcomeProblem } from "../http/engine-problem.ts";
import { MAX_JSON_BYTES } from "../http/limits.ts";
import type { ProblemCode } from "../http/problem-table.ts";
import { readPrefer } from "../http/prefer.ts";
import { readStanding } from "../operations/journal.ts";
import { operationSchema } from "../operations/operation-schema.ts";
import type { Begun } from "../operations/start-operation.ts";
import { awaitOperation, operationJson } from "../operations/operation-view.ts";
import { dryRunJson } from "./dry-run.ts";
import { deploy, type DeployDeps } from "./deploy.ts";
import { addressOfParams, RELEASE_PATH } from "./release-path.ts";
import { type Change, installBody, rollbackBody, testBody, uninstallBody, upgradeBody } from "./request-schema.ts";

/** The ways to change a release, and its tests. */
export function changeRoutes(deps: DeployDeps): readonly Route[] {
  return [
    changeRoute(deps, "install", { body: installBody, summary: "Installs a chart as this release" }, (body) => ({
      action: "install",
      body,
    })),
    changeRoute(deps, "upgrade", { body: upgradeBody, summary: "Upgrades this release to a chart" }, (body) => ({
      action: "upgrade",
      body,
    })),
    changeRoute(deps, "rollback", { body: rollbackBody, summary: "Makes an earlier revision the newest" }, (body) => ({
      action: "rollback",
      body,
    })),
    changeRoute(deps, "uninstall", { body: uninstallBody, summary: "Deletes the objects of this release" }, (body) => ({
      action: "uninstall",
      body,
    })),
    changeRoute(deps, "test", { body: testBody, summary: "Runs the tests of this release" }, (body) => ({
      action: "test",
      body,
    })),
  ];
}

/** What starting a change can be refused with, or end as. */
export const CHANGE_PROBLEMS: readonly ProblemCode[] = [
  "forbidden",
  "cluster-not-found",
  "release-not-found",
  "chart-not-found",
  "operation-running",
  "release-busy",
  "release-exists",
  "release-held",
  "field-conflict",
  "ownership-conflict",
  "policy-denied",
  "invalid-chart",
  "invalid-values",
  "render-failed",
  "operation-failed",
  "cluster-refused",
  "cluster-unreachable",
  "upstream-unavailable",
  "timeout",
  "cancelled",
  "interrupted",
  "idempotency-in-progress",
  "idempotency-mismatch",
];

function changeRoute<Body>(
  deps: DeployDeps,
  action: Change["action"],
  described: { readonly body: z.ZodType<Body>; readonly summary: string },
  toChange: (body: Body) => Change,
): Route {
  return defineRoute({
    id: `${action}Release`,
    method: "POST",
    path: `${RELEASE_PATH}/${action}`,
    tag: "releases",
    keyed: true,
    bodyLimit: MAX_JSON_BYTES,
    query: NOTHING,
    ...described,
    answers: {
      202: { description: "The operation, at its Location", schema: operationSchema },
      200: { description: "The operation, succeeded within Prefer: wait", schema: operationSchema },
    },
    problems: CHANGE_PROBLEMS,
    handle: async (call) => {
      const { principal, requestId, nonce, request } = call;
      const asked = {
        address: addressOfParams(call.params),
        principal,
        origin: "api",
        requestId,
        nonce,
        signal: request.signal,
      };
      return await answerOperation(deps, call, await deploy(deps, asked, toChange(call.body)));
    },
  });
}

/** 202 at once, or what became of it when `Prefer: wait` was long enough: 200, or the problem that it failed with. */
export async function answerOperation(
  deps: DeployDeps,
  call: RouteRequest,
  { operation, run }: Begun,
): Promise<Response> {
  const prefer = readPrefer(call.request.headers);
  const location = `/v1/operations/${operation}`;
  const standing =
    prefer.wait === 0
      ? await readStanding(deps.store, operation)
      : await awaitOperation(deps, { operation, milliseconds: prefer.wait, signal: call.request.signal, run });
  if (standing === undefined) throw new Error("an operation that was just recorded is gone");
  const applied = prefer.applied === "" ? {} : { "preference-applied": prefer.applied };
  const error = standing.end?.error;
  if (prefer.wait > 0 && error !== undefined) throw outcomeProblem(error, operation, { location, ...applied });
  const status = prefer.wait > 0 && standing.end !== undefined ? 200 : 202;
  return jsonResponse(operationJson(standing, await dryRunJson(deps, call, standing)), {
    status,
    headers: { location, ...applied },
  });
}
