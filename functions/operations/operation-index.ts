import type { JsonObject } from "../../engine/errors.ts";
import type { Clock } from "../http/clock.ts";
import { isJsonObject, stringAt } from "../http/json.ts";
import type { RecordStore } from "../http/record-store.ts";
import type { End, Standing } from "./journal.ts";
import { addressOf, type ReleaseAddress } from "./operation-id.ts";

/** How long a finished operation can be read. */
export const OPERATION_LIFETIME: number = 30 * 24 * 60 * 60 * 1000;
const PREFIX = "operations/";
/** Later times sort first, so that a list begins with the newest. */
const FAR_FUTURE = 9_999_999_999_999;
/** Records looked at for one page of a filtered list. */
const MAX_SCANNED = 2000;
const SCAN = 200;

function indexKey(created: number, operation: string): string {
  return `${PREFIX}${String(FAR_FUTURE - created).padStart(13, "0")}-${operation}`;
}

/** An operation as lists show it. */
export function listItem(
  of: { readonly operation: string; readonly action: string; readonly created: number; readonly principal: string },
  status: string,
): JsonObject {
  const { operation, action, created, principal } = of;
  return {
    id: operation,
    action,
    ...addressOf(operation),
    status,
    principal,
    created: new Date(created).toISOString(),
  };
}

/** Puts a new operation into the list. */
export async function startIndex(records: RecordStore, created: number, item: JsonObject): Promise<void> {
  const key = indexKey(created, stringAt(item, "id") ?? "");
  await records.put(key, item, { expires: created + OPERATION_LIFETIME });
}

/** Notes in the list how an operation ended. */
export async function finishIndex(
  deps: { readonly records: RecordStore; readonly clock: Clock },
  standing: Standing,
  end: End,
): Promise<void> {
  const { operation, action, created } = standing;
  const key = indexKey(created, operation);
  const known = await deps.records.get(key);
  const principal = `${standing.principal.kind}:${standing.principal.name}`;
  const item = listItem({ operation, action, created, principal }, end.status);
  const options = { expires: created + OPERATION_LIFETIME, ...(known === undefined ? {} : { version: known.version }) };
  await deps.records.put(key, item, options);
}

/**
 * A page of operations, newest first: those of `filter` that `visible` says. What is listed as running is asked for in its journal: a
 * process may have died between the two.
 */
export async function listIndex(
  records: RecordStore,
  options: {
    readonly after?: string | undefined;
    readonly limit: number;
    readonly filter: Partial<ReleaseAddress>;
    readonly visible: (address: ReleaseAddress) => boolean;
    readonly standing: (operation: string) => Promise<Standing | undefined>;
  },
): Promise<{ readonly items: readonly JsonObject[]; readonly next?: string }> {
  const items: JsonObject[] = [];
  let after = options.after === undefined ? undefined : PREFIX + options.after;
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += SCAN) {
    const page = await records.list(PREFIX, { limit: SCAN, ...(after === undefined ? {} : { after }) });
    for (const record of page.items) {
      const item = isJsonObject(record.value) ? record.value : {};
      const address = addressOf(stringAt(item, "id") ?? "");
      after = record.key;
      if (address === undefined || !matches(address, options.filter) || !options.visible(address)) continue;
      const current = await currentItem(item, options.standing);
      if (current === undefined) continue;
      items.push(current);
      if (items.length === options.limit) return { items, next: record.key.slice(PREFIX.length) };
    }
    if (page.next === undefined) return { items };
  }
  return after === undefined ? { items } : { items, next: after.slice(PREFIX.length) };
}

/** Undefined for an operation that was never recorded, or was recorded at a later try. */
async function currentItem(
  item: JsonObject,
  standingOf: (operation: string) => Promise<Standing | undefined>,
): Promise<JsonObject | undefined> {
  if (item["status"] !== "running") return item;
  const standing = await standingOf(stringAt(item, "id") ?? "");
  if (standing === undefined || new Date(standing.created).toISOString() !== item["created"]) return undefined;
  return standing.end === undefined ? item : { ...item, status: standing.end.status };
}

function matches(address: ReleaseAddress, filter: Partial<ReleaseAddress>): boolean {
  return (
    (filter.cluster === undefined || filter.cluster === address.cluster) &&
    (filter.namespace === undefined || filter.namespace === address.namespace) &&
    (filter.name === undefined || filter.name === address.name)
  );
}
