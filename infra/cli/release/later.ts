import type { PendingResolver } from "../../../engine/render/input.ts";

/** Answers what templates ask; what makes keys is loaded when the first is asked for. */
export const answerLater: PendingResolver = async (requests, signal) =>
  await (await import("../../compose/pending.ts")).answerPending(requests, signal);
