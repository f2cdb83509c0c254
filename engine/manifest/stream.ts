import { isAlias, isMap, isScalar, isSeq, Document, parseDocument, Scalar, type Tags, visit, YAMLMap } from "yaml";
import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import { compareBytes } from "../go/value.ts";
import { ManifestError } from "./manifest-error.ts";
import { createPlainPrinter, type PrintPlain } from "./plain-document.ts";
import { FILENAME, takePlainFilename, withFilename } from "./plain-filename.ts";
import type { PlainDocument } from "./plain-outline.ts";
import { isPartial } from "./sort.ts";
import { isBlank, splitManifests } from "./split.ts";

/** Scalars stay as they are written: what they mean, `0644` say, is decided by who reads the result. */
const AS_WRITTEN: { readonly schema: "failsafe"; readonly customTags: Tags } = {
  schema: "failsafe",
  customTags: ["null"],
};

/**
 * Rendered files as one stream of documents, each with the annotation of its file; in the order of paths, partials and blank files left out.
 * Throws {@link ManifestError} with Helm's words.
 */
export function mergeFiles(files: ReadonlyMap<string, string>): string {
  const documents: string[] = [];
  const printPlain = createPlainPrinter();
  for (const path of [...files.keys()].sort(compareBytes)) {
    const text = files.get(path) ?? "";
    if (isPartial(path) || isBlank(text)) continue;
    for (const manifest of splitManifests(text)) {
      for (const one of parseStream(manifest, `parsing ${path}: `, printPlain)) documents.push(merged(one, path));
    }
  }
  return documents.join("---\n");
}

/**
 * The files in a stream that a post-renderer gave back. A document without the annotation gets a name of its own, `prefix` in it. Throws
 * {@link ManifestError} with Helm's words.
 */
export function splitStream(stream: string, prefix: string): ReadonlyMap<string, string> {
  const files = new Map<string, string[]>();
  for (const [index, one] of parseStream(stream, "error parsing YAML: ", createPlainPrinter()).entries()) {
    const { path: own, text } = taken(one);
    const path = own === "" ? `generated-by-postrender-${prefix}${index}.yaml` : own;
    const documents = files.get(path);
    if (documents === undefined) files.set(path, [text]);
    else documents.push(text);
  }
  return new Map([...files].map(([path, documents]) => [path, documents.join("---\n")]));
}

/** A document of a stream: printed where it is plain enough, and as the full reader has it. */
interface StreamDocument {
  readonly plain: PlainDocument | undefined;
  readonly full: () => Document;
}

/** A document as it is passed on, with the annotation of its file. Equal for both readers. */
function merged({ plain, full }: StreamDocument, path: string): string {
  const named = plain === undefined ? undefined : withFilename(plain, path);
  if (named !== undefined) return named;
  const document = full();
  setFilename(document, path);
  return print(document);
}

/** The file that a document is of, empty for none, and the document without the annotation. Equal for both readers. */
function taken({ plain, full }: StreamDocument): { readonly path: string; readonly text: string } {
  const found = plain === undefined ? undefined : takePlainFilename(plain);
  if (found !== undefined) return found;
  const document = full();
  return { path: takeFilename(document), text: print(document) };
}

/** The documents of a stream as kyaml reads them: blank ones are left out, a list that stands alone is its items. */
function parseStream(text: string, prefix: string, printPlain: PrintPlain): readonly StreamDocument[] {
  const parts = partsOf(text.includes("\r") ? text.replaceAll("\r\n", "\n") : text);
  const read = (part: string, index: number) => parsePart(part, index === parts.length - 1, prefix);
  const documents: StreamDocument[] = [];
  for (const [index, part] of parts.entries()) {
    const plain = printPlain(part);
    if (plain !== undefined && !(parts.length === 1 && plain.mayBeList)) {
      documents.push({ plain, full: () => read(part, index)[0] ?? new Document() });
    } else {
      for (const document of read(part, index)) documents.push({ plain: undefined, full: () => document });
    }
  }
  const [only] = documents;
  if (parts.length > 1 || only === undefined || only.plain !== undefined) return documents;
  return itemsOf(only.full()).map((document) => ({ plain: undefined, full: () => document }));
}

/** The texts between lines that begin with `---`, the line break before one included. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = text.indexOf("\n---"); at >= 0; at = text.indexOf("\n---", start)) {
    const end = text.indexOf("\n", at + 1);
    if (end < 0) break;
    parts.push(text.slice(start, at + 1));
    start = end + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** The document of a part as the library reads it; none for a blank one. Throws {@link ManifestError} with Helm's words. */
function parsePart(part: string, isLast: boolean, prefix: string): readonly Document[] {
  const document = parseDocument(part, {
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    ...AS_WRITTEN,
  });
  if (isLast && !part.endsWith("\n")) endBlock(document, part.length);
  const [error] = document.errors;
  if (error !== undefined)
    throw new ManifestError(`${prefix}MalformedYAMLError: ${complaint(isLast ? part : part.slice(0, -1), error.code)}`);
  checkAliases(document, prefix);
  return isNothing(document.contents) ? [] : [document];
}

/** What go-yaml says about a text that the library does not take; `code` is the library's own word, where go-yaml would take it. */
function complaint(text: string, code: string): string {
  try {
    decodeYamlJson(text);
    return `yaml: ${code}`;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return error.message.replace("error converting YAML to JSON: ", "");
  }
}

/** The library finds out only when it prints. */
function checkAliases(document: Document, prefix: string): void {
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      throw new ManifestError(`${prefix}MalformedYAMLError: yaml: unknown anchor '${alias.source}' referenced`);
    },
  });
}

/** A block that ends with the text, and without a line break, has none. */
function endBlock(document: Document, end: number): void {
  visit(document, {
    Scalar: (_key, scalar) => {
      const isBlock = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
      if (isBlock && (scalar.range?.[1] ?? 0) >= end) scalar.value = String(scalar.value).replace(/\n$/, "");
    },
  });
}

function isNothing(contents: Document["contents"]): boolean {
  return (
    contents === null || (isScalar(contents) && ["", "~", "null", "Null", "NULL"].includes(String(contents.value)))
  );
}

function itemsOf(document: Document): readonly Document[] {
  const { contents } = document;
  if (!isMap(contents)) return [document];
  const kind = contents.get("kind");
  const items = contents.get("items");
  if ((kind !== "List" && kind !== "ResourceList") || !isSeq(items)) return [document];
  return items.items.map((item) => {
    return new Document(item, AS_WRITTEN);
  });
}

function setFilename(document: Document, path: string): void {
  const { contents } = document;
  if (!isMap(contents)) throw new ManifestError(`annotating ${path}: wrong node kind: expected MappingNode`);
  const metadata = mapAt(document, contents, "metadata");
  const annotations = mapAt(document, metadata, "annotations");
  const value = new Scalar(path);
  value.type = "QUOTE_SINGLE";
  annotations.set(FILENAME, value);
}

/** The map in a map; an absent one is made, in the style of what it is in. */
function mapAt(document: Document, parent: YAMLMap, key: string): YAMLMap {
  const there = parent.get(key, true);
  const found = isAlias(there) ? there.resolve(document)?.clone() : there;
  if (isMap(found) && found.items.length > 0) {
    if (isAlias(there)) parent.set(key, found);
    return found;
  }
  parent.delete(key);
  const made = new YAMLMap();
  made.flow = parent.flow ?? false;
  parent.set(key, made);
  return made;
}

function takeFilename(document: Document): string {
  const { contents } = document;
  if (!isMap(contents)) return "";
  const metadata = contents.get("metadata");
  const annotations = isMap(metadata) ? metadata.get("annotations") : undefined;
  if (!isMap(metadata) || !isMap(annotations)) return "";
  const path = annotations.get(FILENAME);
  annotations.delete(FILENAME);
  if (annotations.items.length === 0) metadata.delete("annotations");
  if (metadata.items.length === 0) contents.delete("metadata");
  return typeof path === "string" ? path : "";
}

/** Helm compatibility: go-yaml keeps comments, and no blank lines besides. */
function print(document: Document): string {
  if (document.directives !== undefined) document.directives.docEnd = false;
  visit(document, {
    Node: (_key, node) => {
      delete node.spaceBefore;
      if (isScalar(node)) styleScalar(node);
    },
  });
  // The library sets the last comment off by a blank line.
  const { comment } = document;
  document.comment = null;
  const foot = comment === null || comment === undefined ? [] : comment.split("\n");
  const text = document.toString({
    indent: 2,
    indentSeq: false,
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedAsJSON: true,
  });
  return [text, ...foot.map((line) => (line === "" ? "\n" : `#${line}\n`))].join("");
}

/** Helm compatibility: go-yaml writes no block whose lines end in blanks. */
function styleScalar(scalar: Scalar): void {
  const isBlock = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
  if (isBlock && / \n/.test(String(scalar.value))) scalar.type = "QUOTE_DOUBLE";
}
