import { newest } from "../release/history.ts";
import { isPending } from "../release/status.ts";
import {
  listRecordHeads,
  type RecordHead,
  type RecordKey,
  type RecordSession,
  type StoredRelease,
} from "../release/storage.ts";
import { ActionError, type ActionErrorCode } from "./errors.ts";
import { newestReadable, readIfGood } from "./read.ts";
import type { ConflictPolicy } from "./request.ts";
import type { Operation } from "./state.ts";
import type { Step } from "./step.ts";

/** Helm's words for a pending revision. */
export const IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress";

interface Asked {
  readonly conflicts?: ConflictPolicy;
}

/** The revisions of a release, oldest first. */
export function readHistory(step: Step, key: RecordKey): Promise<readonly RecordHead[]> {
  return listRecordHeads(step.session, key);
}

/** The newest of some revisions with its contents. */
export function readLast(step: Step, heads: readonly RecordHead[]): Promise<StoredRelease | undefined> {
  return newestReadable(step.session, heads);
}

/**
 * The refusal of an operation because the newest revision is pending. Within one server the lease lets no two operations meet, so it is
 * another program's, or was left by one that is gone.
 */
export function pendingOther(head: RecordHead, message: string): ActionError {
  const how = `unlock ${head.name} --namespace ${head.namespace} ends revision ${head.version} as failed, once nobody works on it`;
  return new ActionError("pending-other", message, {
    release: head.name,
    revision: head.version,
    status: head.status,
    choices: [{ choice: "unlock", how }],
  });
}

/**
 * Refuses to go over a revision that another program left pending. Helm compatibility: a rollback and an uninstall do not look, under the
 * policy `helm`. What undoes a failure goes over its own revision, which may not have been recorded as failed.
 */
export function checkNotPending(operation: Operation, { conflicts }: Asked, last: StoredRelease): void {
  if (conflicts === "helm" || operation.cause !== undefined || !isPending(last.release.info.status)) return;
  throw pendingOther(last, IN_PROGRESS);
}

/**
 * Refuses an install of a name that is taken. Gives the newest revision of a name that may be taken again. Helm compatibility: under the
 * policy `helm` records that cannot be read take no name; the record's own POST then refuses.
 */
export async function checkNameFree(
  step: Step,
  { conflicts, replace }: Asked & { readonly replace: boolean },
  heads: readonly RecordHead[],
): Promise<RecordHead | undefined> {
  const read = conflicts === "helm" ? await readLast(step, heads) : undefined;
  const last = conflicts === "helm" ? read : newest(heads);
  if (last === undefined) return undefined;
  const status = read?.release.info.status ?? last.status;
  if (replace && (status === "uninstalled" || status === "failed")) return last;
  const message = "release name check failed: cannot reuse a name that is still in use";
  if (isPending(status)) throw pendingOther(last, message);
  const code: ActionErrorCode = "name-in-use";
  throw new ActionError(code, message, { release: last.name, revision: last.version, status });
}

/** What `upgrade --install` does about a history: nothing, or an install, of a name that is taken again or not. */
export type InstallInstead = "no" | "new" | "again";

/**
 * Whether `upgrade --install` installs. Helm compatibility: under the policy `helm` the last record in the order of names tells it, so that
 * 9 is behind 10; records that cannot be read are passed over, and where none can, there is still no install.
 */
export async function installInstead(
  session: RecordSession,
  heads: readonly RecordHead[],
  { conflicts, newest: known }: Asked & { readonly newest: StoredRelease | undefined },
): Promise<InstallInstead> {
  if (heads.length === 0) return "new";
  const last = conflicts === "helm" ? await lastByName(session, heads, known) : known;
  return last?.release.info.status === "uninstalled" ? "again" : "no";
}

async function lastByName(
  session: RecordSession,
  heads: readonly RecordHead[],
  known: StoredRelease | undefined,
): Promise<StoredRelease | undefined> {
  for (const head of heads.toSorted((a, b) => (String(a.version) < String(b.version) ? 1 : -1))) {
    const stored = head.version === known?.version ? known : await readIfGood(session, head);
    if (stored !== undefined) return stored;
  }
  return undefined;
}
