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

/** Where replicas, and processes that start anew, learn of a rest. */
export interface Rests {
  readonly read: () => Promise<Rest | undefined>;
  readonly write: (rest: Rest) => Promise<void>;
}

/** Rests of a project's upstream, in the store. */
export function createRests(store: ObjectStore, project: string): Rests {
  const key = upstreamKey(project, "rest", "now");
  return {
    read: async () => {
      const { until, code, status, message } = (await readJson(store, key))?.value ?? {};
      if (typeof until !== "number" || typeof status !== "number" || typeof message !== "string") return undefined;
      return { until, code: code === "TOOMANYREQUESTS" ? code : "UNAVAILABLE", status, message };
    },
    // Who cannot write it down rests alone.
    write: async (rest) => void (await writeJson(store, key, rest).catch(() => undefined)),
  };
}

/** What callers are told meanwhile. */
export function restError({ until, code, status, message }: Rest, now: number, cause?: unknown): OciError {
  return new OciError(code, { status, message, retryAfter: Math.max(1, Math.ceil((until - now) / 1000)), cause });
}
