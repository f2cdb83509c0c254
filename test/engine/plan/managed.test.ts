import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../engine/errors.ts";
import { gitOpsOwners, printGitOpsOwner } from "../../../engine/kube/gitops-owner.ts";
import type { KubeObject } from "../../../engine/object/object.ts";
import { managedObjects, managedRefusal, managedText } from "../../../engine/plan/managed.ts";

const TRACKING = "argocd.argoproj.io/tracking-id";

function deployment(metadata: JsonObject, apiVersion = "apps/v1", kind = "Deployment"): KubeObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop", ...metadata } };
}

function writtenBy(manager: string, more: JsonObject = {}): JsonObject {
  const entry = { manager, operation: "Apply", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1: {} };
  return { managedFields: [{ ...entry, ...more }] };
}

describe("who else manages an object", () => {
  test.each<[string, KubeObject, readonly string[]]>([
    ["nobody, when only helm wrote it", deployment({ labels: { app: "web" }, ...writtenBy("helm") }), []],
    [
      "nobody, by the label that every chart sets",
      deployment({ labels: { "app.kubernetes.io/instance": "web", "app.kubernetes.io/managed-by": "Helm" } }),
      [],
    ],
    [
      "an Application, by the tracking annotation",
      deployment({ annotations: { [TRACKING]: "store:apps/Deployment:shop/web" } }),
      [`Argo CD Application "store" by annotation ${TRACKING}`],
    ],
    [
      "an Application of another namespace, as Argo CD names it",
      deployment({ annotations: { [TRACKING]: "team_store:apps/Deployment:shop/web" } }),
      [`Argo CD Application "team/store" by annotation ${TRACKING}`],
    ],
    [
      "nobody, when the tracking annotation was copied from another object",
      deployment({ annotations: { [TRACKING]: "store:apps/Deployment:shop/other" } }),
      [],
    ],
    [
      "an Application, when names hold colons",
      deployment(
        { name: "system:web", namespace: "", annotations: { [TRACKING]: "store:rbac/ClusterRole:/system:web" } },
        "rbac/v1",
        "ClusterRole",
      ),
      [`Argo CD Application "store" by annotation ${TRACKING}`],
    ],
    ["nobody, by a tracking annotation that is none", deployment({ annotations: { [TRACKING]: "::" } }), []],
    [
      "an Application, by the instance label",
      deployment({ labels: { "argocd.argoproj.io/instance": "store" } }),
      ['Argo CD Application "store" by label argocd.argoproj.io/instance'],
    ],
    [
      "an Application without a name, by who applied it",
      deployment(writtenBy("argocd-controller")),
      ["Argo CD Application by field manager argocd-controller"],
    ],
    [
      "an Application without a name, by who patched it",
      deployment(writtenBy("argocd-application-controller", { operation: "Update" })),
      ["Argo CD Application by field manager argocd-application-controller"],
    ],
    ["nobody, when a controller wrote the status alone", deployment(writtenBy("x", { subresource: "status" })), []],
    [
      "nobody, when Argo CD wrote the status of its own object",
      deployment(
        writtenBy("argocd-application-controller", { operation: "Update" }),
        "argoproj.io/v1alpha1",
        "Application",
      ),
      [],
    ],
    [
      "a HelmRelease, by its labels",
      deployment({
        labels: { "helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "flux" },
        ...writtenBy("helm-controller"),
      }),
      ['Flux HelmRelease "flux/web" by label helm.toolkit.fluxcd.io/name'],
    ],
    [
      "a Kustomization and a HelmRelease, both",
      deployment({
        labels: { "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system" },
        ...writtenBy("helm-controller"),
      }),
      [
        "Flux HelmRelease by field manager helm-controller",
        'Flux Kustomization "flux-system/apps" by label kustomize.toolkit.fluxcd.io/name',
      ],
    ],
    [
      "nobody, when its own controller put a finalizer on a HelmRelease of the chart",
      deployment(writtenBy("helm-controller", { operation: "Update" }), "helm.toolkit.fluxcd.io/v2", "HelmRelease"),
      [],
    ],
  ])("%s", (_, object, expected) => {
    expect(gitOpsOwners(object).map((one) => `${printGitOpsOwner(one)} by ${one.evidence}`)).toEqual(expected);
  });
});

describe("objects of a release", () => {
  test("are told once per tool, and the trace that names the tool's object wins", () => {
    const live = deployment(writtenBy("helm-controller"));
    const recorded = deployment({ labels: { "helm.toolkit.fluxcd.io/name": "web" } });
    const service = deployment({ labels: { "helm.toolkit.fluxcd.io/name": "web" } }, "v1", "Service");
    const managed = managedObjects([live, recorded, recorded, service]);
    expect(managed.map(managedText)).toEqual([
      'Deployment shop/web is also managed by the Flux HelmRelease "web" (label helm.toolkit.fluxcd.io/name)',
      'Service shop/web is also managed by the Flux HelmRelease "web" (label helm.toolkit.fluxcd.io/name)',
    ]);
  });

  test("make a refusal that names the object, the tool and the choices, and lists no more than 100", () => {
    const many = Array.from({ length: 150 }, (_, i) =>
      deployment({ name: `web-${i}`, labels: { "argocd.argoproj.io/instance": "store" } }),
    );
    const [first, ...rest] = managedObjects(many);
    if (first === undefined) throw new Error("nothing found");
    const { message, detail } = managedRefusal("web", [first, ...rest]);
    expect(message).toBe(
      'web is not changed: Deployment shop/web-0 is also managed by the Argo CD Application "store" (label argocd.argoproj.io/instance), and 149 more such; nothing was written. ' +
        'Choose: make the change where the Argo CD Application "store" takes it from; or hand the objects over first: `slipway assess` tells the steps; or --alongside ("alongside": true) works beside it.',
    );
    expect(detail).toMatchObject({ count: 150 });
    expect(detail["managed"]).toHaveLength(100);
  });
});
