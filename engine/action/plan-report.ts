import type { JsonObject } from "../errors.ts";
import { selectHooks } from "../hooks/select.ts";
import type { HookEvent } from "../manifest/hook.ts";
import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import type { DecidedConflict } from "../plan/decide.ts";
import { diffObjects, type FieldChange } from "../plan/diff.ts";
import { conflictDetail } from "../plan/explain.ts";
import { createMasker, type KeyedHash, type Masker } from "../plan/mask.ts";
import { managedText } from "../plan/managed.ts";
import type { Plan, PlannedObject, PlannedRemoval } from "../plan/plan.ts";
import {
  countChanges,
  KEPT_BY_POLICY,
  type KeptObject,
  type ObjectChange,
  type PlanReport,
  type ReportField,
  type ReportHook,
  type ReportObject,
} from "../plan/report.ts";
import type { Release } from "../release/release.ts";
import type { PlanMaterial } from "./conclude.ts";
import type { DryRun } from "./dry-run.ts";
import { eventObject } from "./event-object.ts";
import { hookEventsOf } from "./flow.ts";
import type { ActionRequest } from "./request.ts";
import type { Operation } from "./state.ts";

/** Everything that a report is made from. */
export interface ReportInput {
  readonly operation: Operation;
  readonly request: ActionRequest;
  readonly draft: Release;
  readonly plan: Plan;
  readonly material: PlanMaterial;
  /** As {@link dryRunTargets}. */
  readonly runs: readonly DryRun[];
  readonly hash: KeyedHash;
}

/** The objects that are asked about: the namespace, CRDs, then the release's own. */
export function plannedObjects(plan: Plan): readonly PlannedObject[] {
  const space = plan.namespace === undefined ? [] : [plan.namespace];
  return [...space, ...plan.crds.flatMap((crd) => crd.objects), ...plan.objects];
}

/** The report of a plan, secrets masked. */
export async function reportOf(input: ReportInput): Promise<PlanReport> {
  const { operation, plan, material, draft, runs } = input;
  const mask = maskerOf(input);
  const all = plannedObjects(plan);
  const before = all.length - plan.objects.length;
  const spaces = plan.namespace === undefined ? 0 : 1;
  const conflictsAt = (i: number): readonly DecidedConflict[] =>
    (i < before ? material.crds[i - spaces]?.conflicts : material.conflicts[i - before]) ?? [];
  const written = await Promise.all(
    all.map((planned, i) =>
      objectReport(planned, runs[i] ?? { kind: "unneeded" }, { mask, conflicts: conflictsAt(i) }),
    ),
  );
  const kept = material.kept.map((one) => keptReport({ ...one, reason: mask.text(one.reason) }));
  const objects = [...written, ...plan.removals.map(removalReport), ...kept];
  const problems = [...material.managed.map(managedText), ...objects.flatMap(problemsOf)];
  const { name, namespace, version } = draft;
  const { rollbackRevision: target } = operation.mode === "rollback" ? draft.info : {};
  const sent = runs.flatMap((run) => (run.kind === "sent" ? run.warnings : []));
  const hooks = hooksOf(operation, draft, plan);
  return {
    action: operation.action,
    mode: operation.mode,
    release: { name, namespace, revision: version, base: operation.base, ...(target === undefined ? {} : { target }) },
    chart: { name: draft.chart.metadata.name ?? "", version: draft.chart.metadata.version ?? "" },
    applicable: problems.length === 0,
    problems,
    steps: stepsOf(input, objects, hooks),
    ...(plan.batches === undefined ? {} : { order: plan.batches.map((batch) => batch.titles) }),
    objects,
    hooks,
    warnings: [...new Set([...material.warnings, ...sent].map(mask.text))],
    counts: countChanges(objects),
  };
}

function maskerOf({ material, plan, runs, hash, operation }: ReportInput): Masker {
  const lives = material.lives.filter((live) => live !== null);
  const results = runs.flatMap((run) => (run.kind === "sent" ? [run.after] : []));
  const wanted = plannedObjects(plan).map((one) => one.object);
  const values = operation.mode === "uninstall" ? {} : material.facts.values;
  return createMasker({ hash, objects: [...wanted, ...lives, ...results], values: isObject(values) ? values : {} });
}

function isObject(value: PlanMaterial["facts"]["values"]): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Shown {
  readonly mask: Masker;
  readonly conflicts: readonly DecidedConflict[];
}

async function objectReport(planned: PlannedObject, run: DryRun, { mask, conflicts }: Shown): Promise<ReportObject> {
  const { object, yielded } = planned;
  const changes = changesOf(planned, run);
  const decided = await Promise.all(conflicts.map((one) => shownConflict(object, one, mask)));
  const refused = run.kind === "refused" ? run.conflicts.map((one) => ({ ...one, decision: "fail" })) : [];
  const reason = run.kind === "impossible" ? run.reason : run.kind === "refused" ? mask.text(run.message) : undefined;
  return {
    ...eventObject(object),
    change: changeOf(planned, run, changes),
    dryRun: run.kind,
    ...(reason === undefined ? {} : { reason }),
    fields: await shownFields(object, changes, mask),
    yielded,
    conflicts: [...decided, ...refused],
  };
}

/** The fields that differ between two states of an object, masked. */
export async function shownFields(
  object: KubeObject,
  changes: readonly FieldChange[],
  mask: Masker,
): Promise<readonly ReportField[]> {
  return Promise.all(
    changes.map(async ({ field, path, before, after }) => ({
      path: field,
      ...(before === undefined ? {} : { before: await mask.value(object, path, before) }),
      ...(after === undefined ? {} : { after: await mask.value(object, path, after) }),
    })),
  );
}

/** What is made is shown as the chart wants it: the server's defaults are nobody's news. */
function changesOf(planned: PlannedObject, run: DryRun): readonly FieldChange[] {
  if (run.kind === "sent" && run.before !== null) return diffObjects(run.before, run.after);
  const isNew = run.kind === "sent" || (planned.write === "create" && run.kind !== "unneeded");
  return isNew ? diffObjects(undefined, planned.object) : [];
}

function changeOf(planned: PlannedObject, run: DryRun, changes: readonly FieldChange[]): ObjectChange {
  if (run.kind === "sent") return run.before === null ? "created" : changes.length === 0 ? "unchanged" : "changed";
  if (run.kind === "unneeded") return "unchanged";
  return planned.write === "create" ? "created" : "changed";
}

async function shownConflict(object: KubeObject, decided: DecidedConflict, mask: Masker): Promise<JsonObject> {
  const { path, liveValue, desiredValue } = decided.conflict;
  const { explanation: _raw, ...detail } = conflictDetail(object, decided);
  return {
    ...detail,
    live: liveValue === undefined ? null : await mask.value(object, path, liveValue),
    wanted: desiredValue === undefined ? null : await mask.value(object, path, desiredValue),
    wishChanged: decided.wishChanged,
  };
}

function removalReport({ object, write }: PlannedRemoval): ReportObject {
  const one = eventObject(object);
  if (write === "keep") return keptReport({ ...one, reason: KEPT_BY_POLICY });
  return { ...one, change: "deleted", dryRun: "unneeded", fields: [], yielded: [], conflicts: [] };
}

function keptReport(one: KeptObject): ReportObject {
  return { ...one, change: "kept", dryRun: "unneeded", fields: [], yielded: [], conflicts: [] };
}

function problemsOf(one: ReportObject): readonly string[] {
  const where = titleOf(one);
  const failing = one.conflicts.filter((conflict) => conflict["decision"] === "fail");
  const conflicts = failing.map(
    (conflict) => `${where}: ${stringAt(conflict, "field") ?? ""} is owned by "${stringAt(conflict, "manager") ?? ""}"`,
  );
  return one.dryRun === "refused" && one.reason !== undefined && failing.length === 0 ? [one.reason] : conflicts;
}

/** `Kind namespace/name`. */
export function titleOf(one: Pick<ReportObject, "kind" | "namespace" | "name">): string {
  return `${one.kind} ${one.namespace === "" ? "" : `${one.namespace}/`}${one.name}`;
}

function hooksOf(operation: Operation, draft: Release, plan: Plan): readonly ReportHook[] {
  if (plan.hooks.length === 0) return [];
  return hookEventsOf(operation.mode).flatMap((event) =>
    selectHooks(draft.hooks, event).map(({ hook: { kind, name, path, weight } }) => ({
      event,
      kind,
      name,
      path,
      weight,
    })),
  );
}

function stepsOf(
  input: ReportInput,
  objects: readonly ReportObject[],
  hooks: readonly ReportHook[],
): readonly string[] {
  const { operation, plan, draft, request } = input;
  if (onlyForgets(operation, draft)) return [endOf(operation, request, draft)];
  const verbs = { created: "create", changed: "change", unchanged: "", deleted: "delete", kept: "" } as const;
  const written = objects.filter((one) => one.change !== "deleted" && verbs[one.change] !== "");
  const removed = objects.filter((one) => one.change === "deleted");
  const ran = (event: HookEvent | undefined): readonly string[] =>
    hooks.filter((hook) => hook.event === event).map((hook) => `run the ${hook.event} hook ${hook.kind} ${hook.name}`);
  const [pre, post] = hookEventsOf(operation.mode);
  const record =
    operation.mode === "uninstall"
      ? "record the release as uninstalling"
      : `record revision ${draft.version} as ${draft.info.status}`;
  const waits =
    !("wait" in request) || request.wait === "hookOnly"
      ? []
      : [operation.mode === "uninstall" ? "wait until all is gone" : "wait until all is ready"];
  const spaces = plan.namespace === undefined ? 0 : 1;
  const crds = plan.crds.reduce((sum, crd) => sum + crd.objects.length, 0);
  const early = objects.slice(0, spaces + crds);
  const say = (one: ReportObject): string => `${verbs[one.change]} ${titleOf(one)}`;
  return [
    ...early
      .slice(0, spaces)
      .filter((one) => written.includes(one))
      .map(say),
    ...operation.prune.map((version) => `forget revision ${version}`),
    ...(operation.mode === "uninstall" ? ran(pre) : []),
    record,
    ...early
      .slice(spaces)
      .filter((one) => written.includes(one))
      .map(say),
    ...(operation.mode === "uninstall" ? [] : ran(pre)),
    ...(plan.batches === undefined
      ? [...written.filter((one) => !early.includes(one)).map(say), ...removed.map(say), ...waits]
      : batchSteps(input, objects, early.length, (one) => (verbs[one.change] === "" ? [] : [say(one)]))),
    ...ran(post),
    endOf(operation, request, draft),
  ];
}

/** True where the release was uninstalled before, and its history kept. */
function onlyForgets({ mode }: Operation, { info }: Release): boolean {
  return mode === "uninstall" && info.status === "uninstalled";
}

/** One batch after the other, each with the wait behind it; what an upgrade no longer wants is deleted when all are ready. */
function batchSteps(
  { operation, plan }: ReportInput,
  objects: readonly ReportObject[],
  early: number,
  say: (one: ReportObject) => readonly string[],
): readonly string[] {
  const isUninstall = operation.mode === "uninstall";
  const from = early + plan.objects.length;
  const own = isUninstall ? objects.slice(from) : objects.slice(early, from);
  const batches = plan.batches ?? [];
  return [
    ...batches.flatMap((batch, index) => [
      `begin batch ${index + 1} of ${batches.length}: ${batch.titles.join(", ")}`,
      ...own.slice(batch.from, batch.to).flatMap(say),
      isUninstall ? "wait until the batch is gone" : "wait until the batch is ready",
    ]),
    ...(isUninstall ? [] : objects.slice(from).flatMap(say)),
  ];
}

function endOf({ mode }: Operation, request: ActionRequest, draft: Release): string {
  if (mode !== "uninstall") return `record revision ${draft.version} as deployed`;
  const isKept = request.action === "uninstall" && request.keepHistory;
  return isKept ? "record the release as uninstalled" : "forget all revisions";
}
