/** The types of Helm, and our own two. `test/v1` is Helm's for its own tests: it loads. */
export type PluginType = "cli/v1" | "getter/v1" | "postrenderer/v1" | "test/v1" | "function/v1" | "policy/v1";

/** What a type has been told in `config`. */
export type PluginConfig =
  | {
      readonly type: "cli/v1";
      readonly usage: string;
      readonly shortHelp: string;
      readonly longHelp: string;
      readonly ignoreFlags: boolean;
    }
  | { readonly type: "getter/v1"; readonly protocols: readonly string[] }
  /** Signatures of the template functions that the module answers. */
  | { readonly type: "function/v1"; readonly functions: readonly string[] }
  | { readonly type: "postrenderer/v1" | "test/v1" | "policy/v1" };

/** What the author of a WASM plugin asks for; what it gets is the operator's grant. Absent limits are the host's. */
export interface ExtismRuntime {
  readonly kind: "extism/v1";
  /** Pages of 64 KiB. */
  readonly maxPages?: number;
  readonly maxHttpResponseBytes?: number;
  readonly maxVarBytes?: number;
  readonly config: Readonly<Record<string, string>>;
  readonly allowedHosts: readonly string[];
  readonly createTempDir: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly hostFunctions: readonly string[];
  readonly entry: string;
}

/** A program of the machine: read, and never run. */
export interface SubprocessRuntime {
  readonly kind: "subprocess";
}

/** A plugin.yaml that Helm accepts. */
export interface PluginMetadata {
  readonly apiVersion: "v1" | "legacy";
  readonly name: string;
  /** Only a legacy plugin may have none. */
  readonly version?: string;
  readonly sourceUrl?: string;
  readonly config: PluginConfig;
  readonly runtime: ExtismRuntime | SubprocessRuntime;
}

/** Helm's name of a plugin's entry function. */
export const ENTRY = "helm_plugin_main";
