import { EngineError } from "../errors.ts";
import { KubeError } from "../kube/error.ts";
import { ownershipProblems } from "../kube/ownership.ts";
import { type LiveRead, readLive, refOf, refText } from "../kube/read-live.ts";
import { decodeHead } from "../manifest/head.ts";
import { sortByKind, UNINSTALL_ORDER } from "../manifest/kind-order.ts";
import { splitManifests } from "../manifest/split.ts";
import { stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName } from "../object/read.ts";
import type { Plan, PlannedRemoval } from "../plan/plan.ts";
import { KEPT_BY_POLICY, type KeptObject } from "../plan/report.ts";
import { ReleaseError } from "../release/errors.ts";
import type { Release } from "../release/release.ts";
import type { StoredRelease } from "../release/storage.ts";
import { buildObjects, type BuildContext, type BuiltObject } from "./build.ts";
import { type ClusterFacts, mappingFinder } from "./cluster-facts.ts";
import { conclude } from "./conclude.ts";
import { ActionError } from "./errors.ts";
import { judge } from "./judge.ts";
import { isThrottled, isTransient } from "./failure.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import { withFacts } from "./facts-retry.ts";
import { firstHook } from "./flow.ts";
import { checkNotPending, readHistory, readLast } from "./history-facts.ts";
import { meaning } from "./made-anew.ts";
import { refuseManaged, tellManaged } from "./managed.ts";
import { alongsideOf } from "./options.ts";
import { succeeded } from "./outcome.ts";
import { batchesOf, inRecordedOrder, recordedOrder } from "./ordering.ts";
import { NO_EVIDENCE } from "./plan-objects.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import { authorize, planHooks, withPlan } from "./prepare.ts";
import { operationTime } from "./record.ts";
import type { UninstallRequest } from "./request.ts";
import type { Operation } from "./state.ts";
import { type StageResult, type Step } from "./step.ts";

/** Reads the release and decides what of it is deleted. Writes nothing but parts. */
export async function prepareUninstall(
  step: Step,
  operation: Operation,
  request: UninstallRequest,
): Promise<StageResult> {
  const reading = readNewest(step, request);
  reading.catch(() => undefined);
  return withFacts(step, "", async (facts) => {
    const { stored, revisions } = await reading;
    if (stored === undefined) return absent(operation, request);
    checkNotPending(operation, request, stored);
    if (stored.release.info.status !== "uninstalled" || request.dryRun !== "none") {
      return decideUninstall(step, { ...operation, ...revisions }, request, facts, stored);
    }
    if (request.keepHistory)
      throw new ActionError("invalid-request", `the release named "${request.name}" is already deleted`);
    const purged = await purgeOf(step, { ...operation, ...revisions }, stored);
    return conclude(step, purged, { request, draft: stored.release, plan: NOTHING, evidence: NO_EVIDENCE });
  });
}

/** The newest revision, and which ones there are, where a state has room for that. */
interface History {
  readonly stored: StoredRelease | undefined;
  readonly revisions: Pick<Operation, "revisions">;
}

/** Far more than Helm keeps by default, and five characters each. */
const MAX_NOTED = 1000;

/** Helm compatibility: with `ignoreNotFound` any error of reading the history is taken for an absent release. */
async function readNewest(step: Step, request: UninstallRequest): Promise<History> {
  try {
    const heads = await readHistory(step, request);
    const stored = await readLast(step, heads);
    const revisions = heads.length > MAX_NOTED ? {} : { revisions: heads.map((head) => head.version) };
    if (stored !== undefined || request.ignoreNotFound) return { stored, revisions };
    const prefix = request.dryRun === "none" ? `uninstall: Release not loaded: ${request.name}: ` : "";
    throw new ActionError("not-found", `${prefix}release: not found`);
  } catch (error) {
    if (!(error instanceof ReleaseError) || isThrottled(error)) throw error;
    if (request.ignoreNotFound) return { stored: undefined, revisions: {} };
    throw new ActionError(
      "not-found",
      `uninstall: Release not loaded: ${request.name}: ${error.message}`,
      error.detail,
    );
  }
}

function absent(operation: Operation, request: UninstallRequest): StageResult {
  const release = { name: request.name, namespace: request.namespace, status: "uninstalled" };
  const outcome = { kind: "succeeded", release, undo: "There is nothing to undo: there was no such release." } as const;
  return { kind: "done", operation, outcome };
}

async function decideUninstall(
  step: Step,
  operation: Operation,
  request: UninstallRequest,
  facts: ClusterFacts,
  stored: StoredRelease,
): Promise<StageResult> {
  const context = { mappingFor: mappingFinder(facts.discovery, []), namespace: request.namespace };
  const draft: Release = {
    ...stored.release,
    info: {
      ...stored.release.info,
      deleted: operationTime(operation),
      status: "uninstalling",
      description: "Deletion in progress (or silently failed)",
    },
  };
  const found = await findOwned(step, request, stored.release, context).catch(
    unbuiltOf(request, operation.purpose === undefined && !facts.remembered),
  );
  const managed = tellManaged(step, { alongside: alongsideOf(request) }, found.lives);
  if (operation.purpose === undefined) refuseManaged(request.name, managed);
  if (request.dryRun !== "none")
    return succeeded(operation, request, stored.release, { dryRun: true, info: found.keptInfo });
  const order = found.unbuilt === undefined ? recordedOrder(step, stored.release, request) : undefined;
  const pairs = found.removals.map((one, index) => ({ ...one, live: found.lives[index] }));
  const placed = order === undefined ? undefined : inRecordedOrder(pairs, order, true);
  const ends = placed?.things ?? pairs;
  const plan: Plan = {
    crds: [],
    hooks: request.noHooks ? [] : planHooks(draft, ["pre-delete", "post-delete"], context),
    objects: [],
    removals: ends.map(({ live: _live, ...removal }) => removal),
    ...batchesOf(placed),
    manner: "update",
    propagation: PROPAGATION[request.cascade],
    ...(found.unbuilt === undefined ? {} : { unbuilt: found.unbuilt }),
  };
  await authorize(step, plan);
  await judge(step, { action: "uninstall", target: request, draft, plan, undoes: operation.cause !== undefined });
  step.emit({ type: "phase", phase: "plan", message: `uninstall ${request.name}: ${found.removals.length} to delete` });
  const next = await withPlan(step, operation, draft, plan);
  const { version: base, labels, resourceVersion: recordVersion } = stored;
  const begun = { ...next, base, labels, recordVersion, info: found.info, stage: firstHook("uninstall", "pre") };
  return conclude(step, begun, {
    request,
    draft,
    plan,
    evidence: {
      objects: [],
      removed: ends.map((one) => one.live),
      managed,
      ...(operation.purpose?.kind === "plan" ? { kept: keptOf(found, context) } : {}),
    },
  });
}

/** Only records go: a plan of it needs what every plan has. */
async function purgeOf(step: Step, operation: Operation, stored: StoredRelease): Promise<Operation> {
  const begun = operation.purpose === undefined ? operation : await withPlan(step, operation, stored.release, NOTHING);
  return { ...begun, revision: stored.version, stage: { kind: "purge" } };
}

/** Only records go. */
const NOTHING: Plan = { crds: [], hooks: [], objects: [], removals: [], manner: "update" };
const PROPAGATION = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;

interface Found {
  readonly removals: readonly PlannedRemoval[];
  /** As `removals`: their metadata. */
  readonly lives: readonly KubeObject[];
  readonly kept: readonly KeptDocument[];
  readonly left: readonly KeptObject[];
  readonly info: string;
  readonly keptInfo: string;
  /** Why the manifest cannot be built. */
  readonly unbuilt?: string;
}

/** Nothing is found of a manifest that cannot be built, under the policy `helm`; else that is a refusal. */
function unbuiltOf(request: UninstallRequest, mayTell: boolean): (error: unknown) => Found {
  return (error) => {
    const told = error instanceof ActionError && request.conflicts === "helm" && mayTell;
    if (!told) throw error;
    return {
      removals: [],
      lives: [],
      kept: [],
      left: [],
      info: "",
      keptInfo: "",
      unbuilt: stringAt(error.detail, "reason") ?? error.message,
    };
  };
}

/** Splits the release's objects into those that are deleted and those that stay, and says why they stay. */
async function findOwned(
  step: Step,
  request: UninstallRequest,
  release: Release,
  context: BuildContext,
): Promise<Found> {
  const { objects, kept } = buildDeletions(request, release, context);
  const reads = await readOwners(step, objects);
  const removals: PlannedRemoval[] = [];
  const lives: KubeObject[] = [];
  const unowned: BuiltObject[] = [];
  const unverifiable: Unverifiable[] = [];
  for (const built of objects) {
    const { object, mapping } = built;
    const read = reads.get(refText(refOf(object)));
    if (read?.kind === "error") unverifiable.push({ built, error: read.error.message });
    if (read?.kind !== "present") continue;
    if (ownershipProblems(read.object, release).length > 0) {
      unowned.push(built);
      continue;
    }
    const { apiVersion, kind } = object;
    const meant = request.conflicts === "helm" ? {} : meaning(read.object);
    removals.push({ object: { apiVersion, kind, metadata: pick(object) }, mapping, write: "delete", ...meant });
    lives.push({ ...read.object, apiVersion, kind });
  }
  tellSkipped(step, request, unowned, unverifiable);
  const named = kept.filter((one) => one.policy === "keep").map((one) => `[${one.kind}] ${one.name}`);
  const keptInfo = block("These resources were kept due to the resource policy:", named);
  const left = [
    ...unowned.map(({ object }) => ({ ...eventObject(object), reason: "it is not owned by this release" })),
    ...unverifiable.map(({ built: { object }, error }) => ({
      ...eventObject(object),
      reason: `its ownership could not be verified: ${error}`,
    })),
  ];
  const info = [
    keptInfo,
    block(
      `${unowned.length} resource(s) were not deleted because they are not owned by this release:`,
      unowned.map(entry),
    ),
    block(
      `${unverifiable.length} resource(s) were not deleted because their ownership could not be verified:`,
      unverifiable.map(({ built, error }) => `${entry(built)}: ${error}`),
    ),
  ];
  return { removals, lives, kept, left, keptInfo, info: info.filter((text) => text !== "").join("\n") };
}

/** What stays, for people. A kind that the cluster does not serve hides the namespace alone. */
function keptOf({ kept, left }: Found, context: BuildContext): readonly KeptObject[] {
  const byPolicy = kept.flatMap((document) => {
    const reason = document.policy === "keep" ? KEPT_BY_POLICY : `its resource policy is "${document.policy}"`;
    return namesOf(document, context).map((one) => ({ ...one, reason }));
  });
  return [...byPolicy, ...left];
}

function namesOf(document: KeptDocument, context: BuildContext): readonly EventObject[] {
  const { apiVersion, kind, name, content } = document;
  try {
    return buildObjects(content, context).map(({ object }) => eventObject(object));
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return [{ apiVersion, kind, name, namespace: "" }];
  }
}

interface Unverifiable {
  readonly built: BuiltObject;
  readonly error: string;
}

function entry({ object, mapping }: BuiltObject): string {
  return `[${mapping.kind}] ${getName(object)}`;
}

const SKIPPED = {
  unowned: {
    title: "dry-run: resources would be skipped because they are not owned by this release",
    dry: "dry-run: would skip resource",
    real: "skipping delete of resource not owned by this release",
  },
  unverifiable: {
    title: "dry-run: resources would be skipped because their ownership could not be verified",
    dry: "dry-run: would skip resource (ownership could not be verified)",
    real: "skipping delete of resource because ownership could not be verified",
  },
} as const;

function tellSkipped(
  step: Step,
  request: UninstallRequest,
  unowned: readonly BuiltObject[],
  unverifiable: readonly Unverifiable[],
): void {
  tellSome(
    step,
    request,
    SKIPPED.unowned,
    unowned.map((built) => ({ built })),
  );
  tellSome(step, request, SKIPPED.unverifiable, unverifiable);
}

/** As events about objects, and in the lines that Helm logs. */
function tellSome(
  step: Step,
  request: UninstallRequest,
  texts: (typeof SKIPPED)[keyof typeof SKIPPED],
  objects: readonly { readonly built: BuiltObject; readonly error?: string }[],
): void {
  const dry = request.dryRun !== "none";
  const release = request.name;
  if (dry && objects.length > 0)
    step.emit({ type: "warning", level: "WARN", message: texts.title, detail: { release, count: objects.length } });
  for (const { built, error } of objects) {
    const { kind, name, namespace } = eventObject(built.object);
    const failure = error === undefined ? {} : { error };
    const detail = { kind, name, namespace, ...(dry ? {} : { release }), ...failure };
    step.emit({ type: "warning", level: "WARN", message: dry ? texts.dry : texts.real, detail });
    const message = error === undefined ? texts.real : `${texts.real}: ${error}`;
    if (!dry) step.emit({ type: "resource", object: eventObject(built.object), result: "skipped", message });
  }
}

function pick(object: BuiltObject["object"]): BuiltObject["object"]["metadata"] {
  const { name = "", namespace } = object.metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

function block(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines, ""].join("\n");
}

/**
 * The objects that are deleted, in Helm's order of deletion.
 * Helm compatibility: documents are numbered and the numbers sorted as texts; a resource policy other than `keep` leaves the object
 * where it is without a word; whatever cannot be read fails with one text for all.
 */
function buildDeletions(
  request: UninstallRequest,
  release: Release,
  context: BuildContext,
): { readonly objects: readonly BuiltObject[]; readonly kept: readonly KeptDocument[] } {
  try {
    const documents = splitManifests(release.manifest)
      .map((content, index) => ({ path: `manifest-${index}`, content }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map((one) => ({ ...one, ...decodeHead(one.content, one.path) }));
    const sorted = sortByKind(documents, UNINSTALL_ORDER);
    const kept = sorted.flatMap((one) => {
      const policy = policyOf(one.annotations);
      return policy === undefined ? [] : [{ ...one, policy }];
    });
    const deleted = sorted.filter((one) => policyOf(one.annotations) === undefined);
    return { kept, objects: buildObjects(deleted.map((one) => `\n---\n${one.content}`).join(""), context) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const noMatch = error.detail["noMatch"] === true;
    throw new ActionError("delete-failed", `failed to delete release: ${request.name}`, {
      reason: error.message,
      noMatch,
    });
  }
}

/** A document that its resource policy leaves where it is. */
interface KeptDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly content: string;
  readonly policy: string;
}

function policyOf(annotations: ReadonlyMap<string, string>): string | undefined {
  return annotations.get("helm.sh/resource-policy")?.trim().toLowerCase();
}

async function readOwners(step: Step, objects: readonly BuiltObject[]): Promise<ReadonlyMap<string, LiveRead>> {
  const { reads, remaining } = await readLive(step.session, {
    discovery: plannedDiscovery(objects),
    refs: objects.map((one) => refOf(one.object)),
    want: "metadata",
    reads: "auto",
  });
  if (remaining.length > 0) throw new KubeError("budget", "the objects of the release take more than one step to read");
  for (const read of reads.values()) if (read.kind === "error" && isTransient(read.error)) throw read.error;
  return reads;
}
