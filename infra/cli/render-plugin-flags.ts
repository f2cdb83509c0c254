import type { PostRenderStrategy } from "../../engine/action/post-render.ts";
import type { Flag, ParsedFlags } from "./flags.ts";

/** Plugins whose template functions charts may call. */
export const FUNCTIONS_FLAG: Flag = {
  name: "functions",
  kind: "strings",
  about: "a plugin whose template functions the chart may call",
};

/** Helm's flag: one post-renderer. */
export const POST_RENDERER_FLAG: Flag = { name: "post-renderer", kind: "string" };

/** As many as a request over HTTP may name. */
const MAX_POST_RENDERERS = 10;

/** Several post-renderers, which helm does not have. */
export const POST_RENDERERS_FLAG: Flag = {
  name: "post-renderers",
  kind: "slice",
  about: "plugins that post-render one after the other: names, folders, files or oci://HOST/PROJECT/NAME:TAG",
};

const STRATEGY_FLAG: Flag = {
  name: "post-render-strategy",
  kind: "string",
  about:
    "whether hooks go to post-renderers with the rest, apart from it, or not: combined, separate, nohooks (combined)",
  check: (value) => (isStrategy(value) ? undefined : "must be combined, separate or nohooks"),
};

/** Plugins that take part in rendering. */
export const RENDER_PLUGIN_FLAGS: readonly Flag[] = [
  POST_RENDERER_FLAG,
  POST_RENDERERS_FLAG,
  { name: "post-renderer-args", kind: "strings" },
  STRATEGY_FLAG,
  FUNCTIONS_FLAG,
];

/** Of these one at most: arguments are one post-renderer's; those of a chain are configured by their grants. */
export const RENDER_PLUGIN_GROUPS: readonly (readonly string[])[] = [
  [POST_RENDERER_FLAG.name, POST_RENDERERS_FLAG.name],
  ["post-renderer-args", POST_RENDERERS_FLAG.name],
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

/** True where flags name plugins. */
export function namesPlugins(flags: ParsedFlags): boolean {
  const named = [POST_RENDERER_FLAG, POST_RENDERERS_FLAG, FUNCTIONS_FLAG, POLICY_FLAG];
  return named.some(({ name }) => pluginsOf(flags, name).length > 0);
}

/** What a flag names. Helm compatibility: empty names do not count. */
export function pluginsOf(flags: ParsedFlags, flag: string): readonly string[] {
  return flags.all(flag).filter((name) => name !== "");
}

/** `--post-render-strategy`. */
export function strategyOf(flags: ParsedFlags): PostRenderStrategy {
  const given = flags.last(STRATEGY_FLAG.name);
  return given !== undefined && isStrategy(given) ? given : "combined";
}

function isStrategy(text: string): text is PostRenderStrategy {
  return text === "combined" || text === "separate" || text === "nohooks";
}

/** Why so many of a flag's plugins are refused. */
export function countProblem(flag: string, count: number): string | undefined {
  if (flag === POST_RENDERER_FLAG.name && count > 1) return "cannot specify --post-renderer flag more than once";
  if (flag !== POST_RENDERERS_FLAG.name || count <= MAX_POST_RENDERERS) return undefined;
  return `${MAX_POST_RENDERERS} post-renderers are allowed`;
}
