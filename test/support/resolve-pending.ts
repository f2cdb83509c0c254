import { answerPrivateKey } from "../../engine/sprig/keys.ts";
import type { PendingAnswer, PendingRequest } from "../../engine/template/pending.ts";

type KeyRequest = Extract<PendingRequest, { readonly kind: "private-key" }>;

/** Keys cost up to seconds: the n-th key that a render asks for is the same in every render of this process. */
const keys = new Map<string, Promise<PendingAnswer>>();

/** Answers what templates ask where there is no cluster and no network: keys are made, everything else fails. */
export async function resolvePending(requests: readonly PendingRequest[]): Promise<readonly PendingAnswer[]> {
  return Promise.all(
    requests.map(async (request, i) =>
      request.kind === "private-key" ? keyAt(request, i) : { ok: false, error: `${request.kind} is not answered here` },
    ),
  );
}

function keyAt(request: KeyRequest, index: number): Promise<PendingAnswer> {
  const name = `${request.algorithm} ${request.bits} ${index}`;
  const known = keys.get(name) ?? answerPrivateKey(request);
  keys.set(name, known);
  return known;
}
