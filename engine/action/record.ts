import { deletePolicies } from "../hooks/select.ts";
import { isKubeError } from "../kube/error.ts";
import type { Hook } from "../manifest/hook.ts";
import { ReleaseError } from "../release/errors.ts";
import type { Release, ReleaseInfo } from "../release/release.ts";
import { isPending } from "../release/status.ts";
import { createRecord, readRecord, rememberedRecord, type StoredRelease, updateRecord } from "../release/storage.ts";
import { formatTime } from "../release/time.ts";
import { ActionError } from "./errors.ts";
import { isTransient } from "./failure.ts";
import type { HookRun, Operation } from "./state.ts";
import { draftOf, type Step } from "./step.ts";

/** The release as it stands: the draft with how its hooks went. */
export async function currentRelease(step: Step, operation: Operation): Promise<Release> {
  const draft = await draftOf(step, operation);
  if (operation.hookRuns.length === 0) return draft;
  return {
    ...draft,
    hooks: draft.hooks.map((hook, index) =>
      withRun(
        hook,
        operation.hookRuns.find((run) => run.index === index),
      ),
    ),
  };
}

/** The release as it stands, with another status or description. */
export async function releaseWith(step: Step, operation: Operation, info: Partial<ReleaseInfo>): Promise<Release> {
  const release = await currentRelease(step, operation);
  return { ...release, info: { ...release.info, ...info } };
}

/**
 * Writes the new revision's record. A record that is there is ours when it carries our time to the nanosecond: then an earlier try of
 * this step made it. Throws `ReleaseError` `exists` otherwise.
 */
export async function createOurRecord(step: Step, operation: Operation): Promise<Operation> {
  const release = await currentRelease(step, operation);
  try {
    const recordVersion = await createRecord(step.session, { release, labels: operation.labels, now: step.deps.now() });
    return { ...operation, recordVersion };
  } catch (error) {
    // Also what the server says to have failed at may be there.
    if (!(error instanceof ReleaseError) || !(error.code === "exists" || isTransient(error, 0))) throw error;
    const stored = await readOurs(step, release);
    if (stored === undefined) throw error;
    return { ...operation, recordVersion: stored.resourceVersion };
  }
}

/** A record that cannot be read is none of ours. */
async function readOurs(step: Step, release: Release): Promise<StoredRelease | undefined> {
  try {
    const stored = await readRecord(step.session, release, release.version);
    return stored !== undefined && isOurs(stored.release, release) ? stored : undefined;
  } catch (error) {
    if (error instanceof ReleaseError && error.code === "invalid") return undefined;
    throw error;
  }
}

/**
 * Writes our record again. When it changed since we saw it, an earlier try of this step may have done so; what another process wrote
 * is not touched: `ActionError` `record-changed`.
 */
export async function updateOurRecord(step: Step, operation: Operation, release: Release): Promise<Operation> {
  const write = { release, labels: operation.labels, now: step.deps.now() };
  try {
    return { ...operation, recordVersion: await updateRecord(step.session, write, operation.recordVersion) };
  } catch (error) {
    if (!(error instanceof ReleaseError) || error.code !== "changed") throw error;
    const stored = await readRecord(step.session, release, release.version);
    if (stored === undefined || !mayOverwrite(stored, release)) throw changedMeanwhile(release);
    return { ...operation, recordVersion: await updateRecord(step.session, write, stored.resourceVersion) };
  }
}

/** Helm compatibility: an install that takes a name again supersedes the last revision, unless that one failed. */
export async function supersedeReplaced(step: Step, key: Release, version: number): Promise<void> {
  const stored = await readRecord(step.session, key, version);
  if (stored === undefined || stored.release.info.status === "failed") return;
  await supersede(step, key, version, { description: "superseded by new release" });
}

/** Gives another revision the status `superseded`. Nothing happens when it has it already, or is gone. */
export async function supersede(step: Step, key: Release, version: number, change: Change = {}): Promise<void> {
  const { description, config } = change;
  await rewrite(step, key, version, (release) => {
    if (release.info.status === "superseded") return undefined;
    const info = {
      ...release.info,
      status: "superseded" as const,
      ...(description === undefined ? {} : { description }),
    };
    return { ...release, info, ...(config === undefined ? {} : { config: config(release.config) }) };
  });
}

/** What else changes in a revision that is superseded. */
export interface Change {
  readonly description?: string;
  readonly config?: (config: Release["config"]) => Release["config"];
}

/** Writes another revision again, changed; nothing happens when there is nothing to change, or the revision is gone. */
export async function rewrite(
  step: Step,
  key: Release,
  version: number,
  change: (release: Release) => Release | undefined,
): Promise<void> {
  const known = rememberedRecord(step.session, key, version);
  if (known !== undefined && (await tryRewrite(step, known, change))) return;
  const stored = await readRecord(step.session, key, version);
  if (stored !== undefined) await writeChanged(step, stored, change);
}

/** False when what is remembered says nothing: there is nothing to change in it, or the cluster has another one. */
async function tryRewrite(
  step: Step,
  known: StoredRelease,
  change: (release: Release) => Release | undefined,
): Promise<boolean> {
  try {
    return await writeChanged(step, known, change);
  } catch (error) {
    if (error instanceof ReleaseError && (error.code === "changed" || isGone(error))) return false;
    throw error;
  }
}

function isGone({ cause }: ReleaseError): boolean {
  return isKubeError(cause, "not-found", "not-served");
}

async function writeChanged(
  step: Step,
  stored: StoredRelease,
  change: (release: Release) => Release | undefined,
): Promise<boolean> {
  const release = change(stored.release);
  if (release === undefined) return false;
  const write = { release, labels: stored.labels, now: step.deps.now() };
  await updateRecord(step.session, write, stored.resourceVersion);
  return true;
}

/** A hook run that starts or goes on. */
export function withHookRun(operation: Operation, run: HookRun): Operation {
  const others = operation.hookRuns.filter((one) => one.index !== run.index);
  return { ...operation, hookRuns: [...others, run] };
}

/** The operation's clock as the record writes it. */
export function operationTime(operation: Operation): string {
  return formatTime(operation.now, operation.nanos);
}

function withRun(hook: Hook, run: HookRun | undefined): Hook {
  if (run === undefined) return hook;
  const { startedAt, completedAt, phase } = run;
  if (phase === "") return { ...hook, deletePolicies: deletePolicies(hook) };
  const lastRun = {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    phase,
  };
  return { ...hook, deletePolicies: deletePolicies(hook), lastRun };
}

/** Both carry the time of one operation: nobody else writes that very nanosecond. */
function isOurs(stored: Release, ours: Release): boolean {
  return stored.info.lastDeployed === ours.info.lastDeployed && stored.info.deleted === ours.info.deleted;
}

function mayOverwrite(stored: StoredRelease, ours: Release): boolean {
  const { status } = stored.release.info;
  return (
    isOurs(stored.release, ours) && (isPending(status) || status === "uninstalling" || status === ours.info.status)
  );
}

function changedMeanwhile(release: Release): ActionError {
  return new ActionError(
    "record-changed",
    `the record of ${release.name} revision ${release.version} was changed by another process meanwhile; nothing more was written`,
    { release: release.name, revision: release.version },
  );
}
