import { hearingBehind } from "../../engine/action/hearing.ts";
import {
  type AdmittedPlugin,
  admitPlugin,
  grantFor,
  type HearPlugin,
  PluginError,
  type PluginGrant,
  type PluginHost,
  type PluginLog,
  type PluginType,
  withoutSecrets,
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
  /** Admits and calls. `hear` gets what is logged, without the values of its configuration that are secret by their names. */
  readonly call: (plugin: WantedPlugin, input: string, signal?: AbortSignal, hear?: HearPlugin) => Promise<Called>;
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
    const { plugin, grant } = await admitNamed(deps, named, signal);
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
    call: async (wanted, input, signal, hear = () => undefined) => {
      const { host } = deps;
      const plugin = await admit(wanted, signal);
      if (host === undefined) throw new PluginError("missing-capability", "this server runs no plugins");
      const hearing = hearingBehind(() => ({ objects: [], values: plugin.config }), hear);
      const said = (lines: readonly PluginLog[]): void =>
        hearing.hear({ plugin: plugin.name, digest: plugin.digest, lines });
      try {
        const { output, logs } = await host.call({ plugin, input, ...(signal === undefined ? {} : { signal }) });
        said(logs);
        return { plugin, output };
      } catch (error) {
        if (!(error instanceof PluginError)) throw error;
        said(error.logs);
        throw withoutSecrets(error, hearing.hide);
      }
    },
  };
}

/** With the operator's configuration alone; that of a request is given to each call. */
async function admitNamed(
  { kept, plugins, grants }: PluginDeps,
  named: OwnReference,
  signal: AbortSignal | undefined,
): Promise<{ readonly plugin: AdmittedPlugin; readonly grant: PluginGrant }> {
  const repository = `${named.project}/${named.name}`;
  const key = named.digest === undefined ? undefined : `${repository}@${named.digest}`;
  const known = key === undefined ? undefined : kept.get(key);
  if (known !== undefined) {
    return { plugin: known, grant: grantFor(grants, repository, { ...known, artifact: named.digest }) };
  }
  const source = await plugins.open(named, signal);
  const grant = grantFor(grants, repository, source);
  const plugin = admitPlugin(source, grant);
  if (key !== undefined) kept.set(key, plugin);
  return { plugin, grant };
}
