import type { Discovery } from "../kube/discovery.ts";
import { isKubeError } from "../kube/error.ts";
import type { GitOpsOwner, GitOpsTool } from "../kube/gitops-owner.ts";
import { listObjects } from "../kube/list.ts";
import type { KubeSession } from "../kube/session.ts";
import { memberAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { Unread } from "./finding.ts";

/** A tool's own object, as far as anyone asks. */
export interface GitOpsObject {
  readonly tool: GitOpsTool;
  readonly name: string;
  readonly namespace: string;
  /** It leaves its objects alone for now: a suspended one of Flux, an Application without automated sync. */
  readonly paused: boolean;
  /** HelmReleases: the release that it makes. */
  readonly release?: { readonly name: string; readonly namespace: string };
}

/** The tools' own objects of a cluster. */
export interface GitOpsObjects {
  readonly objects: readonly GitOpsObject[];
  /** The tools of which all objects were read: one that is not among them does not exist. */
  readonly complete: ReadonlySet<GitOpsTool>;
  readonly unread: readonly Unread[];
}

interface ToolKind {
  readonly tool: GitOpsTool;
  readonly group: string;
  readonly kind: string;
}

const KINDS: readonly ToolKind[] = [
  { tool: "flux-helmrelease", group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" },
  { tool: "flux-kustomization", group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" },
  { tool: "argocd-application", group: "argoproj.io", kind: "Application" },
];

/** Reads the tools' own objects: one page of each kind that the cluster has. */
export async function readGitOpsObjects(session: KubeSession, discovery: Discovery): Promise<GitOpsObjects> {
  const objects: GitOpsObject[] = [];
  const complete = new Set<GitOpsTool>();
  const unread: Unread[] = [];
  for (const kind of KINDS) {
    const mapping = discovery.preferredFor(kind);
    if (mapping === undefined) {
      complete.add(kind.tool);
      continue;
    }
    try {
      const list = await listObjects(session, mapping, { maxPages: 1 });
      objects.push(...list.items.map((item) => gitOpsObject(kind.tool, item)));
      if (list.complete) complete.add(kind.tool);
      else unread.push({ what: `${kind.kind}s`, why: "there are more than one page holds" });
    } catch (error) {
      if (!isKubeError(error, "forbidden", "not-found", "not-served", "bad-response")) throw error;
      unread.push({ what: `${kind.kind}s`, why: error.message });
    }
  }
  return { objects, complete, unread };
}

/** Flux names a release as its HelmRelease, behind the target namespace where there is one, unless it is told a name. */
function gitOpsObject(tool: GitOpsTool, item: KubeObject): GitOpsObject {
  const [name, namespace] = [getName(item), getNamespace(item)];
  const of = { tool, name, namespace };
  if (tool === "argocd-application") {
    const automated = memberAt(item, "spec", "syncPolicy", "automated");
    return { ...of, paused: automated === undefined || automated === null || memberAt(automated, "enabled") === false };
  }
  const paused = memberAt(item, "spec", "suspend") === true;
  if (tool === "flux-kustomization") return { ...of, paused };
  const target = stringAt(item, "spec", "targetNamespace") ?? "";
  const told = stringAt(item, "spec", "releaseName") ?? "";
  const release = {
    name: told !== "" ? told : target === "" ? name : `${target}-${name}`,
    namespace: stringAt(item, "spec", "storageNamespace") ?? namespace,
  };
  return { ...of, paused, release };
}

/** How an owner that left traces stands now. */
export type OwnerState = "active" | "paused" | "gone" | "unknown";

/** Looks an owner up among the tools' own objects. */
export function ownerState(known: GitOpsObjects, owner: GitOpsOwner): OwnerState {
  const candidates = known.objects.filter((one) => one.tool === owner.tool);
  if (owner.name === undefined) {
    return candidates.length === 0 && known.complete.has(owner.tool) ? "gone" : "unknown";
  }
  const found = candidates.filter(
    (one) => one.name === owner.name && (owner.namespace === undefined || one.namespace === owner.namespace),
  );
  if (found.length === 0) return known.complete.has(owner.tool) ? "gone" : "unknown";
  return found.every((one) => one.paused) ? "paused" : "active";
}

/** The HelmRelease that makes a release, if one does. */
export function helmReleaseOf(
  known: GitOpsObjects,
  release: { readonly name: string; readonly namespace: string },
): GitOpsOwner | undefined {
  const found = known.objects.find(
    (one) => one.release?.name === release.name && one.release.namespace === release.namespace,
  );
  if (found === undefined) return undefined;
  const { tool, name, namespace } = found;
  return { tool, name, namespace, evidence: "it names this release" };
}
