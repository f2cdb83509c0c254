import type { JsonValue } from "../errors.ts";
import { GoFailure } from "../go/value.ts";
import { TemplateError } from "../template/error.ts";
import { Pending } from "../template/pending.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import type { PendingResolver, RenderInput } from "./input.ts";

type KeyRequest = Extract<PendingRequest, { readonly kind: "private-key" }>;
type FunctionRequest = Extract<PendingRequest, { readonly kind: "function" }>;

/**
 * Keys made beyond the one that a file asked for, at most. Where no earlier render tells how many a file uses: one that asks for its n-th key
 * has used all before and will likely ask for as many again. Without this every key costs a pass.
 */
const MAX_KEYS_AHEAD = 8;

/** Calls of functions of plugins in one render, each with other arguments. */
const MAX_FUNCTION_CALLS = 2048;

/**
 * Lookups and calls of functions in one pass that a file may go on from without the answer, as if nothing were there: a range asks for all of its objects at once.
 * With the passes it bounds what a chart may ask of a cluster.
 */
const MAX_GUESSES = 128;

/** The answers of one render, and what was asked without one. */
export interface Answers {
  /**
   * The answer, or a throw of `Pending`; a failed answer throws `GoFailure`. A missing object is assumed where a lookup has no answer yet, and
   * the zero value where a plugin's function has none; from then on the file's further ones are asked, too, while anything dearer (a key, a
   * name) waits for a pass that guesses nothing before it. Keys are begun at once, while the pass goes on. `ordinal` counts the keys that the file asked for before.
   */
  readonly ask: (request: PendingRequest, ordinal: number) => JsonValue;
  /** A file begins: what it asks is not yet asked on a guess. */
  readonly startFile: (path: string) => void;
  /** True when something was asked since the last {@link Answers.resolve}: the pass counts for its questions alone, its errors for nothing. */
  readonly isWaiting: () => boolean;
  /** Has everything answered that was asked since the last call. False when nothing was. */
  readonly resolve: () => Promise<boolean>;
  /** The keys that each file of the last pass was given, by path. */
  readonly used: () => KeyForecast;
}

/** A key of a file without its name. */
export type KeyKind = Pick<KeyRequest, "algorithm" | "bits">;
/** The keys that files will likely ask for, in their order, by path. */
export type KeyForecast = ReadonlyMap<string, readonly KeyKind[]>;

type AnswerInput = Pick<RenderInput, "lookup" | "dns" | "signal"> & { readonly resolve?: PendingResolver | undefined };

/** Makes the answers of one render. Requests for keys count within their file, so their names carry it. */
export function createAnswers(input: AnswerInput, forecast: KeyForecast = new Map()): Answers {
  const known = new Map<string, PendingAnswer>();
  const used = new Map<string, KeyKind[]>();
  let open = new Map<string, PendingRequest>();
  let begun = new Map<string, Promise<void>>();
  const calls = new Set<string>();
  let file = "";
  let isGuessing = false;
  let guesses = 0;

  function ask(request: PendingRequest, ordinal: number): JsonValue {
    if (request.kind === "lookup" && input.lookup === "off") return {};
    if (request.kind === "dns" && !input.dns) return "";
    const named = request.kind === "private-key" ? keyOf(request, file, ordinal) : request;
    const answer = known.get(named.key);
    if (answer === undefined) {
      if (named.kind === "lookup") return guess(named, {});
      if (named.kind === "function") return guessCall(named);
      if (isGuessing) throw new Pending(named);
      if (request.kind === "private-key") beginKeys(request, ordinal);
      else open.set(named.key, named);
      throw new Pending(named);
    }
    if (!answer.ok) throw new GoFailure(answer.error);
    if (named.kind === "private-key") use(named);
    return answer.value;
  }

  function guessCall(request: FunctionRequest): JsonValue {
    calls.add(request.key);
    if (calls.size <= MAX_FUNCTION_CALLS) return guess(request, request.zero);
    const message = `templates call functions of plugins with more than ${MAX_FUNCTION_CALLS} different arguments`;
    throw new TemplateError("budget", message);
  }

  function guess(request: PendingRequest, meanwhile: JsonValue): JsonValue {
    if (isGuessing && guesses >= MAX_GUESSES) throw new Pending(request);
    open.set(request.key, request);
    isGuessing = true;
    guesses++;
    return meanwhile;
  }

  function use({ algorithm, bits }: KeyKind): void {
    const keys = used.get(file) ?? [];
    keys.push({ algorithm, bits });
    used.set(file, keys);
  }

  function beginKeys(request: KeyRequest, ordinal: number): void {
    const wanted = [request, ...keysAhead(request, ordinal, forecast.get(file))].map((kind, i) =>
      keyOf(kind, file, ordinal + i),
    );
    const fresh = wanted.filter(({ key }) => !known.has(key) && !begun.has(key));
    const answered = settle(fresh, input, known);
    answered.catch(() => undefined);
    for (const { key } of fresh) begun.set(key, answered);
  }

  async function resolve(): Promise<boolean> {
    const waits = new Set(begun.values());
    if (open.size > 0) waits.add(settle([...open.values()], input, known));
    open = new Map();
    begun = new Map();
    guesses = 0;
    if (waits.size === 0) return false;
    used.clear();
    await Promise.all(waits);
    return true;
  }

  return {
    ask,
    startFile: (path) => {
      file = path;
      isGuessing = false;
    },
    isWaiting: () => open.size > 0 || begun.size > 0,
    resolve,
    used: () => used,
  };
}

/** A key belongs to its file and its place in it. */
function keyOf({ algorithm, bits }: KeyKind, file: string, ordinal: number): KeyRequest {
  return {
    kind: "private-key",
    key: `private-key ${algorithm} ${bits} ${ordinal} ${file}`,
    algorithm,
    bits,
  };
}

function keysAhead(request: KeyRequest, ordinal: number, likely: readonly KeyKind[] | undefined): readonly KeyKind[] {
  if (likely !== undefined) return likely.slice(ordinal + 1);
  const count = Math.max(request.following ?? 0, Math.min(ordinal, MAX_KEYS_AHEAD));
  return Array.from({ length: count }, () => request);
}

/** Has `requests` answered, into `known`. */
async function settle(
  requests: readonly PendingRequest[],
  input: AnswerInput,
  known: Map<string, PendingAnswer>,
): Promise<void> {
  if (input.resolve === undefined) throw new Error("a template asked a question and the render has no resolver");
  const answers = await input.resolve(requests, input.signal);
  for (const [i, request] of requests.entries()) {
    const answer = answers[i];
    if (answer === undefined) throw new Error("the resolver left a question without an answer");
    known.set(request.key, answer);
  }
}
