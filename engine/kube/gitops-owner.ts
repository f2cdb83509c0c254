import { fieldManagersOf } from "../object/managed-fields-entry.ts";
import { parseApiVersion } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getAnnotation, getLabel, getName, getNamespace } from "../object/read.ts";

/** What keeps objects as a repository says. */
export type GitOpsTool = "argocd-application" | "flux-helmrelease" | "flux-kustomization";

/** Who else manages an object. `name` and `namespace` are of the tool's own object, where the traces tell it. */
export type GitOpsOwner = {
  readonly tool: GitOpsTool;
  readonly name?: string;
  readonly namespace?: string;
  /** The trace: a label, an annotation or a field manager. */
  readonly evidence: string;
};

interface Traces {
  readonly tool: GitOpsTool;
  /** The group of the tool's own objects: there its controller writes as a matter of course. */
  readonly group: string;
  /** How people name one. */
  readonly title: string;
  /** Field managers that it writes objects with. */
  readonly managers: readonly string[];
}

const ARGO: Traces = {
  tool: "argocd-application",
  group: "argoproj.io",
  title: "Argo CD Application",
  managers: ["argocd-controller", "argocd-application-controller"],
};
const FLUX_HELM: Traces = {
  tool: "flux-helmrelease",
  group: "helm.toolkit.fluxcd.io",
  title: "Flux HelmRelease",
  managers: ["helm-controller"],
};
const FLUX_KUSTOMIZE: Traces = {
  tool: "flux-kustomization",
  group: "kustomize.toolkit.fluxcd.io",
  title: "Flux Kustomization",
  managers: ["kustomize-controller"],
};
const ALL: readonly Traces[] = [ARGO, FLUX_HELM, FLUX_KUSTOMIZE];

const INSTANCE_LABEL = "argocd.argoproj.io/instance";
const TRACKING_ANNOTATION = "argocd.argoproj.io/tracking-id";

/** The GitOps tools that also manage an object, each once, by its labels, annotations and managed fields; a manifest has no managed fields. */
export function gitOpsOwners(object: KubeObject): readonly GitOpsOwner[] {
  return ALL.flatMap((traces) => {
    const named = traces === ARGO ? trackedBy(object) : labelledBy(object, traces);
    const found = named ?? writtenBy(object, traces);
    return found === undefined ? [] : [found];
  });
}

/** `Argo CD Application "web"`, `Flux HelmRelease "apps/web"`. */
export function printGitOpsOwner(owner: Pick<GitOpsOwner, "tool" | "name" | "namespace">): string {
  const title = ALL.find((one) => one.tool === owner.tool)?.title ?? owner.tool;
  if (owner.name === undefined) return title;
  return `${title} "${owner.namespace === undefined ? "" : `${owner.namespace}/`}${owner.name}"`;
}

function labelledBy(object: KubeObject, { tool, group }: Traces): GitOpsOwner | undefined {
  const name = getLabel(object, `${group}/name`);
  if (name === undefined || name === "") return undefined;
  const namespace = getLabel(object, `${group}/namespace`);
  const evidence = `label ${group}/name`;
  return { tool, name, ...(namespace === undefined ? {} : { namespace }), evidence };
}

function trackedBy(object: KubeObject): GitOpsOwner | undefined {
  const { tool } = ARGO;
  const id = getAnnotation(object, TRACKING_ANNOTATION) ?? "";
  const application = id === "" ? undefined : applicationOf(object, id);
  if (application !== undefined) return { tool, ...application, evidence: `annotation ${TRACKING_ANNOTATION}` };
  const name = getLabel(object, INSTANCE_LABEL);
  return name === undefined || name === ""
    ? undefined
    : { tool, ...instanceOf(name), evidence: `label ${INSTANCE_LABEL}` };
}

/**
 * A tracking id is `APPLICATION:GROUP/KIND:NAMESPACE/NAME`; Argo CD does not heed one that came along with a copy of another object.
 * Cluster-scoped objects stand there with a namespace or without.
 */
function applicationOf(object: KubeObject, id: string): Pick<GitOpsOwner, "name" | "namespace"> | undefined {
  const [application = "", kind = "", ...rest] = id.split(":");
  const at = rest.join(":");
  if (application === "") return undefined;
  const { group } = parseApiVersion(object.apiVersion);
  const namespace = getNamespace(object);
  const isItself =
    kind === `${group}/${object.kind}` &&
    (namespace === "" ? at.slice(at.indexOf("/") + 1) === getName(object) : at === `${namespace}/${getName(object)}`);
  return isItself ? instanceOf(application) : undefined;
}

/** Applications outside of Argo CD's own namespace are named `NAMESPACE_NAME`. */
function instanceOf(text: string): Pick<GitOpsOwner, "name" | "namespace"> {
  const at = text.indexOf("_");
  return at < 0 ? { name: text } : { namespace: text.slice(0, at), name: text.slice(at + 1) };
}

function writtenBy(object: KubeObject, { tool, group, managers }: Traces): GitOpsOwner | undefined {
  if (parseApiVersion(object.apiVersion).group === group) return undefined;
  const entry = fieldManagersOf(object).find((one) => one.subresource === "" && managers.includes(one.manager));
  return entry === undefined ? undefined : { tool, evidence: `field manager ${entry.manager}` };
}
