import type { ActionState } from "../../engine/action/action.ts";
import type { PlanPins } from "../../engine/action/index.ts";
import type { ActionRequest } from "../../engine/action/request.ts";
import { isAllowed } from "../access/grant.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { defineRoute, NOTHING, type Route, type RouteRequest } from "../access/route.ts";
import { jsonResponse } from "../http/answer.ts";
import { sha256Hex } from "../http/digest.ts";
import { stringAt } from "../http/json.ts";
import { MAX_JSON_BYTES } from "../http/limits.ts";
import { ProblemError } from "../http/problem.ts";
import { operationSchema } from "../operations/operation-schema.ts";
import { targetOf } from "../operations/routes.ts";
import { answerOperation, CHANGE_PROBLEMS } from "../releases/change-routes.ts";
import { actionsOf, type Asked, type DeployDeps, launch, pinRequest, summaryOf } from "../releases/deploy.ts";
import { addressOfParams, RELEASE_PATH } from "../releases/release-path.ts";
import { planBody } from "../releases/request-schema.ts";
import { planSchema } from "./plan-schema.ts";
import { planJson, type PlanStoreDeps, readPlan, type StoredPlan } from "./plan-store.ts";

/** What planning takes besides changing. */
export interface PlanDeps extends DeployDeps, PlanStoreDeps {
  readonly startPlan: (request: ActionRequest) => ActionState;
  readonly applyPlan: (pins: PlanPins) => ActionState;
}

/** Planning a change, seeing the plan, and doing exactly that. */
export function planRoutes(deps: PlanDeps): readonly Route[] {
  return [planRoute(deps), getRoute(deps), applyRoute(deps)];
}

const OPERATION = {
  202: { description: "The operation, at its Location", schema: operationSchema },
  200: { description: "The operation, succeeded within Prefer: wait", schema: operationSchema },
} as const;

function planRoute(deps: PlanDeps): Route {
  return defineRoute({
    id: "planRelease",
    method: "POST",
    path: `${RELEASE_PATH}/plan`,
    tag: "plans",
    summary:
      "Says what a change would do, by the API server's own dry runs; `release.plan` of the operation is the plan's digest",
    keyed: true,
    bodyLimit: MAX_JSON_BYTES,
    body: planBody,
    query: NOTHING,
    answers: OPERATION,
    problems: CHANGE_PROBLEMS,
    handle: async (call) => {
      const asked = askedBy(call, call.nonce);
      assertMayPlan(call.principal, asked, actionsOf(call.body));
      const { request, chart } = await pinRequest(deps, asked, call.body);
      const summary = { planned: call.body.action, ...summaryOf(call.body, chart) };
      const begun = await launch(deps, asked, { action: "plan", state: deps.startPlan(request), summary });
      return await answerOperation(deps, call, begun);
    },
  });
}

function getRoute(deps: PlanDeps): Route {
  return defineRoute({
    id: "getPlan",
    method: "GET",
    path: "/v1/plans/{digest}",
    tag: "plans",
    summary: "A plan: steps, differences by object and field, conflicts and their decisions; secrets are masked",
    body: NOTHING,
    query: NOTHING,
    answers: { 200: { description: "The plan", schema: planSchema } },
    problems: ["plan-not-found", "forbidden"],
    handle: async (call) => jsonResponse(planJson(await findPlan(deps, call))),
  });
}

function applyRoute(deps: PlanDeps): Route {
  return defineRoute({
    id: "applyPlan",
    method: "POST",
    path: "/v1/plans/{digest}/apply",
    tag: "plans",
    summary:
      "Does exactly what was planned, once; refuses with plan-stale when anything that the plan rests on has changed",
    keyed: true,
    body: NOTHING,
    query: NOTHING,
    answers: OPERATION,
    problems: ["plan-not-found", "plan-stale", ...CHANGE_PROBLEMS],
    handle: async (call) => {
      const plan = await findPlan(deps, call);
      const nonce = (await sha256Hex(`apply ${plan.digest}`)).slice(0, 32);
      const asked = { ...askedBy(call, nonce), address: plan.address };
      for (const right of rightsOf(plan)) assertAllowed(call.principal, right, targetOf(plan.address));
      const state = deps.applyPlan(plan.pins);
      const begun = await launch(deps, asked, { action: plan.action, state, summary: { plan: plan.digest } });
      return await answerOperation(deps, call, begun);
    },
  });
}

async function findPlan(deps: PlanDeps, { params, principal }: RouteRequest): Promise<StoredPlan> {
  const digest = params["digest"] ?? "";
  const plan = await readPlan(deps, digest);
  if (plan === undefined) throw new ProblemError("plan-not-found", `there is no plan ${digest}`);
  assertMayPlan(principal, plan, rightsOf(plan));
  return plan;
}

type Right = Parameters<typeof assertAllowed>[1];

/** The rights to what is planned: of the action, and of what it turns out to be. */
function rightsOf({ action, report }: StoredPlan): readonly Right[] {
  return [...new Set([action, stringAt(report, "mode") ?? action])].map(rightOf);
}

function rightOf(action: string): Right {
  if (action === "install" || action === "upgrade" || action === "rollback" || action === "uninstall") {
    return `releases:${action}`;
  }
  throw new Error(`plan: no action ${action}`);
}

/** The right to plan is enough, and so are the rights to do what is planned. */
function assertMayPlan(principal: Principal, { address }: Pick<Asked, "address">, rights: readonly Right[]): void {
  const target = targetOf(address);
  if (rights.every((right) => isAllowed(principal.grants, right, target))) return;
  assertAllowed(principal, "releases:plan", target);
}

function askedBy(call: RouteRequest, nonce: string): Asked {
  const { principal, requestId, request } = call;
  const address = addressOfParams(call.params);
  return { address, principal, origin: "api", requestId, nonce, signal: request.signal };
}
