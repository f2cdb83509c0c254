import {
  type AdmittedPlugin,
  admitPlugin,
  NO_GRANT,
  PluginError,
  type PluginSource,
} from "../../engine/plugin/index.ts";

/** What becomes of a plugin without any grant. */
export type WithoutGrant =
  | { readonly kind: "runs"; readonly plugin: AdmittedPlugin }
  /** It is sound, but nothing of Slipway calls its type. */
  | { readonly kind: "not-called"; readonly type: string }
  | { readonly kind: "refused"; readonly error: PluginError };

/** Admits a plugin without a grant. Nothing of it runs. */
export function admitBare(source: PluginSource): WithoutGrant {
  try {
    const plugin = admitPlugin(source, NO_GRANT);
    return plugin.type === "cli/v1" ? { kind: "not-called", type: plugin.type } : { kind: "runs", plugin };
  } catch (error) {
    if (error instanceof PluginError) return { kind: "refused", error };
    throw error;
  }
}
