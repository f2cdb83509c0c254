import type { JsonValue } from "../errors.ts";
import { GoFailure } from "../go/value.ts";
import { Pending } from "../template/pending.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import type { PendingResolver, RenderInput } from "./input.ts";

type KeyRequest = Extract<PendingRequest, { readonly kind: "private-key" }>;

/**
 * Keys made beyond the one that a file asked for, at most. A file that asks for its n-th key has used all before and will likely ask for
 * as many again; without this every key costs a pass.
 */
const MAX_KEYS_AHEAD = 8;

/** The answers of one render, and what was asked without one. */
export interface Answers {
  /**
   * The answer, or a throw of `Pending`; a failed answer throws `GoFailure`. `file` names the asking template file, `ordinal` counts the
   * keys that it asked for before.
   */
  readonly ask: (request: PendingRequest, file: string, ordinal: number) => JsonValue;
  /** Has everything answered that was asked since the last call. False when nothing was. */
  readonly resolve: () => Promise<boolean>;
}

/** Makes the answers of one render. Requests for keys count within their file, so their names carry it. */
export function createAnswers(
  input: Pick<RenderInput, "lookup" | "dns" | "signal"> & { readonly resolve?: PendingResolver | undefined },
): Answers {
  const known = new Map<string, PendingAnswer>();
  let open = new Map<string, PendingRequest>();

  function ask(request: PendingRequest, file: string, ordinal: number): JsonValue {
    if (request.kind === "lookup" && input.lookup === "off") return {};
    if (request.kind === "dns" && !input.dns) return "";
    const named = request.kind === "private-key" ? keyOf(request, file, ordinal) : request;
    const answer = known.get(named.key);
    if (answer === undefined) {
      open.set(named.key, named);
      if (named.kind === "private-key") askAhead(named, file, ordinal);
      throw new Pending(named);
    }
    if (answer.ok) return answer.value;
    throw new GoFailure(answer.error);
  }

  function askAhead(request: KeyRequest, file: string, ordinal: number): void {
    const last = ordinal + Math.min(ordinal, MAX_KEYS_AHEAD);
    for (let next = ordinal + 1; next <= last; next++) {
      const ahead = keyOf(request, file, next);
      open.set(ahead.key, ahead);
    }
  }

  async function resolve(): Promise<boolean> {
    const requests = [...open.values()];
    open = new Map();
    if (requests.length === 0) return false;
    if (input.resolve === undefined) throw new Error("a template asked a question and the render has no resolver");
    const answers = await input.resolve(requests, input.signal);
    for (const [i, request] of requests.entries()) {
      const answer = answers[i];
      if (answer === undefined) throw new Error("the resolver left a question without an answer");
      known.set(request.key, answer);
    }
    return true;
  }

  return { ask, resolve };
}

/** A key belongs to its file and its place in it. */
function keyOf(request: KeyRequest, file: string, ordinal: number): KeyRequest {
  return { ...request, key: `private-key ${request.algorithm} ${request.bits} ${ordinal} ${file}` };
}
