import { newest } from "../release/history.ts";
import { isPending } from "../release/status.ts";
import { listRecordHeads, type RecordHead, type RecordKey, type StoredRelease } from "../release/storage.ts";
import { ActionError, type ActionErrorCode } from "./errors.ts";
import { newestReadable } from "./read.ts";
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

/** Refuses an install of a name that is taken. Gives the newest revision of a name that may be taken again. */
export function checkNameFree(heads: readonly RecordHead[], replace: boolean): RecordHead | undefined {
  const last = newest(heads);
  if (last === undefined) return undefined;
  if (replace && (last.status === "uninstalled" || last.status === "failed")) return last;
  const message = "release name check failed: cannot reuse a name that is still in use";
  if (isPending(last.status)) throw pendingOther(last, message);
  const code: ActionErrorCode = "name-in-use";
  throw new ActionError(code, message, { release: last.name, revision: last.version, status: last.status });
}
