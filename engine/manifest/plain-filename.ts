import type { PlainLine } from "./plain-document.ts";

/** Where a document came from, while a post-renderer has it. */
export const FILENAME = "postrenderer.helm.sh/postrender-filename";

const VALUE = /: (?:'([ -&(-~]*)'|"([ !#-[\]-~]*)"|([\w./-]+))$/;
const PLAIN_PATH = /^[ -&(-~]+$/;

/** Lines `from` up to and without `to`. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

/** The document with the annotation of its file; undefined where that takes the full reader. */
export function withFilename(lines: readonly PlainLine[], path: string): readonly PlainLine[] | undefined {
  if (!PLAIN_PATH.test(path) || lines.some(({ key }) => key === FILENAME)) return undefined;
  const annotation = lineOf(4, FILENAME, `'${path}'`);
  const metadata = childOf(lines, { from: 0, to: lines.length }, 0, "metadata");
  if (metadata === "odd") return undefined;
  const heading = lineOf(2, "annotations");
  if (metadata === "none") return [...lines, lineOf(0, "metadata"), heading, annotation];
  const annotations = childOf(lines, metadata, 2, "annotations");
  if (annotations === "odd") return undefined;
  if (annotations === "none") return lines.toSpliced(metadata.to, 0, heading, annotation);
  return lines.toSpliced(annotations.to, 0, annotation);
}

/** The file that a document's annotation names, empty for none, and the document without it; undefined where that takes the full reader. */
export function takePlainFilename(
  lines: readonly PlainLine[],
): { readonly path: string; readonly lines: readonly PlainLine[] } | undefined {
  const metadata = childOf(lines, { from: 0, to: lines.length }, 0, "metadata");
  if (metadata === "none") return { path: "", lines };
  if (metadata === "odd") return undefined;
  const annotations = childOf(lines, metadata, 2, "annotations");
  if (annotations === "none") return { path: "", lines };
  if (annotations === "odd") return undefined;
  const found = lines.findIndex(
    ({ key, depth, isItem }, at) =>
      at >= annotations.from && at < annotations.to && key === FILENAME && depth === 4 && !isItem,
  );
  if (found < 0) return { path: "", lines };
  const [, single, double, plain] = VALUE.exec(lines[found]?.text ?? "") ?? [];
  const path = single ?? double ?? plain;
  if (path === undefined || lines.some(({ key }, at) => key === FILENAME && at !== found)) return undefined;
  const isOnly = annotations.to - annotations.from === 1;
  const isAll = isOnly && metadata.to - metadata.from === 2;
  const rest = isAll
    ? lines.toSpliced(metadata.from - 1, 3)
    : isOnly
      ? lines.toSpliced(annotations.from - 1, 2)
      : lines.toSpliced(found, 1);
  return rest.length === 0 ? undefined : { path, lines: rest };
}

/** The lines of the map under a key of a map; `odd` for a key that stands twice or holds anything but such a map. */
function childOf(lines: readonly PlainLine[], within: Extent, depth: number, key: string): Extent | "none" | "odd" {
  let at = -1;
  for (let index = within.from; index < within.to; index++) {
    const line = lines[index];
    if (line === undefined || line.key !== key || line.depth !== depth || line.isItem) continue;
    if (at >= 0) return "odd";
    at = index;
  }
  const line = lines[at];
  if (line === undefined) return "none";
  const first = lines[at + 1];
  if (!line.isOpen || first === undefined || first.depth !== depth + 2 || first.isItem) return "odd";
  let to = at + 1;
  while (to < within.to && (lines[to]?.depth ?? 0) > depth) to++;
  return { from: at + 1, to };
}

function lineOf(depth: number, key: string, value = ""): PlainLine {
  return { depth, key, text: value === "" ? `${key}:` : `${key}: ${value}`, isItem: false, isOpen: value === "" };
}
