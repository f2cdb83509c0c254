import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import type { VectorFiles } from "../engine/library/suite.ts";

/** The files of test/vectors, for runtimes that cannot read them. */
export function readVectorFiles(): VectorFiles {
  const folder = join(import.meta.dirname, "..", "vectors");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Object.fromEntries(paths.sort().map((path) => [path, fromUtf8(readFileSync(join(folder, path)))]));
}
