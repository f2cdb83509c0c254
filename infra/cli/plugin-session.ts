import { type FunctionPlugin, type RunFunction, withFunctions } from "../../engine/action/functions.ts";
import type { Judgement, JudgePlan } from "../../engine/action/judge.ts";
import {
  type PostRenderer,
  postRender,
  type PostRenderStrategy,
  type RunPostRenderer,
} from "../../engine/action/post-render.ts";
import {
  type AdmittedPlugin,
  functionInput,
  policyInput,
  type PluginHost,
  PluginError,
  type PluginReply,
  postRenderInput,
  readFunctionOutput,
  readPolicyOutput,
  readPostRenderOutput,
} from "../../engine/plugin/index.ts";
import type { PendingResolver, RenderInput } from "../../engine/render/index.ts";
import type { CommandIo } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { type NamedPlugins, namedPlugins } from "./named-plugins.ts";
import { showingLines } from "./plugin-lines.ts";
import { strategyOf } from "./render-plugin-flags.ts";

/** Plugins that the flags name, ready to run. */
export interface PluginSession {
  readonly postRenderers: readonly PostRenderer[];
  readonly postRenderStrategy: PostRenderStrategy;
  readonly postRender: RunPostRenderer;
  readonly functions: readonly FunctionPlugin[];
  readonly runFunction: RunFunction;
  /** Absent where no policy is named. */
  readonly judge?: JudgePlan;
  /** What a render without a release is given. */
  readonly rendering: (resolve: PendingResolver) => Pick<RenderInput, "functions" | "resolve" | "postRender">;
  readonly close: () => Promise<void>;
}

/** Opens what the flags name. Threads start with the first call. Refuses, in Helm's words, what is not there or may not run. */
export async function openPlugins(flags: ParsedFlags, io: CommandIo): Promise<PluginSession> {
  const named = await namedPlugins(flags, io);
  const { openPluginHost } = await import("../node/plugin-host.ts");
  const { openEgress } = await import("../node/egress.ts");
  const { egress, close: closeEgress } = openEgress();
  const { host, close } = openPluginHost(egress);
  const session = running(flags, named, callerOf(showingLines(host, io)));
  return {
    ...session,
    rendering: (resolve) => renderingBy(session, resolve),
    close: async () => void (await Promise.all([close(), closeEgress()])),
  };
}

type Running = Omit<PluginSession, "close" | "rendering">;

function renderingBy(session: Running, resolve: PendingResolver): ReturnType<PluginSession["rendering"]> {
  const { postRenderers: renderers, postRenderStrategy: strategy, postRender: run, functions, runFunction } = session;
  return {
    functions: functions.flatMap((plugin) => plugin.functions),
    resolve: withFunctions(resolve, runFunction, functions),
    ...(renderers.length === 0
      ? {}
      : { postRender: async (files) => await postRender(files, { renderers, strategy, run }) }),
  };
}

type Caller = (plugin: AdmittedPlugin, input: string, signal: AbortSignal | undefined) => Promise<PluginReply>;

function callerOf(host: PluginHost): Caller {
  return async (plugin, input, signal) =>
    await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
}

function running(flags: ParsedFlags, named: NamedPlugins, call: Caller): Running {
  const { postRenderers, functions, policies } = named;
  const args = flags.all("post-renderer-args");
  return {
    postRenderers: postRenderers.map(({ given, plugin: { digest } }) => ({ plugin: given, digest, args, config: {} })),
    postRenderStrategy: strategyOf(flags),
    postRender: async (renderer, manifests, signal) => {
      const { plugin: given, digest } = renderer;
      const plugin = postRenderers.find((one) => one.given === given && one.plugin.digest === digest)?.plugin;
      if (plugin === undefined) throw new PluginError("not-found", `no post-renderer ${given}`);
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
