import type { JsonValue } from "../errors.ts";
import { type FunctionSignature, type HearPlugin, PluginError } from "../plugin/index.ts";
import type { PendingResolver } from "../render/input.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";
import { gather } from "./gather.ts";
import { type Hearing, OPEN_HEARING } from "./hearing.ts";

/** A plugin with template functions, pinned: the same bytes at every step of an operation. */
export interface FunctionPlugin {
  /** As it was asked for, for messages. */
  readonly plugin: string;
  /** `sha256:…` of the plugin's module, or of its artifact in a registry. */
  readonly digest: string;
  readonly config: Readonly<Record<string, string>>;
  readonly functions: readonly FunctionSignature[];
}

/** One call of a template function. */
export interface FunctionCall {
  readonly signature: FunctionSignature;
  readonly args: readonly JsonValue[];
}

/** Runs a function of a plugin: its value, or the text of its error. Throws a `PluginError` for what is no answer. */
export type RunFunction = (
  plugin: FunctionPlugin,
  call: FunctionCall,
  signal?: AbortSignal,
  hear?: HearPlugin,
) => Promise<PendingAnswer>;

/** Answers calls of these plugins' functions, and everything else by `resolve`. */
export function withFunctions(
  resolve: PendingResolver,
  run: RunFunction | undefined,
  plugins: readonly FunctionPlugin[],
  hearing: Hearing = OPEN_HEARING,
): PendingResolver {
  if (run === undefined || plugins.length === 0) return resolve;
  const running: Running = { run, plugins, hearing };
  return async (requests, signal) => {
    const rest = requests.filter((request) => request.kind !== "function");
    const [calls, answered] = await Promise.all([
      gather(requests, async (request) =>
        request.kind === "function" ? await callFunction(running, request, signal) : undefined,
      ),
      rest.length === 0 ? [] : resolve(rest, signal),
    ]);
    const others = answered.values();
    return calls.map((call) => call ?? others.next().value ?? { ok: false, error: "it has no answer" });
  };
}

interface Running {
  readonly run: RunFunction;
  readonly plugins: readonly FunctionPlugin[];
  readonly hearing: Hearing;
}

/** A template's call. What goes wrong in a plugin is the function's error: the render ends with it, at its place. */
async function callFunction(
  { run, plugins, hearing: { hear, hide } }: Running,
  { name, args }: Extract<PendingRequest, { readonly kind: "function" }>,
  signal: AbortSignal | undefined,
): Promise<PendingAnswer> {
  const found = plugins.flatMap((plugin) =>
    plugin.functions.filter((one) => one.name === name).map((signature) => ({ plugin, signature })),
  );
  const [first] = found;
  if (first === undefined) return { ok: false, error: `no plugin has a function ${name}` };
  try {
    const answer = await run(first.plugin, { signature: first.signature, args }, signal, hear);
    return answer.ok ? answer : { ok: false, error: hide(answer.error) };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return { ok: false, error: hide(error.message) };
  }
}
