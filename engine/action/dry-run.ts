import type { JsonObject } from "../errors.ts";
import {
  addressOf,
  applyObject,
  createObject,
  getObject,
  patchObject,
  replaceObject,
  type WriteResult,
} from "../kube/client.ts";
import { applyFailure } from "../kube/apply-text.ts";
import { conflictsOf } from "../kube/conflict-cause.ts";
import { isKubeError } from "../kube/error.ts";
import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getNamespace, getResourceVersion } from "../object/read.ts";
import { patchFor } from "../plan/decide.ts";
import type { Plan, PlannedObject } from "../plan/plan.ts";
import { isTransient } from "./failure.ts";
import type { Step } from "./step.ts";

/** What the server says about a write that it does not store. */
export type DryRun =
  /** Nothing would be written. */
  | { readonly kind: "unneeded" }
  /** The server cannot tell before something else of the plan is there. */
  | { readonly kind: "impossible"; readonly reason: string }
  | {
      readonly kind: "sent";
      readonly before: KubeObject | null;
      readonly after: KubeObject;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "refused"; readonly message: string; readonly conflicts: readonly JsonObject[] };

/** Requests that one dry run takes at most: a read and a write. */
export const DRY_RUN_REQUESTS = 2;

/** What a dry run is made of. `live`: as it was read; `undefined` where it was not there, `unread` where nobody looked. */
export interface DryRunTarget {
  readonly planned: PlannedObject;
  readonly live: KubeObject | undefined | "unread";
  /** A conflict would stop it: shown is what forcing would do. */
  readonly forced: boolean;
  readonly impossible: string | undefined;
}

/** Asks the server what a write would do. Nothing is stored. Throws what may go away by itself. */
export async function dryRun(step: Step, target: DryRunTarget): Promise<DryRun> {
  const { planned } = target;
  if (planned.write === "unchanged") return { kind: "unneeded" };
  if (target.impossible !== undefined) return { kind: "impossible", reason: target.impossible };
  try {
    const live =
      target.live === "unread"
        ? await getObject(step.session, planned.mapping, addressOf(planned.object))
        : target.live;
    const result = await send(step, target, live);
    if (result === undefined) return { kind: "unneeded" };
    return { kind: "sent", before: live ?? null, after: result.object, warnings: result.warnings };
  } catch (error) {
    if (!isKubeError(error) || error.code === "budget" || isTransient(error)) throw error;
    const conflicts = conflictsOf(error).map((one) => ({ ...one }));
    return { kind: "refused", message: applyFailure(planned.object, error), conflicts };
  }
}

/** Helm compatibility: what is made client-side and is there already stays as it is. */
function send(
  step: Step,
  { planned, forced }: DryRunTarget,
  live: KubeObject | undefined,
): Promise<WriteResult | undefined> {
  const { object, mapping, client } = planned;
  const options = { dryRun: true, fieldValidation: "Strict" } as const;
  if (client === undefined) {
    const force = planned.force || planned.migrate || forced;
    return applyObject(step.session, mapping, planned.send ?? object, { force, dryRun: true });
  }
  if (live === undefined) return createObject(step.session, mapping, object, { dryRun: true });
  if (client.manner === "create") return Promise.resolve(undefined);
  if (client.manner === "replace") {
    const metadata = { ...object.metadata, resourceVersion: getResourceVersion(live) ?? "" };
    return replaceObject(step.session, mapping, { ...object, metadata }, options);
  }
  const patch = patchFor(object, live, client);
  return patch === undefined
    ? Promise.resolve(undefined)
    : patchObject(step.session, mapping, addressOf(object), { ...patch, dryRun: true });
}

/** Why the server cannot say anything about an object of a plan yet; `undefined` where it can. */
export function impossibleReason(plan: Plan, planned: PlannedObject): string | undefined {
  const namespace = getNamespace(planned.object);
  const made = plan.objects.filter((one) => one.object.kind === "Namespace" && one.write === "create");
  const spaces = [...(plan.namespace === undefined ? [] : [plan.namespace]), ...made];
  const space = spaces.find((one) => one !== planned && addressOf(one.object).name === namespace);
  if (namespace !== "" && space !== undefined) return `its namespace ${namespace} is made by the same plan`;
  const { group, kind } = planned.mapping;
  const written = plan.crds.flatMap((crd) => crd.objects).filter((one) => one.write !== "unchanged");
  if (written.some((crd) => bringsKind(crd.object, group, kind))) return `its kind ${kind} is brought by the same plan`;
  return undefined;
}

function bringsKind(crd: KubeObject, group: string, kind: string): boolean {
  return stringAt(crd, "spec", "group") === group && stringAt(crd, "spec", "names", "kind") === kind;
}
