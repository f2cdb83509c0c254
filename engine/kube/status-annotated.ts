import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, isTerminating } from "../object/read.ts";
import { firstTrue, parseReadiness, type ReadinessExpression } from "./readiness-expression.ts";
import { type ComputedStatus, generationStatus } from "./status.ts";

/** The annotations of HIP-0025. Helm 4.3 does not look at them. */
export const READINESS_SUCCESS = "helm.sh/readiness-success";
export const READINESS_FAILURE = "helm.sh/readiness-failure";

type Annotated =
  | { readonly kind: "none" }
  | { readonly kind: "invalid"; readonly problem: string }
  | {
      readonly kind: "rules";
      readonly success: readonly ReadinessExpression[];
      readonly failure: readonly ReadinessExpression[];
    };

/**
 * The status of an object that says itself when it is ready; `undefined` when it does not, or not in a way that can be read. Failure wins
 * over success. What is written about an older generation counts for nothing.
 */
export function annotatedStatus(object: KubeObject): ComputedStatus | undefined {
  const rules = readAnnotations(object);
  if (rules.kind !== "rules") return undefined;
  if (isTerminating(object)) return undefined;
  const old = generationStatus(object);
  if (old !== undefined) return old;
  const failed = firstTrue(rules.failure, object);
  if (failed !== undefined) return { status: "Failed", message: `${READINESS_FAILURE} is met: ${failed.text}` };
  const ready = firstTrue(rules.success, object);
  if (ready !== undefined) return { status: "Current", message: `${READINESS_SUCCESS} is met: ${ready.text}` };
  const wanted = rules.success.map((one) => one.text).join(", or ");
  return { status: "InProgress", message: `${READINESS_SUCCESS} is not met: ${wanted}` };
}

/** Why an object's readiness annotations are passed over, for people; `undefined` when they are not. */
export function annotationProblem(object: KubeObject): string | undefined {
  const rules = readAnnotations(object);
  if (rules.kind !== "invalid") return undefined;
  return `${object.kind} ${getName(object)}: ${rules.problem}; it is waited for by the rules of its kind`;
}

function readAnnotations(object: KubeObject): Annotated {
  const success = stringAt(object.metadata, "annotations", READINESS_SUCCESS);
  const failure = stringAt(object.metadata, "annotations", READINESS_FAILURE);
  if (success === undefined && failure === undefined) return { kind: "none" };
  if (success === undefined || failure === undefined) {
    const [there, missing] =
      success === undefined ? [READINESS_FAILURE, READINESS_SUCCESS] : [READINESS_SUCCESS, READINESS_FAILURE];
    return { kind: "invalid", problem: `${there} needs ${missing} beside it` };
  }
  const [good, bad] = [parseReadiness(success), parseReadiness(failure)];
  if (typeof good === "string") return { kind: "invalid", problem: `${READINESS_SUCCESS} cannot be read: ${good}` };
  if (typeof bad === "string") return { kind: "invalid", problem: `${READINESS_FAILURE} cannot be read: ${bad}` };
  return { kind: "rules", success: good, failure: bad };
}
