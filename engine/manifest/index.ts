export { decodeHead } from "./head.ts";
export type { ManifestHead } from "./head.ts";
export type { Hook, HookDeletePolicy, HookEvent, HookOutputLogPolicy } from "./hook.ts";
export { INSTALL_ORDER, sortByKind, UNINSTALL_ORDER } from "./kind-order.ts";
export { ManifestError } from "./manifest-error.ts";
export { isPartial, sortManifests } from "./sort.ts";
export type { Manifest, SortedManifests } from "./sort.ts";
export { mergeFiles, splitStream } from "./stream.ts";
export { isBlank, splitManifests } from "./split.ts";
