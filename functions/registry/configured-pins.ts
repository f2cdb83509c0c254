import { OciError } from "../../engine/oci/error.ts";
import { PluginError } from "../../engine/plugin/index.ts";
import type { PinSource } from "../../registry/collection/pins.ts";
import type { Plugins } from "../../registry/projects/plugins.ts";
import type { Config } from "../config/config.ts";
import { parseOwnReference } from "../../registry/projects/own-reference.ts";

/** What finding the configured plugins takes. */
export interface ConfiguredPinDeps {
  readonly config: Pick<Config, "policies" | "getters" | "functions" | "clusters">;
  /** Asked when pins are: the registry is made with its pins. */
  readonly plugins: () => Pick<Plugins, "resolve">;
  readonly isOwnHost: (host: string) => boolean;
}

/**
 * `source`, and before it the plugins that the configuration names, as they stand now: they run without that a release has them. One that
 * is not there, or not signed as it must be, runs nowhere and needs no pin; one that cannot be asked for stops the collection.
 */
export function withConfiguredPins(source: PinSource, deps: ConfiguredPinDeps): PinSource {
  return {
    page: async (after, limit) => {
      const page = await source.page(after, limit);
      if (after !== undefined) return page;
      return { ...page, digests: [...(await configuredDigests(deps)), ...page.digests] };
    },
  };
}

async function configuredDigests({ config, plugins, isOwnHost }: ConfiguredPinDeps): Promise<readonly string[]> {
  const { policies, getters, functions, clusters } = config;
  const named = [...policies, ...getters, ...functions, ...clusters.flatMap((one) => one.postRenderers ?? [])];
  const digests: string[] = [];
  for (const text of new Set(named.map(({ plugin }) => plugin))) {
    const reference = parseOwnReference(text, isOwnHost);
    if (reference === undefined) continue;
    const digest = reference.digest ?? (await resolved(() => plugins().resolve(reference)));
    if (digest !== undefined) digests.push(digest);
  }
  return digests;
}

async function resolved(resolve: () => Promise<string>): Promise<string | undefined> {
  try {
    return await resolve();
  } catch (error) {
    const isMissing = error instanceof PluginError && error.code === "not-found";
    const isUnsigned = error instanceof OciError && error.code === "SIGNATURE_REQUIRED";
    if (isMissing || isUnsigned) return undefined;
    throw error;
  }
}
