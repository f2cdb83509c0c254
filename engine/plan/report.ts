import type { JsonObject, JsonValue } from "../errors.ts";

/** What happens to an object, for people. */
export type ObjectChange = "created" | "changed" | "unchanged" | "deleted" | "kept";

/** A field that a plan changes. Values are masked. */
export type ReportField = { readonly path: string; readonly before?: JsonValue; readonly after?: JsonValue };

/** One object of a plan. */
export type ReportObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly change: ObjectChange;
  /**
   * `sent`: the server was asked what it would store. `unneeded`: nothing is sent. `impossible`: it depends on what the plan makes;
   * `refused`: the server would not take it. `reason` says why; of what is kept, why it stays.
   */
  readonly dryRun: "sent" | "unneeded" | "impossible" | "refused";
  readonly reason?: string;
  readonly fields: readonly ReportField[];
  /** Fields that are left to their owners. */
  readonly yielded: readonly string[];
  /** Each with its decision, reason and the ways out. */
  readonly conflicts: readonly JsonObject[];
};

/** An object that stays though its release, or its place in the chart, goes. */
export type KeptObject = Pick<ReportObject, "apiVersion" | "kind" | "namespace" | "name"> & { readonly reason: string };

/** Why most objects are kept. */
export const KEPT_BY_POLICY = "its resource policy says keep";

/** A hook that would run. */
export type ReportHook = {
  readonly event: string;
  readonly kind: string;
  readonly name: string;
  readonly weight: number;
  readonly path: string;
};

/** A plan as it is shown: nothing in it is secret. */
export type PlanReport = {
  readonly action: string;
  /** What the action turns out to be: an upgrade may be an install. */
  readonly mode: string;
  readonly release: {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    readonly base: number;
    /** The revision that a rollback goes back to. */
    readonly target?: number;
  };
  readonly chart: { readonly name: string; readonly version: string };
  /** False: applying it would be refused; `problems` say why. */
  readonly applicable: boolean;
  readonly problems: readonly string[];
  /** What is done, in order. */
  readonly steps: readonly string[];
  /** What is applied together, as batches one behind the other; of an uninstall what is deleted together. Absent: no order. */
  readonly order?: readonly (readonly string[])[];
  readonly objects: readonly ReportObject[];
  readonly hooks: readonly ReportHook[];
  readonly warnings: readonly string[];
  readonly counts: Readonly<Record<ObjectChange, number>>;
};

/** How many objects meet each change. */
export function countChanges(objects: readonly Pick<ReportObject, "change">[]): PlanReport["counts"] {
  const count = (change: ObjectChange): number => objects.filter((one) => one.change === change).length;
  return {
    created: count("created"),
    changed: count("changed"),
    unchanged: count("unchanged"),
    deleted: count("deleted"),
    kept: count("kept"),
  };
}
