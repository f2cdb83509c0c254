import type { Flag } from "./flags.ts";

/** Plugins whose functions templates may call. */
export const FUNCTIONS_FLAG: Flag = {
  name: "functions",
  kind: "strings",
  about: "a plugin whose template functions the chart may call",
};

/** Plugins that take part in rendering. */
export const RENDER_PLUGIN_FLAGS: readonly Flag[] = [
  { name: "post-renderer", kind: "string" },
  { name: "post-renderer-args", kind: "strings" },
  FUNCTIONS_FLAG,
];

/** Plugins that judge what would be done. */
export const POLICY_FLAG: Flag = {
  name: "policy",
  kind: "strings",
  about: "a plugin that judges the change before anything is written",
};

/** `--plugin-grants FILE`, else `SLIPWAY_PLUGIN_GRANTS`. */
export const PLUGIN_GRANTS_FLAG: Flag = {
  name: "plugin-grants",
  kind: "string",
  about: "a file with what plugins are granted: the list that slipway.yaml has under plugins",
};
