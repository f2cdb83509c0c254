import { answerPrivateKey } from "../../engine/sprig/keys.ts";
import type { PendingResolver } from "../../engine/render/input.ts";
import type { PendingAnswer } from "../../engine/template/pending.ts";

/** Answers what templates ask besides cluster reads: private keys are made, names are not resolved. */
export const answerPending: PendingResolver = async (requests) => {
  const answers: PendingAnswer[] = [];
  for (const request of requests) {
    if (request.kind === "private-key") answers.push(await answerPrivateKey(request));
    else answers.push({ ok: false, error: `${request.kind} is not available here` });
  }
  return answers;
};
