import { fromUtf8 } from "../../engine/go/utf8.ts";
import { type GrantEntry, repeatedGrants } from "../../engine/plugin/index.ts";
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

function parsed(parse: (text: string) => unknown, text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new CommandError(`plugin grants ${path}: ${cause.message}`, {}, { cause });
  }
}
