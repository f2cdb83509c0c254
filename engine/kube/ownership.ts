import type { JsonObject, JsonValue } from "../errors.ts";
import { isJsonObject } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation, getLabel, getName, getNamespace } from "../object/read.ts";
import { quote } from "../go/quote.ts";

/** The label that says who manages an object. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
/** Its value on everything that a release owns. */
export const MANAGED_BY_HELM = "Helm";
/** The annotation with the release's name. */
export const RELEASE_NAME_ANNOTATION = "meta.helm.sh/release-name";
/** The annotation with the namespace of the release's record. */
export const RELEASE_NAMESPACE_ANNOTATION = "meta.helm.sh/release-namespace";
/** `keep` in the live object leaves it in the cluster when its release drops it. */
export const RESOURCE_POLICY_ANNOTATION = "helm.sh/resource-policy";

/** The three as field paths: they are never left to another manager. */
export const OWNERSHIP_FIELDS: readonly string[] = [
  `.metadata.labels.${MANAGED_BY_LABEL}`,
  `.metadata.annotations.${RELEASE_NAME_ANNOTATION}`,
  `.metadata.annotations.${RELEASE_NAMESPACE_ANNOTATION}`,
];

/** Which release owns something. */
export interface ReleaseOwner {
  readonly name: string;
  readonly namespace: string;
}

/** The object with the release's label and annotations, over what it had. */
export function withOwnership(object: KubeObject, owner: ReleaseOwner): KubeObject {
  const labels = { ...members(object.metadata["labels"]), [MANAGED_BY_LABEL]: MANAGED_BY_HELM };
  const annotations = {
    ...members(object.metadata["annotations"]),
    [RELEASE_NAME_ANNOTATION]: owner.name,
    [RELEASE_NAMESPACE_ANNOTATION]: owner.namespace,
  };
  return { ...object, metadata: { ...object.metadata, labels, annotations } };
}

function members(map: JsonValue | undefined): JsonObject {
  return isJsonObject(map) ? map : {};
}

/**
 * Whether a live object belongs to the release. `undefined`: it does. A text: Helm's refusal, to be put behind
 * `unable to continue with install: ` or `… update: `.
 */
export function ownershipProblem(live: KubeObject, owner: ReleaseOwner): string | undefined {
  const problems = ownershipProblems(live, owner);
  if (problems.length === 0) return undefined;
  const text = problems.join("; ");
  return `${describeObject(live)} exists and cannot be imported into the current release: invalid ownership metadata; ${text}`;
}

/** The failing checks, in Helm's order and words; empty when the release owns the object. */
export function ownershipProblems(live: KubeObject, owner: ReleaseOwner): readonly string[] {
  return [
    problem("label", MANAGED_BY_LABEL, MANAGED_BY_HELM, getLabel(live, MANAGED_BY_LABEL)),
    problem("annotation", RELEASE_NAME_ANNOTATION, owner.name, getAnnotation(live, RELEASE_NAME_ANNOTATION)),
    problem(
      "annotation",
      RELEASE_NAMESPACE_ANNOTATION,
      owner.namespace,
      getAnnotation(live, RELEASE_NAMESPACE_ANNOTATION),
    ),
  ].filter((text) => text !== undefined);
}

function problem(of: string, key: string, wanted: string, actual: string | undefined): string | undefined {
  if (actual === wanted) return undefined;
  const [name, value] = [quote(key), quote(wanted)];
  if (actual === undefined) return `${of} validation error: missing key ${name}: must be set to ${value}`;
  return `${of} validation error: key ${name} must equal ${value}: current value is ${quote(actual)}`;
}

/** As Helm names an object: `Deployment "web" in namespace "default"`. */
export function describeObject(object: KubeObject): string {
  return `${object.kind} ${quote(getName(object))} in namespace ${quote(getNamespace(object))}`;
}
