import type { Extent, PlainDocument } from "./plain-outline.ts";

/** Where a document came from, while a post-renderer has it. */
export const FILENAME = "postrenderer.helm.sh/postrender-filename";

const VALUE = /^: (?:'([ -&(-~]*)'|"([ !#-[\]-~]*)"|([\w./-]+))$/;
const PLAIN_PATH = /^[ -&(-~]+$/;

/** A plain document with the annotation of its file; undefined where that takes the full reader. */
export function withFilename({ text, metadata, annotations }: PlainDocument, path: string): string | undefined {
  if (!PLAIN_PATH.test(path) || metadata === "odd" || text.includes(FILENAME)) return undefined;
  const line = `    ${FILENAME}: '${path}'\n`;
  if (metadata === "none") return `${text}metadata:\n  annotations:\n${line}`;
  if (annotations === "odd") return undefined;
  if (annotations === "none") return `${text.slice(0, metadata.to)}  annotations:\n${line}${text.slice(metadata.to)}`;
  return `${text.slice(0, annotations.to)}${line}${text.slice(annotations.to)}`;
}

/** A document, and the file that its annotation named, empty for none. */
export interface NamedDocument {
  readonly path: string;
  readonly text: string;
}

/** A plain document without the annotation of its file; undefined where that takes the full reader. */
export function takePlainFilename({ text, metadata, annotations }: PlainDocument): NamedDocument | undefined {
  if (metadata === "odd" || (metadata !== "none" && annotations === "odd")) return undefined;
  const at = text.indexOf(FILENAME);
  if (at < 0) return { path: "", text };
  if (metadata === "none" || annotations === "none" || annotations === "odd") return undefined;
  const start = at - 4;
  const end = text.indexOf("\n", at);
  const isEntry = start >= annotations.from && end < annotations.to && text.startsWith("\n    ", start - 1);
  const [, single, double, plain] = VALUE.exec(text.slice(at + FILENAME.length, end)) ?? [];
  const path = single ?? double ?? plain;
  if (!isEntry || path === undefined || text.includes(FILENAME, end)) return undefined;
  const rest = without(text, { head: start, from: start, to: end + 1 }, [annotations, metadata]);
  return rest === "" ? undefined : { path, text: rest };
}

/** The text without a piece, and without the maps around it, the inner one first, that hold nothing else. */
function without(text: string, piece: Extent, around: readonly Extent[]): string {
  const [next, ...further] = around;
  if (next !== undefined && next.from === piece.head && next.to === piece.to) return without(text, next, further);
  return text.slice(0, piece.head) + text.slice(piece.to);
}
