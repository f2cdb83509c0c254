import type { PostRenderer, RunPostRenderer } from "../../engine/action/post-render.ts";
import { isOciReference, parseOciReference } from "../../engine/oci/reference.ts";
import {
  type AdmittedPlugin,
  admitPlugin,
  DEFAULT_LIMITS,
  NO_GRANT,
  PluginError,
  type PluginGrant,
  type PluginHost,
  postRenderInput,
  readPostRenderOutput,
} from "../../engine/plugin/index.ts";
import type { Plugins } from "../../registry/projects/plugins.ts";
import { splitRepository } from "../../registry/projects/project.ts";
import type { PluginConfig } from "../config/config.ts";
import { ProblemError } from "../http/problem.ts";

/** A post-renderer as a request or the configuration names it. */
export interface WantedPostRenderer {
  /** `PROJECT/NAME:TAG`, `PROJECT/NAME@sha256:…` or the same behind `oci://HOST/`. */
  readonly plugin: string;
  readonly args: readonly string[];
  readonly config: Readonly<Record<string, string>>;
}

/** What post-rendering takes. */
export interface PostRendererDeps {
  readonly plugins: Plugins;
  /** Absent where the runtime runs none. */
  readonly host?: PluginHost | undefined;
  readonly grants: readonly PluginConfig[];
  readonly isOwnHost: (host: string) => boolean;
}

/** Post-renderers of requests: pinned when a request comes, run at every step by their digest. */
export interface PostRenderers {
  readonly projectOf: (plugin: string) => string | undefined;
  /** Throws `ProblemError` where there is no such plugin, or where it may not run. */
  readonly pin: (wanted: WantedPostRenderer, signal?: AbortSignal) => Promise<PostRenderer>;
  readonly run: RunPostRenderer;
}

/** Admitted plugins that are kept in memory. */
const KEPT = 16;

/** Post-renderers out of the registry, under the operator's grants. */
export function createPostRenderers(deps: PostRendererDeps): PostRenderers {
  const admit = createAdmission(deps);
  return {
    projectOf: (plugin) => parse(deps, plugin)?.project,
    pin: async (wanted, signal) => {
      const named = parse(deps, wanted.plugin);
      if (named === undefined) throw refused(`${wanted.plugin} is not a plugin of this registry`);
      if (deps.host === undefined) throw refused("this server runs no plugins");
      return await refusing(async () => {
        const digest = await deps.plugins.resolve(named, signal);
        const pinned = { ...wanted, plugin: `${named.project}/${named.name}@${digest}`, digest };
        await admit(pinned, signal);
        return pinned;
      });
    },
    run: async (renderer, manifests, signal) => {
      const { host } = deps;
      const plugin = await admit(renderer, signal);
      if (host === undefined) throw new PluginError("missing-capability", "this server runs no plugins");
      const input = postRenderInput(manifests, renderer.args);
      const { output } = await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
      return readPostRenderOutput(plugin, output, manifests);
    },
  };
}

function createAdmission(deps: PostRendererDeps) {
  const kept = new Map<string, AdmittedPlugin>();
  return async (renderer: PostRenderer, signal?: AbortSignal): Promise<AdmittedPlugin> => {
    const key = JSON.stringify([renderer.plugin, renderer.config]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const named = parse(deps, renderer.plugin);
    if (named === undefined) throw new PluginError("not-found", `plugin ${renderer.plugin} is not in this registry`);
    const source = await deps.plugins.open(named, signal);
    const grant = grantOf(deps.grants, `${named.project}/${named.name}`);
    const plugin = admitPlugin(source, { ...grant, config: { ...renderer.config, ...grant.config } });
    if (plugin.type !== "postrenderer/v1") {
      throw new PluginError("wrong-abi", `plugin ${plugin.name} is a ${plugin.type} plugin, and no postrenderer/v1`);
    }
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(key, plugin);
    return plugin;
  };
}

/** What the configuration grants to a plugin, by its repository; nothing where it does not name it. */
export function grantOf(grants: readonly PluginConfig[], plugin: string): PluginGrant {
  const found = grants.find((one) => one.plugin === plugin);
  if (found === undefined) return NO_GRANT;
  const { plugin: _plugin, limits, ...granted } = found;
  const given = Object.entries(limits ?? {}).filter(([, value]) => value !== undefined);
  return { ...granted, limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(given) } };
}

interface NamedPlugin {
  readonly project: string;
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

const BARE =
  /^([a-z0-9][-a-z0-9._]*)\/([a-z0-9][-a-z0-9._/]*?)(?::([\w][\w.+-]{0,127}))?(?:@(sha(?:256|512):[0-9a-f]+))?$/;

function parse({ isOwnHost }: PostRendererDeps, text: string): NamedPlugin | undefined {
  if (!isOciReference(text)) {
    const [, project, name, tag, digest] = BARE.exec(text) ?? [];
    if (project === undefined || name === undefined) return undefined;
    return { project, name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
  }
  const { host, repository, tag, digest } = parseOciReference(text);
  const parts = splitRepository(repository);
  if (parts === undefined || !isOwnHost(host)) return undefined;
  return {
    project: parts.project,
    name: parts.path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
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
