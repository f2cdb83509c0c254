import { parseReference, shownReference } from "../../engine/chart/chart-reference.ts";
import { type ConnectionChoice, registrySession } from "../../engine/chart/transfer.ts";
import { digestOf, parseDigest } from "../../engine/oci/digest.ts";
import { fetchBlob, fetchManifest } from "../../engine/oci/pull.ts";
import {
  MAX_MODULE_BYTES,
  PluginError,
  pluginLayer,
  type PluginSource,
  readPluginArchive,
} from "../../engine/plugin/index.ts";
import { type CommandIo, CommandError } from "./command.ts";
import { connectionChoice, downloadPlace } from "./download-place.ts";
import type { ParsedFlags } from "./flags.ts";

/** A plugin in a registry, by `oci://HOST/REPOSITORY:TAG` or `…@DIGEST`: Helm's artifact, or a bare module, whose digests were checked. Throws `CommandError`, `TransferError` and `PluginError`. */
export async function registryPlugin(address: string, flags: ParsedFlags, io: CommandIo): Promise<PluginSource> {
  const reference = parseReference(address.slice("oci://".length));
  const { host, repository, tag, digest } = reference;
  if (tag === "" && digest === "") throw new CommandError(`${address}: name a tag or a digest`);
  if (digest !== "" && parseDigest(digest) === undefined) throw new CommandError(`${address}: ${digest} is no digest`);
  const session = registrySession(downloadPlace(flags, io).network, host, choiceFor(host, flags), "pull");
  const found = await fetchManifest({ session, repository }, digest === "" ? tag : digest);
  if (found === undefined) throw new PluginError("not-found", `plugin ${shownReference(reference)} is not there`);
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const { manifest, digest: artifact } = found;
  if (manifest.kind !== "image") throw new CommandError(`${address}: an index of manifests is no plugin`);
  const { kind, layer } = pluginLayer({ name }, name, manifest);
  const content = await fetchBlob({ session, repository }, layer, MAX_MODULE_BYTES);
  const files = kind === "module" ? { bytes: content } : await readPluginArchive({ name }, content);
  return { name, artifact, digest: await digestOf(files.bytes), ...files };
}

/** Who the flags say that the user is, they say to the hosts that arguments name, as the chart's: another host is told what `helm registry login` stored for it. */
function choiceFor(host: string, flags: ParsedFlags): ConnectionChoice {
  const choice = connectionChoice(flags);
  const isMeant = flags.args.some((arg) => arg.startsWith(`oci://${host}/`));
  return isMeant ? choice : { ...choice, username: "", password: "", certificate: "", key: "" };
}
