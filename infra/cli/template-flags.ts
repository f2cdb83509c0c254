import { PLUGIN_GRANTS_FLAG, RENDER_PLUGIN_FLAGS, RENDER_PLUGIN_GROUPS } from "./render-plugin-flags.ts";
import type { Flag } from "./flags.ts";

const NO_EFFECT = "this flag has no effect for 'helm template' and will be removed in Helm 5";

function bools(...names: readonly string[]): readonly Flag[] {
  return names.map((name) => ({ name, kind: "bool" }));
}

function texts(...names: readonly string[]): readonly Flag[] {
  return names.map((name) => ({ name, kind: "string" }));
}

/** Flags of every command that talks to a cluster. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: "namespace", short: "n", kind: "string" },
  { name: "kube-as-group", kind: "strings" },
  { name: "burst-limit", kind: "int" },
  { name: "qps", kind: "float" },
  { name: "help", short: "h", kind: "bool" },
  ...bools("debug", "kube-insecure-skip-tls-verify"),
  ...texts("kubeconfig", "kube-context", "kube-token", "kube-as-user", "kube-apiserver", "kube-ca-file"),
  ...texts("kube-tls-server-name", "registry-config", "repository-config", "repository-cache", "content-cache"),
  ...texts("color", "colour"),
];

/** Flags that give values. */
export const VALUE_FLAGS: readonly Flag[] = [
  { name: "values", short: "f", kind: "slice" },
  { name: "set", kind: "strings" },
  { name: "set-string", kind: "strings" },
  { name: "set-file", kind: "strings" },
  { name: "set-json", kind: "strings" },
  { name: "set-literal", kind: "strings" },
];

/** Flags of every command that talks to a registry or a chart repository. */
export const TRANSFER_FLAGS: readonly Flag[] = [
  ...texts("username", "password", "cert-file", "key-file", "ca-file"),
  ...bools("insecure-skip-tls-verify", "plain-http"),
];

/** Flags that say where a chart comes from. */
export const CHART_FLAGS: readonly Flag[] = [
  ...TRANSFER_FLAGS,
  ...texts("version", "keyring", "repo"),
  ...bools("verify", "pass-credentials", "devel"),
];

/** Flags that helm does not have. */
export const ANALYSIS_FLAGS: readonly Flag[] = [
  { name: "all-errors", kind: "bool", about: "tell every template that fails, with a picture of the place" },
  { name: "unread", kind: "bool", about: "warn of values that nothing in the chart reads" },
];

/** All flags of `template`, Helm's and ours. */
export const TEMPLATE_FLAGS: readonly Flag[] = [
  ...ANALYSIS_FLAGS,
  { name: "explain-values", kind: "bool", about: "tell which file, flag or chart each value comes from" },
  ...GLOBAL_FLAGS,
  ...VALUE_FLAGS,
  ...CHART_FLAGS,
  { name: "api-versions", short: "a", kind: "slice" },
  { name: "show-only", short: "s", kind: "strings" },
  { name: "generate-name", short: "g", kind: "bool" },
  { name: "labels", short: "l", kind: "map" },
  { name: "timeout", kind: "duration" },
  { name: "dry-run", kind: "string", alone: "unset" },
  { name: "wait", kind: "string", alone: "watcher", check: checkWait },
  { name: "validate", kind: "bool", deprecated: "use '--dry-run=server' instead" },
  { name: "force", kind: "bool", deprecated: "use --force-replace instead" },
  { name: "atomic", kind: "bool", deprecated: "use --rollback-on-failure instead" },
  { name: "hide-notes", kind: "bool", deprecated: NO_EFFECT },
  { name: "render-subchart-notes", kind: "bool", deprecated: NO_EFFECT },
  ...RENDER_PLUGIN_FLAGS,
  PLUGIN_GRANTS_FLAG,
  ...texts("description", "kube-version", "name-template", "output-dir"),
  ...bools("create-namespace", "dependency-update", "disable-openapi-validation", "enable-dns", "force-conflicts"),
  ...bools("force-replace", "include-crds", "is-upgrade", "no-hooks", "release-name", "replace", "rollback-on-failure"),
  ...bools("server-side", "skip-crds", "skip-schema-validation", "skip-tests", "take-ownership", "wait-for-jobs"),
];

/** Sets of flags of which one at most may be given, as cobra names them. */
export const TEMPLATE_GROUPS: readonly (readonly string[])[] = [
  ["force", "force-conflicts"],
  ["force-replace", "force-conflicts"],
  ["validate", "dry-run"],
  ...RENDER_PLUGIN_GROUPS,
];

/** Refuses what `--wait` does not take. `ordered` is Slipway's own; the words are helm's. */
export function checkWait(value: string): string | undefined {
  if (["watcher", "legacy", "hookOnly", "ordered", "true", "false"].includes(value)) return undefined;
  return `invalid wait input ${JSON.stringify(value)}. Valid inputs are watcher, hookOnly, and legacy`;
}
