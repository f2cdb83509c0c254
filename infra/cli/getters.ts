import { httpGet, type Network } from "../../engine/chart/transfer.ts";
import {
  type Getter,
  getterInput,
  type PluginMetadata,
  readGetterOutput,
  schemeOf,
  withGetters,
} from "../../engine/plugin/index.ts";
import type { CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace } from "./download-place.ts";
import type { FileSystem } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";
import { admitNamed, installedPlugins } from "./plugin-files.ts";
import { readGrants } from "./plugin-grants.ts";
import { showingLines } from "./plugin-lines.ts";

/** Schemes that Helm's own getters serve. */
const OWN: ReadonlySet<string> = new Set(["http", "https", "oci"]);

/** The network of a command, with the getter plugins that serve the scheme of `url`. Each runs under its grant. */
export async function networkFor(url: string, network: Network, flags: ParsedFlags, io: CommandIo): Promise<Network> {
  const scheme = schemeOf(url);
  if (scheme === "" || OWN.has(scheme)) return network;
  const found = installedPlugins(io).filter(({ metadata }) => serves(metadata, scheme));
  const [first] = found;
  if (first === undefined) return network;
  const getter = await openGetter(first.metadata.name, flags, io);
  return {
    ...network,
    schemes: getter.protocols,
    egress: (tls) => withGetters(network.egress(tls), [getter]),
  };
}

/** Programs are passed over, as whatever else is not run here. */
function serves({ config, runtime }: PluginMetadata, scheme: string): boolean {
  return config.type === "getter/v1" && runtime.kind === "extism/v1" && config.protocols.includes(scheme);
}

async function openGetter(name: string, flags: ParsedFlags, io: CommandIo): Promise<Getter> {
  const plugin = await admitNamed(name, "getter/v1", { flags, io, grants: await readGrants(flags, io) });
  const [{ openPluginHost }, { openEgress }] = await Promise.all([
    import("../node/plugin-host.ts"),
    import("../node/egress.ts"),
  ]);
  return {
    protocols: plugin.protocols,
    get: async (href, options, signal) => {
      const { egress, close: closeEgress } = openEgress();
      const { host, close } = openPluginHost(egress);
      try {
        const input = getterInput(href, options);
        const { output } = await showingLines(host, io).call({
          plugin,
          input,
          ...(signal === undefined ? {} : { signal }),
        });
        return readGetterOutput(plugin, output);
      } finally {
        await Promise.all([close(), closeEgress()]);
      }
    },
  };
}

/** The files of a command, those of `--values` that are URLs fetched before: over http, or by getter plugins. */
export async function withFetchedValues(flags: ParsedFlags, io: CommandIo): Promise<FileSystem> {
  const fetched = new Map<string, Uint8Array>();
  for (const name of flags.all("values")) {
    const scheme = schemeOf(name);
    if (scheme === "" || scheme === "oci" || fetched.has(name)) continue;
    const network = await networkFor(name, downloadPlace(flags, io).network, flags, io);
    const isServed = scheme === "http" || scheme === "https" || network.schemes?.includes(scheme) === true;
    if (isServed) fetched.set(name, await httpGet(network, name, connectionChoice(flags)));
  }
  if (fetched.size === 0) return io.files;
  const { files } = io;
  return { ...files, read: (path) => fetched.get(path) ?? files.read(path) };
}
