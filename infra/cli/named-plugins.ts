import { EngineError } from "../../engine/errors.ts";
import type { AdmittedPlugin, PluginType } from "../../engine/plugin/index.ts";
import { foreignProblem } from "../../engine/render/index.ts";
import { CommandError, type CommandIo } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { admitNamed, type PluginPlace } from "./plugin-files.ts";
import { readGrants } from "./plugin-grants.ts";
import {
  countProblem,
  FUNCTIONS_FLAG,
  pluginsOf,
  POLICY_FLAG,
  POST_RENDERER_FLAG,
  POST_RENDERERS_FLAG,
} from "./render-plugin-flags.ts";

/** What flags name, admitted. */
export interface NamedPlugins {
  /** In the order in which they run. */
  readonly postRenderers: readonly NamedPlugin[];
  readonly functions: readonly AdmittedPlugin[];
  readonly policies: readonly AdmittedPlugin[];
}

/** A plugin by the name that a flag has for it. */
export interface NamedPlugin {
  readonly given: string;
  readonly plugin: AdmittedPlugin;
}

/** What the flags name, admitted. Throws `CommandError`. */
export async function namedPlugins(flags: ParsedFlags, io: CommandIo): Promise<NamedPlugins> {
  const place: PluginPlace = { flags, io, grants: await readGrants(flags, io) };
  const admit = (flag: string, type: PluginType) => admitAll(flag, type, place);
  const postRenderers = [
    ...(await admit(POST_RENDERER_FLAG.name, "postrenderer/v1")),
    ...(await admit(POST_RENDERERS_FLAG.name, "postrenderer/v1")),
  ];
  const functions = (await admit(FUNCTIONS_FLAG.name, "function/v1")).map(({ plugin }) => plugin);
  const policies = (await admit(POLICY_FLAG.name, "policy/v1")).map(({ plugin }) => plugin);
  const problem = foreignProblem(functions.flatMap((plugin) => plugin.functions));
  if (problem !== undefined) throw new CommandError(problem);
  const empty = functions.find((plugin) => plugin.functions.length === 0);
  if (empty === undefined) return { postRenderers, functions, policies };
  throw new CommandError(`plugin ${empty.name} names no functions: give the folder with its plugin.yaml`);
}

async function admitAll(flag: string, type: PluginType, place: PluginPlace): Promise<readonly NamedPlugin[]> {
  const admitted: NamedPlugin[] = [];
  for (const given of pluginsOf(place.flags, flag)) {
    try {
      // Helm compatibility: the first is looked for before the second is refused.
      const problem = countProblem(flag, admitted.length + 1);
      if (problem !== undefined) throw new CommandError(problem);
      admitted.push({ given, plugin: await admitNamed(given, type, place) });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const text = `invalid argument ${JSON.stringify(given)} for "--${flag}" flag: ${error.message}`;
      throw new CommandError(text, error.detail, { cause: error });
    }
  }
  return admitted;
}
