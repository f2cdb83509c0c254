import type { JsonObject } from "../../engine/errors.ts";
import type { Clock } from "../http/clock.ts";
import { sha256Hex } from "../http/digest.ts";
import { isJsonObject } from "../http/json.ts";
import type { RecordStore } from "../http/record-store.ts";
import type { DeploymentResult } from "../releases/deploy-for.ts";

/** How long deliveries are listed and repeated ones known: GitHub keeps its own list as long, and no sender repeats later. */
const LIFETIME = 3 * 24 * 60 * 60 * 1000;
/** A delivery that was claimed and never answered may be tried again after this. */
const CLAIM_TIME = 2 * 60 * 1000;
const FAR_FUTURE = 9_999_999_999_999;

/** A delivery as the list shows it. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: "accepted" | "ignored" | "refused";
  /** Why nothing happened, in one sentence; empty when something did. */
  readonly reason: string;
  readonly results: readonly DeploymentResult[];
}

interface DeliveryDeps {
  readonly records: RecordStore;
  readonly clock: Clock;
}

/** True for the first to come with this id; a repeated delivery does nothing. */
export async function claimDelivery(deps: DeliveryDeps, receiver: string, id: string): Promise<boolean> {
  const key = await claimKey(receiver, id);
  return (await deps.records.put(key, { state: "claimed" }, { expires: deps.clock.now() + CLAIM_TIME })) !== undefined;
}

/** Lets the same id come again: the delivery failed on our side. */
export async function unclaimDelivery(deps: DeliveryDeps, receiver: string, id: string): Promise<void> {
  await deps.records.delete(await claimKey(receiver, id));
}

/** Notes what became of a delivery, for the list, and keeps its id. */
export async function noteDelivery(deps: DeliveryDeps, receiver: string, delivery: Delivery): Promise<void> {
  const now = deps.clock.now();
  const expires = now + LIFETIME;
  const claim = await claimKey(receiver, delivery.id);
  const claimed = await deps.records.get(claim);
  if (claimed !== undefined) await deps.records.put(claim, { state: "done" }, { version: claimed.version, expires });
  const key = `${prefixOf(receiver)}${String(FAR_FUTURE - now).padStart(13, "0")}-${await sha256Hex(delivery.id)}`;
  const results = delivery.results.map((result): JsonObject => ({ ...result }));
  await deps.records.put(key, { ...delivery, results, time: new Date(now).toISOString() }, { expires });
}

/** A page of a receiver's deliveries, newest first. */
export async function listDeliveries(
  records: RecordStore,
  receiver: string,
  options: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly JsonObject[]; readonly next?: string }> {
  const prefix = prefixOf(receiver);
  const after = options.after === undefined ? {} : { after: prefix + options.after };
  const page = await records.list(prefix, { limit: options.limit, ...after });
  const items = page.items.map((record) => record.value).filter(isJsonObject);
  return page.next === undefined ? { items } : { items, next: page.next.slice(prefix.length) };
}

function prefixOf(receiver: string): string {
  return `deliveries/${receiver}/`;
}

async function claimKey(receiver: string, id: string): Promise<string> {
  return `delivered/${receiver}/${await sha256Hex(id)}`;
}
