/**
 * Plugins that are part of the Worker, by the digest of their module: `["sha256:…", module]` with `import module from "./NAME.wasm"`. They
 * need no Worker Loader, and run in the Worker's own isolate under its limits.
 */
export const bundledPlugins: ReadonlyMap<string, WebAssembly.Module> = new Map();
