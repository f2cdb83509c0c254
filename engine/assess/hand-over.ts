import type { GitOpsTool } from "../kube/gitops-owner.ts";

/** A release, and the tool's own object by its name and namespace; a placeholder stands where the traces do not tell it. */
export interface HandOver {
  readonly release: { readonly name: string; readonly namespace: string };
  readonly tool: GitOpsTool;
  readonly name: string;
  readonly namespace: string;
}

/** How a release goes from a tool to Slipway, and the other way, step by step. */
export function handOverSteps(of: HandOver): { readonly here: readonly string[]; readonly there: readonly string[] } {
  switch (of.tool) {
    case "flux-helmrelease":
      return helmRelease(of);
    case "flux-kustomization":
      return kustomization(of);
    default:
      return application(of);
  }
}

/** Source: Flux's documentation of HelmRelease: a suspended one is deleted without uninstalling. */
function helmRelease({ release, name, namespace }: HandOver): ReturnType<typeof handOverSteps> {
  return {
    here: [
      `flux suspend helmrelease ${name} -n ${namespace} (in its repository: spec.suspend: true)`,
      `kubectl delete helmrelease ${name} -n ${namespace}, and take it out of its repository: a suspended one leaves the release and its objects`,
      `slipway upgrade ${release.name} CHART -n ${release.namespace} --alongside, once: it takes Flux's labels off; later upgrades need no flag`,
    ],
    there: [
      `write a HelmRelease with spec.releaseName: ${release.name}, spec.targetNamespace and spec.storageNamespace: ${release.namespace}, and the chart, version and values of "slipway get values ${release.name}"`,
      "let Flux reconcile it: it upgrades the release that is there",
      "leave the release to Flux from then on: Slipway refuses it as managed-by-gitops",
    ],
  };
}

function kustomization({ release, name, namespace }: HandOver): ReturnType<typeof handOverSteps> {
  return {
    here: [
      `set spec.prune: false in the Kustomization ${namespace}/${name} and let it reconcile`,
      "take the objects' manifests out of its repository and let it reconcile",
      giveUp("kustomize-controller"),
      once(release),
    ],
    there: [
      `slipway get manifest ${release.name} -n ${release.namespace}, into the repository of the Kustomization`,
      "let it reconcile: it applies the same fields beside Helm's",
      forget(release),
    ],
  };
}

function application({ release, name }: HandOver): ReturnType<typeof handOverSteps> {
  return {
    here: [
      `argocd app set ${name} --sync-policy none`,
      `argocd app delete ${name} --cascade=false: the objects stay`,
      giveUp("argocd-controller"),
      "where Argo CD patched client-side: kubectl annotate KIND NAME argocd.argoproj.io/tracking-id- and kubectl label KIND NAME argocd.argoproj.io/instance-",
      once(release),
    ],
    there: [
      `make an Application without automated sync, with the same chart, version and values, and source.helm.releaseName: ${release.name}`,
      "look at its diff, then sync it: it applies the same fields beside Helm's",
      forget(release),
    ],
  };
}

/** Source: server-side apply: a manager that applies an object without fields gives up all of its own; fields of nobody else go. */
function giveUp(manager: string): string {
  return `for each object, kubectl apply --server-side --field-manager=${manager} of apiVersion, kind and name alone: the manager gives up its fields and its tracking marks; do so behind a first step of the release where it owns fields that must stay`;
}

function once({ name, namespace }: HandOver["release"]): string {
  return `slipway upgrade --install ${name} CHART -n ${namespace} --take-ownership --alongside, once`;
}

function forget({ name, namespace }: HandOver["release"]): string {
  return `kubectl delete secret -n ${namespace} -l owner=helm,name=${name}: the release is forgotten, its objects stay`;
}
