import { type ClientPatch, clientPatch } from "../kube/client-patch.ts";
import { compareDesired } from "../kube/compare.ts";
import { valueAt } from "../kube/conflict-cause.ts";
import { type FieldConflict, predictConflicts } from "../kube/conflicts.ts";
import { isKubeError } from "../kube/error.ts";
import { managerKey } from "../kube/managed-fields.ts";
import type { ResourceMapping } from "../kube/mapping.ts";
import { migrationPatch } from "../kube/migrate.ts";
import { removeLeaves, type Yielded } from "../kube/yield.ts";
import { jsonEqual } from "../object/equal.ts";
import { parseApiVersion } from "../object/gvk.ts";
import { listAt, memberAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import type { ConflictDecision, ConflictRule } from "./conflict-rule.ts";
import type { ClientWrite, PlannedObject } from "./plan.ts";
import { decideConflict } from "./policy.ts";

/** Helm's field manager. */
const MANAGER = "helm";

/** How conflicts are decided for all objects of an operation. */
export interface DecidePolicy {
  /** `helm`: nothing is predicted, the server decides. Else rules, the default policy behind them. */
  readonly rules: "helm" | readonly ConflictRule[];
  /** Take over whatever others own. */
  readonly force: boolean;
}

/** How objects of an operation are written. */
export type WriteMethod = "apply" | "patch" | "replace";

/** One object to decide about. Everything that the decision depends on. */
export interface DecideInput {
  readonly desired: KubeObject;
  readonly mapping: ResourceMapping;
  /** As it is in the cluster, with managed fields; `undefined` when it is not there. */
  readonly live: KubeObject | undefined;
  /** As the last revision wanted it. */
  readonly previous?: KubeObject | undefined;
  /** Fields that `helm` wrote client-side become applied ones first. */
  readonly migrate: boolean;
  /** An autoscaler targets the object. */
  readonly autoscaled: boolean;
  readonly policy: DecidePolicy;
  /** Conflicts that the server told: of fields that others wrote in another version there is no other way to know. */
  readonly told?: readonly FieldConflict[];
  /** `apply` when absent. */
  readonly client?: ClientDecideInput | undefined;
}

/** What decides about an object that is not applied server-side. */
export interface ClientDecideInput {
  readonly method: Exclude<WriteMethod, "apply">;
  /** What stands for `previous` when there is none: see `ClientWrite`. */
  readonly otherwise: "target" | "live";
  /** Kinds that are not built in are compared with what is there, too. */
  readonly threeWay: boolean;
}

/** A conflict and what becomes of it. */
export interface DecidedConflict {
  readonly conflict: FieldConflict;
  readonly decision: ConflictDecision;
  readonly reason: string;
  /** The field is left to its owner although the chart wants another value than its last revision did. */
  readonly wishChanged: boolean;
}

/** What becomes of an object. It may only be written when no conflict's decision is `fail`. */
export interface Decided {
  readonly planned: PlannedObject;
  readonly conflicts: readonly DecidedConflict[];
}

/** Decides what is done with one object. Pure: equal inputs, equal decision. */
export function decide(input: DecideInput): Decided {
  const { desired, mapping, policy } = input;
  if (input.client !== undefined) return { planned: decideClient(input, input.client), conflicts: [] };
  if (input.live === undefined) {
    return {
      planned: { object: desired, mapping, write: "create", yielded: [], force: policy.force, migrate: false },
      conflicts: [],
    };
  }
  const patch = input.migrate ? migrationPatch(input.live, MANAGER) : undefined;
  const live = patch === undefined ? input.live : migrated(input.live, patch);
  const wished = policy.rules === "helm" ? [] : decideAll(input, live, policy.rules);
  const left = removeLeaves(
    desired,
    wished.filter((one) => one.decision === "yield").map((one) => one.conflict.path),
  );
  const conflicts = wished.map((one) => withRefusal(one, left));
  const send = left.object;
  const same = patch === undefined && compareDesired(live, send, MANAGER).unchanged;
  const planned: PlannedObject = {
    object: desired,
    mapping,
    write: same ? "unchanged" : "apply",
    ...(left.yielded.length === 0 ? {} : { send }),
    yielded: conflicts.filter((one) => one.decision === "yield").map((one) => one.conflict.field),
    force: policy.force || conflicts.some((one) => one.decision === "force"),
    migrate: patch !== undefined,
  };
  return { planned, conflicts };
}

/** Nothing is foreseen here: a client-side write takes over what differs. `unchanged` only when there is no patch. */
function decideClient(input: DecideInput, by: ClientDecideInput): PlannedObject {
  const { desired, mapping, live, previous } = input;
  const of = { object: desired, mapping, yielded: [], force: false, migrate: false };
  if (live === undefined) return { ...of, write: "create", client: { manner: "create", existing: "own" } };
  if (by.method === "replace") return { ...of, write: "apply", client: { manner: "replace" } };
  const original = previous ?? by.otherwise;
  const client = { manner: "patch", original, threeWay: by.threeWay } as const;
  return { ...of, write: hasPatch(desired, live, client) ? "apply" : "unchanged", client };
}

/** False only when it is certain that nothing would be sent. */
function hasPatch(target: KubeObject, live: KubeObject, client: Extract<ClientWrite, { manner: "patch" }>): boolean {
  try {
    return patchFor(target, live, client) !== undefined;
  } catch (error) {
    if (isKubeError(error, "invalid")) return true;
    throw error;
  }
}

/** The patch of a planned client-side write. Throws `KubeError` `invalid` when there can be none. */
export function patchFor(
  target: KubeObject,
  live: KubeObject,
  client: Extract<ClientWrite, { manner: "patch" }> & { readonly untyped?: boolean },
): ClientPatch | undefined {
  const original = client.original === "target" ? target : client.original === "live" ? live : client.original;
  return clientPatch({ original, target, live, threeWay: client.threeWay, untyped: client.untyped === true });
}

function decideAll(input: DecideInput, live: KubeObject, rules: readonly ConflictRule[]): readonly DecidedConflict[] {
  const group = parseApiVersion(input.desired.apiVersion).group;
  return conflictsWith(input, live).map((conflict) => {
    const { field, manager, subresource } = conflict;
    const subject = { field, manager, subresource, group, kind: input.desired.kind, autoscaled: input.autoscaled };
    const decided = input.policy.force ? FORCED : decideConflict(subject, rules);
    return { conflict, ...decided, wishChanged: decided.decision === "yield" && wishChanged(input, conflict) };
  });
}

/** What is foreseen, then what else the server told; our own client-side entry is no conflict once it is migrated. */
function conflictsWith({ desired, migrate, told = [] }: DecideInput, live: KubeObject): readonly FieldConflict[] {
  const foreseen = predictConflicts(live, desired, MANAGER);
  const known = new Set(foreseen.map(conflictKey));
  const more = told.filter((one) => !known.has(conflictKey(one)) && !(migrate && one.manager === MANAGER));
  return [...foreseen, ...more];
}

function conflictKey(conflict: FieldConflict): string {
  return `${managerKey(conflict)} ${conflict.field}`;
}

/** The request takes over whatever others own. */
const FORCED = { decision: "force", reason: "the request forces conflicts" } as const;

/** What cannot be left to its owner fails. */
function withRefusal(decided: DecidedConflict, left: Yielded): DecidedConflict {
  const refused = left.refused.find((one) => one.path === decided.conflict.path);
  if (refused === undefined) return decided;
  const reason = `${decided.reason}, but ${REFUSALS[refused.reason]}`;
  return { ...decided, decision: "fail", reason, wishChanged: false };
}

const REFUSALS = {
  identity: "the field names the object or the release",
  "last-leaf": "nothing would be left of the list item",
  item: "a whole list item cannot be left to others",
  absent: "the chart does not set it by itself",
} as const;

function wishChanged(input: DecideInput, conflict: FieldConflict): boolean {
  if (input.previous === undefined) return false;
  return !jsonEqual(valueAt(input.previous, conflict.path), conflict.desiredValue);
}

/** The live object as it will be once its client-side entry is migrated: the first operation of the patch is the list of entries. */
function migrated(live: KubeObject, patch: ReturnType<typeof migrationPatch>): KubeObject {
  return { ...live, metadata: { ...live.metadata, managedFields: listAt(memberAt(patch?.[0], "value")) } };
}
