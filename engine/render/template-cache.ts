import type { FunctionTable } from "../template/function.ts";
import { parseTemplate } from "../template/template.ts";
import type { ParsedFile } from "../template/template.ts";
import type { TemplateFile } from "./context.ts";

/**
 * Characters of template text whose parsed form a process keeps. Parsed and compiled, a character costs about twenty bytes; the largest
 * public chart has half of this.
 */
const MAX_CACHED_CHARACTERS = 4 << 20;

/** Parsed files by text, then by path; settled values only. The oldest text goes first. */
const cache = new Map<string, Map<string, ParsedFile>>();
let cachedCharacters = 0;

/** `parseTemplate`, but a text that was parsed before under the same path is not parsed again. `functions` must always be the same table. */
export function parseCached(file: TemplateFile, functions: FunctionTable): ParsedFile {
  const known = cache.get(file.text)?.get(file.path);
  if (known !== undefined) return known;
  const parsed = parseTemplate(file.path, file.text, functions);
  keep(file, parsed);
  return parsed;
}

function keep(file: TemplateFile, parsed: ParsedFile): void {
  const size = file.text.length + file.path.length;
  if (size > MAX_CACHED_CHARACTERS / 4) return;
  const known = cache.get(file.text);
  if (known === undefined) cache.set(file.text, new Map([[file.path, parsed]]));
  else known.set(file.path, parsed);
  cachedCharacters += size;
  for (const [text, files] of cache) {
    if (cachedCharacters <= MAX_CACHED_CHARACTERS) break;
    cache.delete(text);
    for (const path of files.keys()) cachedCharacters -= text.length + path.length;
  }
}
