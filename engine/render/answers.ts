import type { JsonValue } from "../errors.ts";
import { GoFailure } from "../go/value.ts";
import { Pending } from "../template/pending.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import type { PendingResolver, RenderInput } from "./input.ts";

/** The answers of one render, and what was asked without one. */
export interface Answers {
  /** The answer, or a throw of `Pending`; a failed answer throws `GoFailure`. `file` names the asking template file. */
  readonly ask: (request: PendingRequest, file: string) => JsonValue;
  /** Has everything answered that was asked since the last call. False when nothing was. */
  readonly resolve: () => Promise<boolean>;
}

/** Makes the answers of one render. Requests for keys count within their file, so their names carry it. */
export function createAnswers(
  input: Pick<RenderInput, "lookup" | "dns" | "signal"> & { readonly resolve?: PendingResolver | undefined },
): Answers {
  const known = new Map<string, PendingAnswer>();
  let open = new Map<string, PendingRequest>();

  function ask(request: PendingRequest, file: string): JsonValue {
    if (request.kind === "lookup" && input.lookup === "off") return {};
    if (request.kind === "dns" && !input.dns) return "";
    const key = request.kind === "private-key" ? `${file}\n${request.key}` : request.key;
    const answer = known.get(key);
    if (answer === undefined) {
      const named = { ...request, key };
      open.set(key, named);
      throw new Pending(named);
    }
    if (answer.ok) return answer.value;
    throw new GoFailure(answer.error);
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
