import { LIFETIME_MS, uploadBegun } from "../content/upload-id.ts";
import { parseUploadState } from "../content/upload-state.ts";
import { TAKING_MS } from "../content/condemned.ts";
import { CONDEMNED, lastSegment, uploadDataKey, uploadOf, UPLOADS, UPLOAD_STATES } from "../content/keys.ts";
import { readJson } from "../content/record.ts";
import { StoreError } from "../content/store-error.ts";
import { DONE, type PhaseStep, type Run } from "./run.ts";
import { walkKeys } from "./walk.ts";

/** How long a request may go on that began in the last moment of its upload. */
const LAST_REQUEST_MS = 6 * 3_600_000;
/** Calls to remove one object of an upload; its state is read, and its parts are aborted. */
const UPLOAD_CALLS = 5;

/** Uploads that nobody may go on with any more: states, pieces, data, and the parts that the store keeps for them. */
export const removeUploads: PhaseStep = async (run, cursor) => {
  if (cursor === "") await abortParts(run);
  return await walkKeys(run, { prefix: UPLOADS, cursor, calls: UPLOAD_CALLS }, async (key) => {
    const begun = uploadBegun(uploadOf(key));
    if (begun === undefined || begun < run.started - LIFETIME_MS - LAST_REQUEST_MS) await removeObject(run, key);
  });
};

async function removeObject(run: Run, key: string): Promise<void> {
  run.count("uploadsTaken");
  if (run.dryRun) return;
  if (key.startsWith(UPLOAD_STATES)) {
    const stored = await readJson(run.store, key);
    const state = stored === undefined ? "ended" : parseUploadState(stored.value);
    if (state !== "ended" && state.multipart !== undefined) {
      // One that is complete, or gone, cannot be aborted; what stays for another reason is listed by the store.
      await run.store.abortMultipart(uploadDataKey(lastSegment(key)), state.multipart.id).catch(ignoreRefusal);
    }
  }
  await run.store.delete(key);
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof StoreError)) throw error;
}

/** Parts whose upload was never written down: a request that ended between the two. */
async function abortParts(run: Run): Promise<void> {
  if (!run.dryRun) await run.store.abortOlder?.(run.started - LIFETIME_MS - LAST_REQUEST_MS);
}

/** Calls to remove one mark. */
const MARK_CALLS = 3;

/** Marks of earlier collections that this one did not renew: what they are about is in use, or gone. */
export const removeMarks: PhaseStep = async (run, cursor) => {
  if (run.dryRun) return DONE;
  const walk = { prefix: CONDEMNED, cursor, calls: MARK_CALLS };
  return await walkKeys(run, walk, async (key) => await removeMark(run, key));
};

async function removeMark(run: Run, key: string): Promise<void> {
  const stored = await readJson(run.store, key);
  if (stored === undefined) return;
  const { epoch, until } = stored.value;
  const isOld = typeof until === "number" ? run.now() > until + TAKING_MS : epoch !== run.epoch;
  if (isOld) await run.store.delete(key, stored.etag);
}
