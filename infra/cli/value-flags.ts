import { ChartError, mergeValueSources } from "../../engine/chart/index.ts";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import type { GoMap } from "../../engine/go/value.ts";
import type { ReadValueFile, ValueSources } from "../../engine/chart/index.ts";
import { FileError } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import type { ParsedFlags } from "./flags.ts";

/** The user's values as the flags give them. Throws `ChartError` and {@link FileError}. */
export function readValues(flags: ParsedFlags, files: FileSystem): GoMap {
  const { sources, readFile } = valueSources(flags, files);
  return mergeValueSources(sources, readFile);
}

/** What the flags give values by; `-` is standard input. Files are read when they are needed, and once. */
export function valueSources(
  flags: ParsedFlags,
  files: FileSystem,
): { readonly sources: ValueSources; readonly readFile: ReadValueFile } {
  const known = new Map<string, Uint8Array>();
  const read = (path: string): Uint8Array => {
    const data = known.get(path) ?? (path.trim() === "-" ? files.readInput() : files.read(path));
    known.set(path, data);
    return data;
  };
  return {
    sources: {
      files: { [Symbol.iterator]: () => valueFiles(flags.all("values"), read) },
      setJson: flags.all("set-json"),
      set: flags.all("set"),
      setString: flags.all("set-string"),
      setFile: flags.all("set-file"),
      setLiteral: flags.all("set-literal"),
    },
    readFile: (path) => fromUtf8(readSetFile(path, read)),
  };
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
