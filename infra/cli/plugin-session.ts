import { type FunctionPlugin, type RunFunction, withFunctions } from "../../engine/action/functions.ts";
import type { Judgement, JudgePlan } from "../../engine/action/judge.ts";
import { type PostRenderer, postRender, type RunPostRenderer } from "../../engine/action/post-render.ts";
import { EngineError } from "../../engine/errors.ts";
import {
  type AdmittedPlugin,
  functionInput,
  policyInput,
  type PluginHost,
  PluginError,
  type PluginReply,
  type PluginType,
  postRenderInput,
  readFunctionOutput,
  readPolicyOutput,
  readPostRenderOutput,
} from "../../engine/plugin/index.ts";
import { foreignProblem, type PendingResolver, type RenderInput } from "../../engine/render/index.ts";
import { CommandError } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { admitNamed, type PluginIo } from "./plugin-files.ts";
import { type PluginGrants, readGrants } from "./plugin-grants.ts";
import { POLICY_FLAG } from "./render-plugin-flags.ts";
import { slogLine } from "./slog.ts";

/** Plugins that the flags name, ready to run. */
export interface PluginSession {
  readonly postRenderers: readonly PostRenderer[];
  readonly postRender: RunPostRenderer;
  readonly functions: readonly FunctionPlugin[];
  readonly runFunction: RunFunction;
  /** Absent where no policy is named. */
  readonly judge?: JudgePlan;
  /** What a render without a release is given. */
  readonly rendering: (resolve: PendingResolver) => Pick<RenderInput, "functions" | "resolve" | "postRender">;
  readonly close: () => Promise<void>;
}

/** True where flags name plugins. */
export function namesPlugins(flags: ParsedFlags): boolean {
  return postRendererOf(flags) !== undefined || flags.all("functions").length > 0 || namesPolicies(flags);
}

function postRendererOf(flags: ParsedFlags): string | undefined {
  return flags.all("post-renderer").find((name) => name !== "");
}

function namesPolicies(flags: ParsedFlags): boolean {
  return flags.all(POLICY_FLAG.name).length > 0;
}

/** Opens what the flags name. Threads start with the first call. Refuses, in Helm's words, what is not there or may not run. */
export async function openPlugins(flags: ParsedFlags, io: PluginIo): Promise<PluginSession> {
  const named = await namedPlugins(flags, io);
  const { openPluginHost } = await import("../node/plugin-host.ts");
  const { openEgress } = await import("../node/egress.ts");
  const { egress, close: closeEgress } = openEgress();
  const { host, close } = openPluginHost(egress);
  const session = running(flags, named, callerOf(host, io));
  return {
    ...session,
    rendering: (resolve) => renderingBy(session, resolve),
    close: async () => void (await Promise.all([close(), closeEgress()])),
  };
}

interface NamedPlugins {
  readonly postRenderer: AdmittedPlugin | undefined;
  readonly functions: readonly AdmittedPlugin[];
  readonly policies: readonly AdmittedPlugin[];
}

/** What the flags name, admitted. Throws `CommandError`. */
export async function namedPlugins(flags: ParsedFlags, io: PluginIo): Promise<NamedPlugins> {
  const grants = await readGrants(flags, io);
  const admit = (flag: string, type: PluginType) => admitAll(flag, flags, type, { io, grants });
  const [postRenderer] = await admit("post-renderer", "postrenderer/v1");
  const functions = await admit("functions", "function/v1");
  const policies = await admit(POLICY_FLAG.name, "policy/v1");
  const problem = foreignProblem(functions.flatMap((plugin) => plugin.functions));
  if (problem !== undefined) throw new CommandError(problem);
  const empty = functions.find((plugin) => plugin.functions.length === 0);
  if (empty === undefined) return { postRenderer, functions, policies };
  throw new CommandError(`plugin ${empty.name} names no functions: give the folder with its plugin.yaml`);
}

async function admitAll(
  flag: string,
  flags: ParsedFlags,
  type: PluginType,
  { io, grants }: { readonly io: PluginIo; readonly grants: PluginGrants },
): Promise<readonly AdmittedPlugin[]> {
  const admitted: AdmittedPlugin[] = [];
  for (const name of flags.all(flag).filter((one) => one !== "")) {
    try {
      // Helm compatibility: empty names do not count, and the first is looked for before the second is refused.
      if (flag === "post-renderer" && admitted.length > 0)
        throw new CommandError("cannot specify --post-renderer flag more than once");
      admitted.push(await admitNamed(name, type, io, grants));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const text = `invalid argument ${JSON.stringify(name)} for "--${flag}" flag: ${error.message}`;
      throw new CommandError(text, error.detail, { cause: error });
    }
  }
  return admitted;
}

type Running = Omit<PluginSession, "close" | "rendering">;

function renderingBy(session: Running, resolve: PendingResolver): ReturnType<PluginSession["rendering"]> {
  const { postRenderers: renderers, postRender: run, functions, runFunction } = session;
  return {
    functions: functions.flatMap((plugin) => plugin.functions),
    resolve: withFunctions(resolve, runFunction, functions),
    ...(renderers.length === 0
      ? {}
      : { postRender: async (files) => await postRender(files, { renderers, strategy: "combined", run }) }),
  };
}

type Caller = (plugin: AdmittedPlugin, input: string, signal: AbortSignal | undefined) => Promise<PluginReply>;

const LEVELS = { trace: "DEBUG", debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

function callerOf(host: PluginHost, io: PluginIo): Caller {
  return async (plugin, input, signal) => {
    const reply = await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
    for (const { level, text } of reply.logs) io.stderr(slogLine(LEVELS[level], text, [["plugin", plugin.name]]));
    return reply;
  };
}

function running(flags: ParsedFlags, named: NamedPlugins, call: Caller): Running {
  const { postRenderer, functions, policies } = named;
  const name = postRendererOf(flags) ?? "";
  const args = flags.all("post-renderer-args");
  return {
    postRenderers: postRenderer === undefined ? [] : [{ plugin: name, digest: "local", args, config: {} }],
    postRender: async (renderer, manifests, signal) => {
      const plugin = postRenderer;
      if (plugin === undefined) throw new PluginError("not-found", `no post-renderer ${renderer.plugin}`);
      const { output } = await call(plugin, postRenderInput(manifests, renderer.args), signal);
      return readPostRenderOutput(plugin, output, manifests);
    },
    functions: functions.map((one) => ({
      plugin: one.name,
      digest: one.digest,
      config: {},
      functions: one.functions,
    })),
    runFunction: async (pinned, { signature, args: given }, signal) => {
      const plugin = functions.find((one) => one.digest === pinned.digest && one.name === pinned.plugin);
      if (plugin === undefined) throw new PluginError("not-found", `no plugin ${pinned.plugin}`);
      const { output } = await call(plugin, functionInput(signature.name, given), signal);
      return readFunctionOutput(plugin, signature, output);
    },
    ...(policies.length === 0 ? {} : { judge: judgeBy(policies, call) }),
  };
}

function judgeBy(policies: readonly AdmittedPlugin[], call: Caller): JudgePlan {
  return async (plan, signal) => {
    const input = policyInput(plan);
    const judgements: Judgement[] = [];
    for (const plugin of policies) {
      const { output } = await call(plugin, input, signal);
      judgements.push({ policy: plugin.name, findings: readPolicyOutput(plugin, output) });
    }
    return judgements;
  };
}
