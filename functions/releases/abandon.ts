import { type ReadDeps, sessionOf } from "../../engine/action/read.ts";
import { newest } from "../../engine/release/history.ts";
import { isPending } from "../../engine/release/status.ts";
import { listRecordHeads, readRecord, updateRecord } from "../../engine/release/storage.ts";

/**
 * Marks the newest revision as failed when it is pending and was begun by an operation that ended without its action: so that the next
 * one is not stopped by it. A revision that was begun before the operation is another program's, and stays.
 */
export async function abandonRevision(
  reached: Pick<ReadDeps, "cluster" | "records">,
  target: { readonly name: string; readonly namespace: string },
  ended: { readonly since: number; readonly now: number; readonly reason: string },
): Promise<boolean> {
  const session = sessionOf(reached);
  const head = newest(await listRecordHeads(session, target));
  if (head === undefined || !isPending(head.status)) return false;
  const stored = await readRecord(session, target, head.version);
  if (stored === undefined) return false;
  const { release, labels, resourceVersion } = stored;
  const begun = Date.parse(release.info.lastDeployed ?? "");
  if (!(begun >= ended.since)) return false;
  const info = { ...release.info, status: "failed", description: ended.reason } as const;
  await updateRecord(session, { release: { ...release, info }, labels, now: ended.now }, resourceVersion);
  return true;
}
