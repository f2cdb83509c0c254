import type { JsonObject } from "../../engine/errors.ts";
import { isJsonObject, numberAt, stringAt } from "../http/json.ts";
import { ProblemError } from "../http/problem.ts";
import type { RecordStore } from "../http/record-store.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";

/** Why a release may not be changed, who says so, and since when. */
export type Hold = { readonly reason: string; readonly by: string; readonly since: string };

/** Pages of {@link RecordStore} that a list of holds is read in, at most: releases on hold are exceptions. */
const MAX_PAGES = 20;

/** Puts a release on hold. One that is on hold already stays so, with the new reason. */
export async function putHold(
  records: RecordStore,
  address: ReleaseAddress,
  hold: { readonly reason: string; readonly by: string; readonly now: number },
): Promise<Hold> {
  const key = keyOf(address);
  const before = await records.get(key);
  const { reason, by, now } = hold;
  const how = before === undefined ? {} : { version: before.version };
  const written = await records.put(key, { reason, by, since: now }, how);
  if (written !== undefined) return { reason, by, since: new Date(now).toISOString() };
  throw new ProblemError("operation-running", "somebody else puts the release on hold, or ends its hold, just now");
}

/** The hold of a release. */
export async function readHold(records: RecordStore, address: ReleaseAddress): Promise<Hold | undefined> {
  const record = await records.get(keyOf(address));
  return record === undefined ? undefined : parseHold(record.value);
}

/** Ends the hold of a release; `undefined` when there was none. */
export async function endHold(records: RecordStore, address: ReleaseAddress): Promise<Hold | undefined> {
  const hold = await readHold(records, address);
  if (hold !== undefined) await records.delete(keyOf(address));
  return hold;
}

/** The holds of a cluster's releases, by `NAMESPACE/NAME`. */
export async function listHolds(records: RecordStore, cluster: string): Promise<ReadonlyMap<string, Hold>> {
  const prefix = `holds/${cluster}/`;
  const holds = new Map<string, Hold>();
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await records.list(prefix, after === undefined ? {} : { after });
    for (const { key, value } of items) holds.set(key.slice(prefix.length), parseHold(value));
    if (next === undefined) break;
    after = next;
  }
  return holds;
}

/** Refuses with `release-held` when the release is on hold. What runs already goes on. */
export async function assertNotHeld(records: RecordStore, address: ReleaseAddress): Promise<void> {
  const hold = await readHold(records, address);
  if (hold === undefined) return;
  const { cluster, namespace, name } = address;
  const end = `POST /v1/clusters/${cluster}/namespaces/${namespace}/releases/${name}/unhold`;
  const text = `${name} has been on hold by ${hold.by} since ${hold.since}: ${hold.reason}; nothing is changed until the hold ends: ${end}`;
  throw new ProblemError("release-held", text, { detail: { hold, end } });
}

/** A hold as answers show it. */
export function holdJson(hold: Hold | undefined): JsonObject {
  return hold === undefined ? {} : { hold };
}

/** Written by {@link putHold} alone. */
function parseHold(value: unknown): Hold {
  const record = isJsonObject(value) ? value : {};
  return {
    reason: stringAt(record, "reason") ?? "",
    by: stringAt(record, "by") ?? "",
    since: new Date(numberAt(record, "since") ?? 0).toISOString(),
  };
}

function keyOf(address: ReleaseAddress): string {
  return `holds/${releaseKey(address)}`;
}
