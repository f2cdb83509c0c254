import { answerPrivateKey } from "../../engine/sprig/keys.ts";
import type { PendingResolver } from "../../engine/render/input.ts";
import type { PendingAnswer, PendingRequest } from "../../engine/template/pending.ts";

/** Answers what templates ask besides cluster reads: private keys are made, side by side where the runtime can; names are not resolved. */
export const answerPending: PendingResolver = (requests) => Promise.all(requests.map(answer));

async function answer(request: PendingRequest): Promise<PendingAnswer> {
  if (request.kind === "private-key") return answerPrivateKey(request);
  return { ok: false, error: `${request.kind} is not available here` };
}
