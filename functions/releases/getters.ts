import { type Getter, getterInput, readGetterOutput } from "../../engine/plugin/index.ts";
import type { GetterConfig } from "../config/config.ts";
import { createPluginAdmission, type PluginDeps } from "./plugin-admission.ts";

/** The getters of the configuration, out of the registry and under the operator's grants. `deps` is asked when one is called. */
export function createGetters(deps: () => PluginDeps, configured: readonly GetterConfig[]): readonly Getter[] {
  let admission: ReturnType<typeof createPluginAdmission> | undefined;
  return configured.map((wanted) => ({
    protocols: wanted.protocols,
    get: async (href, options, signal) => {
      admission ??= createPluginAdmission(deps(), "getter/v1");
      const { plugin, output } = await admission.call(wanted, getterInput(href, options), signal);
      return readGetterOutput(plugin, output);
    },
  }));
}
