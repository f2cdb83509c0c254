import { downloadToCache } from "../../engine/chart/chart-download.ts";
import { findInRepository } from "../../engine/chart/download-place.ts";
import { plainRepository } from "../../engine/chart/repositories.ts";
import type { RepositoryEntry } from "../../engine/chart/repositories.ts";
import { quote } from "../../engine/go/quote.ts";
import { CommandError } from "./command.ts";
import type { CommandIo } from "./command.ts";
import { connectionChoice, downloadPlace, keyringPath, wantedVersion } from "./download-place.ts";
import type { ParsedFlags } from "./flags.ts";
import { networkFor } from "./getters.ts";
import { verifyFile } from "./verify-file.ts";

/** Helm's `LocateChart`: the absolute path of a chart that lies on this machine, or was fetched into the cache. */
export async function locateChart(given: string, flags: ParsedFlags, io: CommandIo): Promise<string> {
  const { files } = io;
  const reference = given.trim();
  const repository = repositoryOf(flags);
  if (repository === undefined) {
    if (files.stat(reference) !== undefined) return await ownChart(files.absolute(reference), flags, io);
    if (reference.startsWith("/") || reference.startsWith(".")) {
      throw new CommandError(`path ${quote(reference)} not found`);
    }
  }
  const own = downloadPlace(flags, io, (text) => io.stderr(text));
  const place = { ...own, network: await networkFor(repository?.url ?? reference, own.network, flags, io) };
  const version = wantedVersion(flags).trim();
  const found = repository === undefined ? reference : await findInRepository(place, repository, reference, version);
  const choice = connectionChoice(flags);
  const isStranger = repository !== undefined && !choice.passCredentials && !sameHost(repository.url, found);
  return await downloadToCache(place, {
    reference: found,
    version,
    verify: flags.isOn("verify") ? "always" : "never",
    keyring: keyringPath(flags, io),
    choice: isStranger ? { ...choice, username: "", password: "" } : choice,
  });
}

async function ownChart(path: string, flags: ParsedFlags, io: CommandIo): Promise<string> {
  if (flags.isOn("verify")) await verifyFile(path, flags, io);
  return path;
}

function sameHost(a: string, b: string): boolean {
  const left = URL.parse(a);
  const right = URL.parse(b);
  return left !== null && right !== null && left.protocol === right.protocol && left.host === right.host;
}

/** The repository of `--repo`, with the credentials of the flags; `undefined` without that flag. */
export function repositoryOf(flags: ParsedFlags): RepositoryEntry | undefined {
  const url = flags.last("repo") ?? "";
  if (url === "") return undefined;
  const { plainHttp: _, ...choice } = connectionChoice(flags);
  return { ...plainRepository("", url), ...choice };
}
