import type { FunctionPlugin, RunFunction } from "../../engine/action/functions.ts";
import { functionInput, PluginError, readFunctionOutput } from "../../engine/plugin/index.ts";
import { foreignProblem } from "../../engine/render/index.ts";
import type { FunctionPluginConfig } from "../config/config.ts";
import { ProblemError } from "../http/problem.ts";
import { createPluginAdmission, type PluginDeps } from "./plugin-admission.ts";

/** The template functions that the configuration adds to every chart. */
export interface FunctionPlugins {
  /** The configured plugins as they stand now, by digest. Throws `ProblemError` where one is not there, or may not run. */
  readonly pin: (signal?: AbortSignal) => Promise<readonly FunctionPlugin[]>;
  readonly run: RunFunction;
}

/** Template functions out of the registry, under the operator's grants. */
export function createFunctionPlugins(deps: PluginDeps, configured: readonly FunctionPluginConfig[]): FunctionPlugins {
  const admission = createPluginAdmission(deps, "function/v1");
  return {
    pin: async (signal) => {
      const pinned: FunctionPlugin[] = [];
      for (const wanted of configured) pinned.push(await pinOne(admission, wanted, signal));
      const problem = foreignProblem(pinned.flatMap((plugin) => plugin.functions));
      if (problem !== undefined) throw unusable(problem);
      return pinned;
    },
    run: async ({ plugin, config }, { signature, args }, signal, hear) => {
      const called = await admission.call({ plugin, config }, functionInput(signature.name, args), signal, hear);
      return readFunctionOutput(called.plugin, signature, called.output);
    },
  };
}

async function pinOne(
  { pin, admit }: ReturnType<typeof createPluginAdmission>,
  wanted: FunctionPluginConfig,
  signal: AbortSignal | undefined,
): Promise<FunctionPlugin> {
  try {
    const pinned = await pin(wanted, signal);
    const { functions } = await admit(pinned, signal);
    if (functions.length === 0)
      throw unusable(`${wanted.plugin} names no function: config.functions of a plugin.yaml does`);
    return { ...pinned, functions };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw unusable(error.message);
  }
}

function unusable(problem: string): ProblemError {
  return new ProblemError("render-failed", `the configured template functions cannot be used: ${problem}`);
}
