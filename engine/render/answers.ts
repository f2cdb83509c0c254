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

/**
 * Lookups in one pass that a file may go on from without the answer, as if nothing were there: a range asks for all of its objects at once.
 * With the passes it bounds what a chart may ask of a cluster.
 */
const MAX_GUESSES = 128;

/** The answers of one render, and what was asked without one. */
export interface Answers {
  /**
   * The answer, or a throw of `Pending`; a failed answer throws `GoFailure`. A missing object is assumed where a lookup has no answer yet; from
   * then on the file's further lookups are asked, too, while anything dearer (a key, a name, a plugin) waits for a pass that guesses nothing
   * before it. `file` names the asking template file, `ordinal` counts the
   * keys that it asked for before.
   */
  readonly ask: (request: PendingRequest, file: string, ordinal: number) => JsonValue;
  /** A file begins: what it asks is not yet asked on a guess. */
  readonly startFile: () => void;
  /** True when something was asked since the last {@link Answers.resolve}: the pass counts for its questions alone, its errors for nothing. */
  readonly isWaiting: () => boolean;
  /** Has everything answered that was asked since the last call. False when nothing was. */
  readonly resolve: () => Promise<boolean>;
}

/** Makes the answers of one render. Requests for keys count within their file, so their names carry it. */
export function createAnswers(
  input: Pick<RenderInput, "lookup" | "dns" | "signal"> & { readonly resolve?: PendingResolver | undefined },
): Answers {
  const known = new Map<string, PendingAnswer>();
  let open = new Map<string, PendingRequest>();
  let isGuessing = false;
  let guesses = 0;

  function ask(request: PendingRequest, file: string, ordinal: number): JsonValue {
    if (request.kind === "lookup" && input.lookup === "off") return {};
    if (request.kind === "dns" && !input.dns) return "";
    const named = request.kind === "private-key" ? keyOf(request, file, ordinal) : request;
    const answer = known.get(named.key);
    if (answer === undefined) {
      if (named.kind === "lookup") return guess(named);
      if (isGuessing) throw new Pending(named);
      open.set(named.key, named);
      if (named.kind === "private-key") askAhead(named, file, ordinal);
      throw new Pending(named);
    }
    if (answer.ok) return answer.value;
    throw new GoFailure(answer.error);
  }

  function guess(request: PendingRequest): JsonValue {
    if (isGuessing && guesses >= MAX_GUESSES) throw new Pending(request);
    open.set(request.key, request);
    isGuessing = true;
    guesses++;
    return {};
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
    guesses = 0;
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

  return {
    ask,
    startFile: () => {
      isGuessing = false;
    },
    isWaiting: () => open.size > 0,
    resolve,
  };
}

/** A key belongs to its file and its place in it. */
function keyOf(request: KeyRequest, file: string, ordinal: number): KeyRequest {
  return { ...request, key: `private-key ${request.algorithm} ${request.bits} ${ordinal} ${file}` };
}
