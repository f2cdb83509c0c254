import {
  type Getter,
  getterInput,
  type GetterOptions,
  PluginError,
  readGetterOutput,
  withoutSecrets,
} from "../../engine/plugin/index.ts";
import type { GetterConfig } from "../config/config.ts";
import type { Log } from "../http/log.ts";
import { createPluginAdmission, type PluginDeps } from "./plugin-admission.ts";
import { logHearing } from "../http/plugin-log.ts";

/**
 * The getters of the configuration, out of the registry and under the operator's grants. `deps` is asked when one is called. What they log
 * goes to the server's log, credentials cut out.
 */
export function createGetters(
  deps: () => PluginDeps,
  configured: readonly GetterConfig[],
  log: Log,
): readonly Getter[] {
  let admission: ReturnType<typeof createPluginAdmission> | undefined;
  return configured.map((wanted) => ({
    protocols: wanted.protocols,
    get: async (href, options, signal) => {
      admission ??= createPluginAdmission(deps(), "getter/v1");
      const { hear, hide } = logHearing(log, () => ({ objects: [], values: { secret: credentialsIn(href, options) } }));
      try {
        const { plugin, output } = await admission.call(wanted, getterInput(href, options), signal, hear);
        return readGetterOutput(plugin, output);
      } catch (error) {
        throw error instanceof PluginError ? withoutSecrets(error, hide) : error;
      }
    },
  }));
}

/** A query may be a signature. */
function credentialsIn(href: string, { Username, Password }: GetterOptions): readonly string[] {
  const url = URL.parse(href);
  const own = url === null ? [] : [url.username, url.password, ...url.searchParams.values()];
  return [...own, ...own.map(encodeURIComponent), Username, Password];
}
