import { CommandError } from "./command.ts";
import type { CommandIo } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";

/** Helm's `LocateChart`: the absolute path of a chart that lies on this machine, or was fetched into the cache. */
export async function locateChart(given: string, flags: ParsedFlags, io: CommandIo): Promise<string> {
  const { files } = io;
  const reference = given.trim();
  if ((flags.last("repo") ?? "") === "") {
    if (files.stat(reference) !== undefined) return files.absolute(reference);
    if (reference.startsWith("/") || reference.startsWith(".")) {
      throw new CommandError(`path ${JSON.stringify(reference)} not found`);
    }
  }
  throw new CommandError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${reference}`);
}
