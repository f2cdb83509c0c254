import type { GitOpsTool } from "../kube/gitops-owner.ts";

/** A release, and the tool's own object by its name and namespace; a placeholder stands where the traces do not tell it. */
export interface HandOver {
  readonly release: { readonly name: string; readonly namespace: string };
  readonly tool: GitOpsTool;
  readonly name: string;
  readonly namespace: string;
  /** The tool's object is no longer there: only its traces are. */
  readonly gone: boolean;
}

interface Steps {
  /** What stops the tool. */
  readonly stop: readonly string[];
  /** What Slipway does then, and what takes the tool's traces away. */
  readonly take: readonly string[];
  /** The other way. */
  readonly give: readonly string[];
}

/** How a release goes from a tool to Slipway, and the other way, step by step. */
export function handOverSteps(of: HandOver): readonly string[] {
  const { stop, take, give } = STEPS[of.tool](of);
  return [...numbered("to Slipway", of.gone ? take : [...stop, ...take]), ...(of.gone ? [] : numbered("back", give))];
}

const STEPS: Readonly<Record<GitOpsTool, (of: HandOver) => Steps>> = {
  "flux-helmrelease": helmRelease,
  "flux-kustomization": kustomization,
  "argocd-application": application,
};

function numbered(where: string, steps: readonly string[]): readonly string[] {
  return steps.map((step, i) => `${where} ${i + 1}: ${step}`);
}

/** Source: Flux's documentation of HelmRelease: a suspended one is deleted without uninstalling. */
function helmRelease({ release, name, namespace }: HandOver): Steps {
  const { name: own, namespace: at } = release;
  return {
    stop: [
      `flux suspend helmrelease ${name} -n ${namespace}, and spec.suspend: true where it comes from`,
      `kubectl delete helmrelease ${name} -n ${namespace}, and take it out of its repository: a suspended one leaves the release as it is`,
    ],
    take: [
      `slipway upgrade ${own} CHART -n ${at} --alongside, once: it takes off the labels that Flux put into the manifest`,
      `where the labels stay, ${giveUp("helm-controller")}`,
    ],
    give: [
      `make a HelmRelease with spec.releaseName: ${own}, spec.targetNamespace and spec.storageNamespace: ${at}, and the present chart, version and values (slipway get values ${own} -n ${at})`,
      "let Flux reconcile it: it upgrades the release that is there; Slipway refuses to change it from then on",
    ],
  };
}

function kustomization({ release, name, namespace }: HandOver): Steps {
  return {
    stop: [
      `set spec.prune: false in the Kustomization ${namespace}/${name} and let it reconcile`,
      "take the objects out of its repository and let it reconcile: they stay in the cluster",
    ],
    take: [once(release), giveUp("kustomize-controller")],
    give: [
      `put slipway get manifest ${release.name} -n ${release.namespace} into the repository of the Kustomization and let it reconcile: it applies the same fields beside Helm's`,
      forget(release),
    ],
  };
}

function application({ release, name }: HandOver): Steps {
  return {
    stop: [
      `argocd app set ${name} --sync-policy none`,
      `argocd app delete ${name} --cascade=false: the objects stay in the cluster`,
    ],
    take: [
      once(release),
      giveUp("argocd-controller"),
      "where marks stay, as Argo CD patched client-side: kubectl annotate KIND NAME argocd.argoproj.io/tracking-id- and kubectl label KIND NAME argocd.argoproj.io/instance-",
    ],
    give: [
      `make an Application without automated sync, with the present chart, version and values, and source.helm.releaseName: ${release.name}`,
      "look at its diff, then sync it: it applies the same fields beside Helm's",
      forget(release),
    ],
  };
}

/** Source: server-side apply. Fields that another manager has applied meanwhile stay: so Slipway must have gone before. */
function giveUp(manager: string): string {
  return `for each object, kubectl apply --server-side --field-manager=${manager} -f FILE, where FILE has nothing but apiVersion, kind, name and namespace: what nobody else applies goes, the marks of the tool among it`;
}

function once({ name, namespace }: HandOver["release"]): string {
  return `slipway upgrade --install ${name} CHART -n ${namespace} --take-ownership --alongside, once`;
}

function forget({ name, namespace }: HandOver["release"]): string {
  return `kubectl delete secret -n ${namespace} -l owner=helm,name=${name}: the release is forgotten, its objects stay`;
}
