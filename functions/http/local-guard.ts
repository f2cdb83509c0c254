import type { RequestHead } from "../../registry/http/exchange.ts";
import { ProblemError } from "./problem.ts";

const LOCAL_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The check of the embedded local mode, which knows no tokens: the request must name a loopback host (against DNS rebinding) and, when
 * a browser sent it, come from a page of that very host (against cross-site requests). Throws `untrusted-host`.
 */
export function assertLocal(request: RequestHead): void {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  if (!LOCAL_NAMES.has(hostName(host))) {
    throw new ProblemError("untrusted-host", "the local mode answers to localhost, 127.0.0.1 and [::1] only");
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `${new URL(request.url).protocol}//${host}`) {
    throw new ProblemError("untrusted-host", "the local mode answers to its own pages only");
  }
  const site = request.headers.get("sec-fetch-site");
  if (site === "cross-site" || site === "same-site") {
    throw new ProblemError("untrusted-host", "the local mode answers to its own pages only");
  }
}

function hostName(host: string): string {
  return (host.startsWith("[") ? host.slice(0, host.indexOf("]") + 1) : (host.split(":")[0] ?? "")).toLowerCase();
}
