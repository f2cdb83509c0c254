/**
 * What an operator grants to a plugin. Everything that reaches out of the sandbox is named here; `NO_GRANT` reaches nothing and has the
 * default limits.
 */
export interface PluginGrant {
  /** Hosts for `http_request`: `host`, `host:port`. None: the module may not even import it. */
  readonly hosts: readonly string[];
  /** Plain http to those hosts. */
  readonly plainHttp: boolean;
  /** Those hosts may be in the operator's own network. */
  readonly privateAddresses: boolean;
  /** What `config_get` answers, over the plugin's own defaults. */
  readonly config: Readonly<Record<string, string>>;
  readonly limits: PluginLimits;
}

/** Limits of one call. An author's lower ones count too. */
export interface PluginLimits {
  /** Pages of 64 KiB of the guest's memory; as many bytes again for what goes in and out. */
  readonly pages: number;
  /** Milliseconds by the wall clock, where the runtime can end a guest. */
  readonly milliseconds: number;
  readonly outputBytes: number;
  /** All log lines together; 0: the module may not import logging. */
  readonly logBytes: number;
  /** All variables together; 0: the module may not import them. */
  readonly varBytes: number;
  /** One answer of a host. */
  readonly httpResponseBytes: number;
  /** Requests of one call. */
  readonly httpRequests: number;
}

const MIB: number = 1024 * 1024;

export const DEFAULT_LIMITS: PluginLimits = {
  pages: 2048,
  milliseconds: 10_000,
  outputBytes: 32 * MIB,
  logBytes: 64 * 1024,
  varBytes: MIB,
  httpResponseBytes: 4 * MIB,
  httpRequests: 16,
};

/** Nothing beyond the sandbox. */
export const NO_GRANT: PluginGrant = {
  hosts: [],
  plainHttp: false,
  privateAddresses: false,
  config: {},
  limits: DEFAULT_LIMITS,
};
