import { OciError } from "../../engine/oci/error.ts";
import { upstreamKey } from "../content/keys.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { readJson, writeJson } from "../content/record.ts";

/** An upstream is left alone, because it said so or does not answer. */
export interface Rest {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly code: OciError["code"];
  readonly status: number;
  readonly message: string;
}

/** Stands for the upstream's own origin. */
export const OWN_ORIGIN = "";

/** Where replicas, and processes that start anew, learn of a rest of an origin. */
export interface Rests {
  readonly read: (origin: string) => Promise<Rest | undefined>;
  readonly write: (origin: string, rest: Rest) => Promise<void>;
}

/** Records for the hosts that an index names, however many it names: of two that share a record the later is known. */
const SLOTS = 64;

/** Rests of a project's upstream and of the hosts that it leads to, in the store. */
export function createRests(store: ObjectStore, project: string): Rests {
  const keyOf = (origin: string): string =>
    upstreamKey(project, "rest", origin === OWN_ORIGIN ? "now" : `host-${slotOf(origin)}`);
  return {
    read: async (origin) => {
      const { until, code, status, message, at } = (await readJson(store, keyOf(origin)))?.value ?? {};
      if (typeof until !== "number" || typeof status !== "number" || typeof message !== "string") return undefined;
      if (at !== origin && origin !== OWN_ORIGIN) return undefined;
      return { until, code: code === "TOOMANYREQUESTS" ? code : "UNAVAILABLE", status, message };
    },
    // Who cannot write it down rests alone.
    write: async (origin, rest) => {
      const at = origin === OWN_ORIGIN ? {} : { at: origin };
      await writeJson(store, keyOf(origin), { ...rest, ...at }).catch(() => undefined);
    },
  };
}

/** FNV-1a. */
function slotOf(origin: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < origin.length; i++) hash = Math.imul(hash ^ origin.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SLOTS;
}

/** What callers are told meanwhile. */
export function restError({ until, code, status, message }: Rest, now: number, cause?: unknown): OciError {
  return new OciError(code, { status, message, retryAfter: Math.max(1, Math.ceil((until - now) / 1000)), cause });
}
