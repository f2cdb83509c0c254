import type { WriteTarget } from "../../engine/action/action.ts";
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
  action: AccessAction,
  on: { readonly cluster: string; readonly release: string },
  targets: readonly WriteTarget[],
): void {
  const refused = targets.filter((target) =>
    target.namespace === ""
      ? !isKindAllowed(principal.grants, action, { cluster: on.cluster, group: target.group, kind: target.kind })
      : !isAllowed(principal.grants, action, { ...on, namespace: target.namespace }),
  );
  if (refused.length === 0) return;
  const names = refused.slice(0, MAX_NAMED).map(describe);
  throw new ProblemError("forbidden", `${principalName(principal)} may not write ${names.join(", ")}`, {
    detail: { action, objects: refused.slice(0, MAX_NAMED).map(toJson), count: refused.length },
  });
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
