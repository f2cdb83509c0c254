import { pluginError, type PluginIdentity } from "./plugin-error.ts";

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

/** A grant as an operator writes it. */
export interface GrantEntry extends Omit<PluginGrant, "limits"> {
  /** `PROJECT/NAME` in a registry; the plugin's name on a machine. */
  readonly plugin: string;
  /** Of the module, or of its artifact in a registry: the grant holds for that alone. */
  readonly digest?: string | undefined;
  readonly limits?: { readonly [Limit in keyof PluginLimits]?: PluginLimits[Limit] | undefined } | undefined;
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

/** What a grant's digest may be: of a module, or of the artifact in a registry that has it. */
export interface GrantedModule extends Required<PluginIdentity> {
  readonly artifact?: string | undefined;
}

/** A second entry for the same plugin and digest, or without a digest as the first is: which of them holds nobody can tell. */
export interface RepeatedGrant {
  /** Its index in the list. */
  readonly index: number;
  /** What is wrong, both entries by their indexes. */
  readonly problem: string;
}

/** The entries of a list that have an earlier one beside them for the same plugin and digest. */
export function repeatedGrants(entries: readonly GrantEntry[]): readonly RepeatedGrant[] {
  const seen = new Map<string, number>();
  return entries.flatMap(({ plugin, digest }, index): readonly RepeatedGrant[] => {
    const key = JSON.stringify([plugin, digest ?? ""]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    const whom = `${plugin} ${digest === undefined ? "without a digest" : `with the digest ${digest}`}`;
    return [{ index, problem: `entries ${first} and ${index} both grant ${whom}: keep one of them` }];
  });
}

/**
 * What is granted to a plugin under a name: by the entry with its digest, else by that without one; nothing where no entry has the name. Throws
 * `PluginError` `not-granted` where all are for other digests, and where one entry has the digest of the module, another that of its artifact.
 */
export function grantFor(entries: readonly GrantEntry[], name: string, module: GrantedModule): PluginGrant {
  const named = entries.filter((entry) => entry.plugin === name);
  const [own, other] = named.filter(
    ({ digest }) => digest !== undefined && [module.digest, module.artifact].includes(digest),
  );
  if (own !== undefined && other !== undefined) throw ambiguous(entries, [own, other], module);
  const found = own ?? named.find(({ digest }) => digest === undefined);
  if (found === undefined && named.length > 0) throw elsewhere(named, module);
  return found === undefined ? NO_GRANT : grantOf(found);
}

function grantOf({ plugin: _plugin, digest: _digest, limits, ...granted }: GrantEntry): PluginGrant {
  const given = Object.entries(limits ?? {}).filter(([, value]) => value !== undefined);
  return { ...granted, limits: { ...DEFAULT_LIMITS, ...Object.fromEntries(given) } };
}

function ambiguous(entries: readonly GrantEntry[], both: readonly GrantEntry[], module: GrantedModule): Error {
  const [first = 0, second = 0] = both.map((entry) => entries.indexOf(entry));
  const problem = `entries ${first} and ${second} of the grants both hold for it, by the digests of its module and of its artifact: keep one of them`;
  return pluginError("not-granted", { name: module.name, digest: module.digest }, problem);
}

/** Digests that a message names. */
const MAX_NAMED = 3;

function elsewhere(named: readonly GrantEntry[], { artifact, ...module }: GrantedModule): Error {
  const digests = named.flatMap(({ digest }) => digest ?? []).slice(0, MAX_NAMED);
  const where = artifact === undefined ? "" : ` of the artifact ${artifact}`;
  const problem = `it is granted to ${digests.join(" and ")} alone, and this is ${module.digest}${where}`;
  return pluginError(
    "not-granted",
    module,
    `${problem}: add a grant with this digest, or name the plugin that has one`,
  );
}
