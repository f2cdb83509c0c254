import type { ResourceMapping } from "../kube/mapping.ts";
import type { KubeObject } from "../object/object.ts";

/** What is done with a wanted object. */
export type ObjectWrite =
  /** It is not there. */
  | "create"
  /** It is there and something differs, or that it does not cannot be told. */
  | "apply"
  /** It is there, and applying it would change nothing. */
  | "unchanged";

/** How an object is written without server-side apply. */
export type ClientWrite =
  /** POST. `skip`: one that is there stays as it is; `own`: it must be one that this release made meanwhile. */
  | { readonly manner: "create"; readonly existing: "own" | "skip" }
  /**
   * A patch made from what was wanted before, what is wanted now and what is there. `original`: what was wanted before; `target`: the
   * object was taken on, so that nothing is deleted; `live`: nobody knows.
   */
  | { readonly manner: "patch"; readonly original: KubeObject | "target" | "live"; readonly threeWay: boolean }
  /** PUT over what is there. */
  | { readonly manner: "replace" };

/** A wanted object and what is done with it. */
export interface PlannedObject {
  /** As the chart wants it, with ownership and namespace. */
  readonly object: KubeObject;
  readonly mapping: ResourceMapping;
  readonly write: ObjectWrite;
  /** What is sent instead of `object`, when fields are left to their owners. */
  readonly send?: KubeObject;
  /** Printed paths of the fields that are left to their owners. */
  readonly yielded: readonly string[];
  /** Take over what others own. */
  readonly force: boolean;
  /** Fields of `helm`'s own client-side entry become applied ones first. */
  readonly migrate: boolean;
  /** Absent: server-side apply. */
  readonly client?: ClientWrite;
}

/** An object that the last revision had and the new one has not. */
export interface PlannedRemoval {
  /** `apiVersion`, `kind`, name and namespace are all that counts. */
  readonly object: KubeObject;
  readonly mapping: ResourceMapping;
  readonly write: "delete" | "keep";
  /** Only this one is deleted, none that was made anew. Absent: whatever has the name, as Helm does. */
  readonly uid?: string;
}

/** A CRD file of the chart's `crds/`. */
export interface PlannedCrd {
  /** As Helm names it in errors: `crds/foo.yaml`. */
  readonly name: string;
  readonly objects: readonly PlannedObject[];
}

/** A hook's objects. `index` is its position in the release. */
export interface PlannedHook {
  readonly index: number;
  readonly objects: readonly { readonly object: KubeObject; readonly mapping: ResourceMapping }[];
}

/** Objects that are written together, and that the next ones wait for: positions `from` up to and without `to`. */
export interface PlannedBatch {
  /** As people read them. */
  readonly titles: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Everything that an operation will write, decided before anything is. */
export interface Plan {
  /** The namespace to be made, if any. */
  readonly namespace?: PlannedObject;
  readonly crds: readonly PlannedCrd[];
  readonly hooks: readonly PlannedHook[];
  /** In manifest order; in that of `batches` where there are any. */
  readonly objects: readonly PlannedObject[];
  readonly removals: readonly PlannedRemoval[];
  /** Errors are joined as Helm's `Create` does (by lines, force never), or as its `Update` does (by ` && `). */
  readonly manner: "create" | "update";
  /** Helm compatibility, under the policy `helm`: why the manifests cannot be built, told where Helm finds it out. */
  readonly unbuilt?: string;
  /** Absent: everything in one go. Of an uninstall those of `removals`, of anything else those of `objects`. */
  readonly batches?: readonly PlannedBatch[];
  /** What goes with a deleted object; `Background` when absent. */
  readonly propagation?: "Background" | "Foreground" | "Orphan";
}
