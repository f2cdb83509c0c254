import type { LookupTarget, WriteTarget } from "../../engine/action/action.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { ProblemError } from "../http/problem.ts";
import { type AccessAction, isAllowed, isKindAllowed } from "./grant.ts";
import { type Principal, principalName } from "./principal.ts";

/** Objects named in a refusal at most. */
const MAX_NAMED = 20;

/**
 * The second decision: every object and hook of a decided plan. An object in another namespace needs the grant there; a cluster-scoped
 * one needs its kind in `clusterScoped`. Throws `forbidden` with all objects that are not allowed.
 */
export function assertTargets(
  principal: Principal,
  name: string,
  on: { readonly cluster: string; readonly release: string },
  targets: readonly WriteTarget[],
): void {
  const action = actionNamed(name);
  refuse(principal, action, refusedOf(principal, action, on, targets));
}

/** The same for a plan, which writes nothing: the right to plan is enough, and so is the right to do what is planned. */
export function assertPlanTargets(
  principal: Principal,
  name: string,
  on: { readonly cluster: string; readonly release: string },
  targets: readonly WriteTarget[],
): void {
  const unplanned = refusedOf(principal, "releases:plan", on, targets);
  refuse(principal, "releases:plan", refusedOf(principal, actionNamed(name), on, unplanned));
}

function refusedOf(
  principal: Principal,
  action: AccessAction,
  on: { readonly cluster: string; readonly release: string },
  targets: readonly WriteTarget[],
): readonly WriteTarget[] {
  return targets.filter((target) =>
    target.namespace === ""
      ? !isKindAllowed(principal.grants, action, { cluster: on.cluster, group: target.group, kind: target.kind })
      : !isAllowed(principal.grants, action, { ...on, namespace: target.namespace }),
  );
}

function refuse(principal: Principal, action: AccessAction, refused: readonly WriteTarget[]): void {
  if (refused.length === 0) return;
  const names = refused.slice(0, MAX_NAMED).map(describe);
  throw new ProblemError("forbidden", `${principalName(principal)} may not write ${names.join(", ")}`, {
    detail: { action, objects: refused.slice(0, MAX_NAMED).map(toJson), count: refused.length },
  });
}

/** The right that an operation's own writes need. A rollback that undoes an upgrade is part of the upgrade. */
function actionNamed(name: string): AccessAction {
  if (name === "install" || name === "upgrade" || name === "rollback" || name === "uninstall" || name === "test")
    return `releases:${name}`;
  throw new Error(`access: no action ${name}`);
}

/**
 * A template's `lookup` sees what the principal may: its own namespace without Secrets; Secrets by `secrets:read`; other namespaces,
 * cluster-scoped kinds and lists over all namespaces by `releases:read` there. Throws `forbidden`, never an empty answer.
 */
export function assertLookup(
  principal: Principal,
  on: { readonly cluster: string; readonly namespace: string; readonly release: string },
  target: LookupTarget,
): void {
  const namespace = target.namespace === "" ? "*" : target.namespace;
  const isSecret = target.kind === "Secret" && target.apiVersion === "v1";
  const own = namespace === on.namespace && !isSecret;
  const action = isSecret ? "secrets:read" : "releases:read";
  if (own || isAllowed(principal.grants, action, { cluster: on.cluster, namespace })) return;
  const what = `${target.kind} ${target.namespace === "" ? "" : `${target.namespace}/`}${target.name}`;
  throw new ProblemError(
    "forbidden",
    `${principalName(principal)} may not look up ${what}: it has no grant of ${action} there`,
    {
      detail: { action, kind: target.kind, namespace: target.namespace },
    },
  );
}

function describe(target: WriteTarget): string {
  const kind = target.group === "" ? target.kind : `${target.group}/${target.kind}`;
  return target.namespace === ""
    ? `${kind} ${target.name} (cluster-scoped)`
    : `${kind} ${target.namespace}/${target.name}`;
}

function toJson(target: WriteTarget): JsonObject {
  return { ...target };
}
