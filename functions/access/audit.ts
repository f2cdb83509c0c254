import type { JsonObject } from "../../engine/errors.ts";
import type { Clock, RandomSource } from "../http/clock.ts";
import { toHex } from "../http/digest.ts";
import { isJsonObject } from "../http/json.ts";
import type { Log } from "../http/log.ts";
import type { RecordStore } from "../http/record-store.ts";
import { type Principal, principalName } from "./principal.ts";

/** How long an audit record is kept: the usual quarter. */
export const AUDIT_LIFETIME: number = 90 * 24 * 60 * 60 * 1000;
const PREFIX = "audit/";
/** Later times sort first, so that a list begins with the newest. */
const FAR_FUTURE = 9_999_999_999_999;

/** One line of the audit trail. */
export interface AuditEntry {
  readonly principal: Principal;
  readonly action: string;
  /** What it was done to: a release key, a project, a token's id. */
  readonly target: string;
  readonly result: "allowed" | "refused";
  readonly request: string;
  readonly detail?: JsonObject;
}

export interface AuditDeps {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly randomBytes: RandomSource;
  readonly log: Log;
}

/** Writes down who did what. The log gets the same line, so that a lost store does not lose the trail. */
export async function audit(deps: AuditDeps, entry: AuditEntry): Promise<void> {
  const now = deps.clock.now();
  const line: JsonObject = {
    time: new Date(now).toISOString(),
    principal: principalName(entry.principal),
    action: entry.action,
    target: entry.target,
    result: entry.result,
    request: entry.request,
    ...(entry.detail === undefined ? {} : { detail: entry.detail }),
  };
  deps.log.write("info", "audit", line);
  const key = `${PREFIX}${String(FAR_FUTURE - now).padStart(13, "0")}-${toHex(deps.randomBytes(6))}`;
  await deps.records.put(key, line, { expires: now + AUDIT_LIFETIME });
}

/** A page of the trail, newest first. */
export async function listAudit(
  records: RecordStore,
  options: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly JsonObject[]; readonly next?: string }> {
  const after = options.after === undefined ? {} : { after: PREFIX + options.after };
  const page = await records.list(PREFIX, { limit: options.limit, ...after });
  const items = page.items.map((record) => record.value).filter(isJsonObject);
  return page.next === undefined ? { items } : { items, next: page.next.slice(PREFIX.length) };
}
