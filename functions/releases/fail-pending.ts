import { type ReadDeps, sessionOf } from "../../engine/action/read.ts";
import { newest } from "../../engine/release/history.ts";
import { isPending } from "../../engine/release/status.ts";
import { listRecordHeads, readRecord, updateRecord } from "../../engine/release/storage.ts";
import { releaseSummary, type ReleaseSummary } from "../../engine/release/summary.ts";
import { ProblemError } from "../http/problem.ts";

/** How a pending revision is ended. */
export interface PendingEnd {
  /** Refuse when another one is pending. */
  readonly revision: number | undefined;
  readonly description: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Records the newest revision, which whoever began it left pending, as failed: somebody decided so. Throws `release-not-found`,
 * `release-not-pending`, and `KubeError` `conflict` where its program is alive and wrote it meanwhile.
 */
export async function failPending(
  reached: ReadDeps,
  target: { readonly name: string; readonly namespace: string },
  how: PendingEnd,
): Promise<ReleaseSummary> {
  const session = sessionOf(reached);
  const head = newest(await listRecordHeads(session, target));
  const stored = head === undefined ? undefined : await readRecord(session, target, head.version);
  if (stored === undefined) throw new ProblemError("release-not-found", "release: not found");
  const { release, labels, resourceVersion } = stored;
  const { status } = release.info;
  if (!isPending(status) || (how.revision !== undefined && how.revision !== release.version)) {
    const text = `revision ${release.version} is the newest, and is ${status}`;
    throw new ProblemError("release-not-pending", text, { detail: { revision: release.version, status } });
  }
  const failed = { ...release, info: { ...release.info, status: "failed", description: how.description } as const };
  await updateRecord(session, { release: failed, labels, now: how.now }, resourceVersion);
  return releaseSummary(failed);
}
