import { ChartError, mergeValueSources } from "../../engine/chart/index.ts";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { FileError } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";

/** The user's values as the flags give them; `-` is standard input. Throws `ChartError` and {@link FileError}. */
export function readValues(flags: ParsedFlags, files: FileSystem): GoMap {
  const read = (path: string): Uint8Array => (path.trim() === "-" ? files.readInput() : files.read(path));
  return mergeValueSources(
    {
      files: valueFiles(flags.all("values"), read),
      setJson: flags.all("set-json"),
      set: flags.all("set"),
      setString: flags.all("set-string"),
      setFile: flags.all("set-file"),
      setLiteral: flags.all("set-literal"),
    },
    (path) => fromUtf8(readSetFile(path, read)),
  );
}

function* valueFiles(
  names: readonly string[],
  read: (path: string) => Uint8Array,
): Generator<{ readonly name: string; readonly data: Uint8Array }> {
  for (const name of names) yield { name, data: read(name) };
}

function readSetFile(path: string, read: (path: string) => Uint8Array): Uint8Array {
  try {
    return read(path);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new ChartError("invalid-set", cause.message, {}, { cause });
  }
}
