import {
  type AdmittedPlugin,
  admitPlugin,
  DEFAULT_LIMITS,
  NO_GRANT,
  PluginError,
  type PluginGrant,
  type PluginHost,
  type PluginType,
} from "../../engine/plugin/index.ts";
import type { Plugins } from "../../registry/projects/plugins.ts";
import type { PluginConfig } from "../config/config.ts";
import type { KeptPlugins } from "./kept-plugins.ts";
import {
  type OwnReference,
  parseOwnReference,
  placeOfReference,
  type RegistryPlace,
} from "../../registry/projects/own-reference.ts";

/** What running plugins of the registry takes. */
export interface PluginDeps {
  readonly plugins: Plugins;
  /** Absent where the runtime runs none. */
  readonly host?: PluginHost | undefined;
  readonly grants: readonly PluginConfig[];
  /** Shared by all types. */
  readonly kept: KeptPlugins;
  readonly isOwnHost: (host: string) => boolean;
}

/** A plugin as a request or the configuration names it. */
export interface WantedPlugin {
  /** `PROJECT/NAME:TAG`, `PROJECT/NAME@sha256:…` or the same behind `oci://HOST/`. */
  readonly plugin: string;
  readonly config: Readonly<Record<string, string>>;
}

/** A plugin by its digest. */
export interface PinnedPlugin extends WantedPlugin {
  readonly digest: string;
}

/** Plugins of one type, under the operator's grants. Throws `PluginError` for what is not there, or may not run as that. */
export interface PluginAdmission {
  /** Where a plugin lies, for access; undefined when that is no project of ours. */
  readonly placeOf: (plugin: string) => RegistryPlace | undefined;
  readonly pin: (wanted: WantedPlugin, signal?: AbortSignal) => Promise<PinnedPlugin>;
  readonly admit: (plugin: WantedPlugin, signal?: AbortSignal) => Promise<AdmittedPlugin>;
  /** Admits and calls. */
  readonly call: (plugin: WantedPlugin, input: string, signal?: AbortSignal) => Promise<Called>;
}

/** A call's output, and who gave it. */
export interface Called {
  readonly plugin: AdmittedPlugin;
  readonly output: string;
}

/** Opens, admits and calls plugins of one type. What is named by its digest is admitted once. */
export function createPluginAdmission(deps: PluginDeps, type: PluginType): PluginAdmission {
  const find = (text: string): OwnReference => {
    const named = parseOwnReference(text, deps.isOwnHost);
    if (named === undefined) throw new PluginError("not-found", `${text} is not a plugin of this registry`);
    return named;
  };
  const admit = async (wanted: WantedPlugin, signal?: AbortSignal): Promise<AdmittedPlugin> => {
    const named = find(wanted.plugin);
    const grant = grantOf(deps.grants, `${named.project}/${named.name}`);
    const plugin = await admitNamed(deps, named, grant, signal);
    if (plugin.type !== type) {
      throw new PluginError("wrong-abi", `plugin ${plugin.name} is a ${plugin.type} plugin, and no ${type}`);
    }
    return { ...plugin, config: { ...plugin.config, ...wanted.config, ...grant.config } };
  };
  const pin = async (wanted: WantedPlugin, signal?: AbortSignal): Promise<PinnedPlugin> => {
    const named = find(wanted.plugin);
    const digest = await deps.plugins.resolve(named, signal);
    return { ...wanted, plugin: `${named.project}/${named.name}@${digest}`, digest };
  };
  return {
    placeOf: (plugin) => placeOfReference(plugin, deps.isOwnHost),
    admit,
    pin,
    call: async (wanted, input, signal) => {
      const { host } = deps;
      const plugin = await admit(wanted, signal);
      if (host === undefined) throw new PluginError("missing-capability", "this server runs no plugins");
      const { output } = await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
      return { plugin, output };
    },
  };
}

/** With the operator's configuration alone; that of a request is given to each call. */
async function admitNamed(
  { kept, plugins }: PluginDeps,
  named: OwnReference,
  grant: PluginGrant,
  signal: AbortSignal | undefined,
): Promise<AdmittedPlugin> {
  const key = named.digest === undefined ? undefined : `${named.project}/${named.name}@${named.digest}`;
  const known = key === undefined ? undefined : kept.get(key);
  if (known !== undefined) return known;
  const plugin = admitPlugin(await plugins.open(named, signal), grant);
  if (key !== undefined) kept.set(key, plugin);
  return plugin;
}

/** What the configuration grants to a plugin, by its repository; nothing where it does not name it. */
export function grantOf(grants: readonly PluginConfig[], plugin: string): PluginGrant {
  const found = grants.find((one) => one.plugin === plugin);
  if (found === undefined) return NO_GRANT;
  const { plugin: _plugin, limits, ...granted } = found;
  const given = Object.entries(limits ?? {}).filter(([, value]) => value !== undefined);
  return { ...granted, limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(given) } };
}
