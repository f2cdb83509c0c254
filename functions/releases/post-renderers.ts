import type { PostRenderer, RunPostRenderer } from "../../engine/action/post-render.ts";
import { PluginError, postRenderInput, readPostRenderOutput } from "../../engine/plugin/index.ts";
import { ProblemError } from "../http/problem.ts";
import { createPluginAdmission, type PluginAdmission, type PluginDeps, type WantedPlugin } from "./plugin-admission.ts";

/** A post-renderer as a request or the configuration names it. */
export interface WantedPostRenderer extends WantedPlugin {
  readonly args: readonly string[];
}

/** Post-renderers of requests: pinned when a request comes, run at every step by their digest. */
export interface PostRenderers {
  readonly placeOf: PluginAdmission["placeOf"];
  /** Throws `ProblemError` where there is no such plugin, or where it may not run. */
  readonly pin: (wanted: WantedPostRenderer, signal?: AbortSignal) => Promise<PostRenderer>;
  readonly run: RunPostRenderer;
}

/** Post-renderers out of the registry, under the operator's grants. */
export function createPostRenderers(deps: PluginDeps): PostRenderers {
  const { placeOf, pin, admit, call } = createPluginAdmission(deps, "postrenderer/v1");
  return {
    placeOf,
    pin: async (wanted, signal) => {
      if (placeOf(wanted.plugin) === undefined) throw refused(`${wanted.plugin} is not a plugin of this registry`);
      if (deps.host === undefined) throw refused("this server runs no plugins");
      return await refusing(async () => {
        const pinned = { ...(await pin(wanted, signal)), args: wanted.args };
        await admit(pinned, signal);
        return pinned;
      });
    },
    run: async (renderer, manifests, signal, hear) => {
      const { plugin, output } = await call(renderer, postRenderInput(manifests, renderer.args), signal, hear);
      return readPostRenderOutput(plugin, output, manifests);
    },
  };
}

function refused(detail: string): ProblemError {
  return new ProblemError("invalid-request", detail, { errors: [{ pointer: "/postRenderers", detail }] });
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw refused(error.message);
  }
}
