import type { ParsedFile } from "../template/template.ts";
import type { KeyForecast, KeyKind } from "./answers.ts";

/** What each parsed file used in the last render that came to its end: kinds of keys, never a key. It goes when the parsed file goes. */
const lastUsed = new WeakMap<ParsedFile, readonly KeyKind[]>();

/** The keys that the files used in their last render; a file that was not rendered before is absent. */
export function forecastKeys(files: readonly ParsedFile[]): KeyForecast {
  const found = new Map<string, readonly KeyKind[]>();
  for (const file of files) {
    const kinds = lastUsed.get(file);
    if (kinds !== undefined) found.set(file.main.name, kinds);
  }
  return found;
}

/** Notes what the files of a finished render used, for the next one. */
export function noteKeys(files: readonly ParsedFile[], used: KeyForecast): void {
  for (const file of files) {
    const kinds = used.get(file.main.name);
    if (kinds !== undefined) lastUsed.set(file, kinds);
  }
}
