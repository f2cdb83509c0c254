/** A connection that waits longer is cut by proxies; a client asks again. */
const MAX_WAIT_SECONDS = 60;

/** What a `Prefer` header (RFC 7240) asks for. */
export interface Prefer {
  /** Milliseconds to wait for a result; 0 answers at once. */
  readonly wait: number;
  /** For `Preference-Applied`; empty when nothing was. */
  readonly applied: string;
}

/** Reads `respond-async` and `wait=SECONDS`; unknown preferences are ignored, as they must be. */
export function readPrefer(headers: Headers): Prefer {
  const parts = (headers.get("prefer") ?? "").split(",").map((part) => part.trim().toLowerCase());
  const wait = parts
    .map((part) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(part)?.[1])
    .find((seconds) => seconds !== undefined);
  const async = parts.includes("respond-async");
  if (wait === undefined) return { wait: 0, applied: async ? "respond-async" : "" };
  const seconds = Math.min(Number(wait), MAX_WAIT_SECONDS);
  return { wait: seconds * 1000, applied: `${async ? "respond-async, " : ""}wait=${seconds}` };
}
