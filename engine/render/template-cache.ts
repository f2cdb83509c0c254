import { parseTemplate } from "../template/template.ts";
import type { ParsedFile } from "../template/template.ts";
import type { TemplateFile } from "./context.ts";
import type { FunctionSet } from "./foreign.ts";

/** Memory that parsed templates may hold in a process that lives with 128 MiB. The largest public chart needs 37 million of it. */
const MAX_CACHED_BYTES = 48_000_000;
/** Measured: what a character of text and an action cost, parsed and compiled. */
const BYTES_PER_CHARACTER = 3;
const BYTES_PER_ACTION = 1500;

interface CachedText {
  readonly cost: number;
  readonly byPath: Map<string, ParsedFile>;
}

/** Parsed files by text, then by path and functions; settled values only. The oldest text goes first. */
const cache = new Map<string, CachedText>();
let cachedBytes = 0;

/** `parseTemplate`, but a text that was parsed before under the same path and with the same functions is not parsed again. */
export function parseCached(file: TemplateFile, { key, table }: FunctionSet): ParsedFile {
  const place = key === "" ? file.path : `${file.path}\0${key}`;
  const known = cache.get(file.text)?.byPath.get(place);
  if (known !== undefined) return known;
  const parsed = parseTemplate(file.path, file.text, table);
  keep(file.text, place, parsed);
  return parsed;
}

function keep(source: string, place: string, parsed: ParsedFile): void {
  const known = cache.get(source);
  const cost = known?.cost ?? costOf(source);
  if (cost > MAX_CACHED_BYTES / 2) return;
  if (known === undefined) cache.set(source, { cost, byPath: new Map([[place, parsed]]) });
  else known.byPath.set(place, parsed);
  cachedBytes += cost;
  for (const [text, oldest] of cache) {
    if (cachedBytes <= MAX_CACHED_BYTES) break;
    cache.delete(text);
    cachedBytes -= oldest.cost * oldest.byPath.size;
  }
}

function costOf(text: string): number {
  let actions = 1;
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2)) actions++;
  return text.length * BYTES_PER_CHARACTER + actions * BYTES_PER_ACTION;
}
