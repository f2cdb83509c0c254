import { fromUtf8 } from "../../engine/go/utf8.ts";
import {
  type GrantEntry,
  grantFor,
  pluginError,
  type PluginGrant,
  type PluginSource,
  repeatedGrants,
} from "../../engine/plugin/index.ts";
import { type CommandIo, CommandError } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { PLUGIN_GRANTS_FLAG } from "./render-plugin-flags.ts";

/** What the user grants. Without a file nothing. Throws `CommandError` for one that is no such list, or grants the same twice. */
export async function readGrants(
  flags: ParsedFlags,
  { files, environment }: Pick<CommandIo, "files" | "environment">,
): Promise<readonly GrantEntry[]> {
  const path = flags.last(PLUGIN_GRANTS_FLAG.name) ?? environment("SLIPWAY_PLUGIN_GRANTS") ?? "";
  if (path === "") return [];
  const text = fromUtf8(files.read(path));
  const [{ parse }, { grantsSchema }] = await Promise.all([import("yaml"), import("../../functions/config/schema.ts")]);
  const read = grantsSchema.safeParse(parsed(parse, text, path));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new CommandError(`plugin grants ${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "no list"}`);
  }
  const [repeated] = repeatedGrants(read.data);
  if (repeated !== undefined) throw new CommandError(`plugin grants ${path}: ${repeated.problem}`);
  return read.data;
}

/**
 * What is granted to a plugin by its own name. A tag may stand for another one tomorrow: what a registry gave for one is granted something by its
 * digest alone, and refused (`PluginError` `not-granted`) where the entries of its name have none.
 */
export function grantedTo(source: PluginSource, address: string, grants: readonly GrantEntry[]): PluginGrant {
  const name = source.metadata?.name ?? source.name;
  const byTag = source.artifact !== undefined && !address.includes("@");
  const entries = byTag ? grants.filter(({ digest }) => digest !== undefined) : grants;
  if (entries.some((entry) => entry.plugin === name) || !grants.some((entry) => entry.plugin === name))
    return grantFor(entries, name, source);
  const problem = `its grant names no digest, and ${address} may be another plugin tomorrow: add digest: ${source.artifact} to the grant`;
  throw pluginError("not-granted", { name, digest: source.digest }, problem);
}

function parsed(parse: (text: string) => unknown, text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new CommandError(`plugin grants ${path}: ${cause.message}`, {}, { cause });
  }
}
