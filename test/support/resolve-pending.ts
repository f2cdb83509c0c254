import type { PendingAnswer, PendingRequest } from "../../engine/template/pending.ts";

/** Answers what templates ask where there is no cluster and no network. */
export async function resolvePending(requests: readonly PendingRequest[]): Promise<readonly PendingAnswer[]> {
  return Promise.resolve(requests.map((request) => ({ ok: false, error: `${request.kind} is not answered here` })));
}
