import { newComposer } from "./yaml-composer.ts";
import type { Composer, Shape } from "./yaml-composer.ts";
import { YamlError } from "./yaml-error.ts";
import { peekToken } from "./yaml-fetch.ts";
import { parseKey, parseNode } from "./yaml-parse.ts";
import {
  DOCUMENT_START,
  parserError,
  STREAM_END,
  TAG_DIRECTIVE,
  takeToken,
  VERSION_DIRECTIVE,
} from "./yaml-scanner.ts";
import type { Scanner } from "./yaml-scanner.ts";
import { openSource } from "./yaml-source.ts";

/** The context of a document's root: a block node that cannot be a sequence without indentation. */
const ROOT = 1;

/**
 * The first document of a YAML text; no document is null. What Go reports about the text (all stages up to the JSON text)
 * is thrown as a {@link YamlError} without a prefix.
 */
export function readDocument<V, M extends V>(text: string, shape: Shape<V, M>, strict: boolean): V {
  const scanner = openSource(text);
  if (!scanner.byLine) return composeDocument(scanner, shape, strict);
  try {
    return composeDocument(scanner, shape, strict);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    // What is complained about, and where, is what reading by tokens alone says, as Go does.
    return composeDocument({ ...openSource(text), byLine: false }, shape, strict);
  }
}

function composeDocument<V, M extends V>(scanner: Scanner, shape: Shape<V, M>, strict: boolean): V {
  const c = newComposer(scanner, shape, strict, { parseNode, parseKey });
  const value = parseDocument(c);
  const problem = c.decodeProblem ?? duplicatesProblem(c) ?? c.convertProblem ?? c.jsonProblem;
  if (problem !== undefined) throw new YamlError("yaml-syntax", problem);
  return value;
}

function duplicatesProblem<V, M extends V>(c: Composer<V, M>): string | undefined {
  return c.duplicates.length === 0 ? undefined : `yaml: unmarshal errors:\n  ${c.duplicates.join("\n  ")}`;
}

function parseDocument<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  let token = peekToken(s);
  if (token.type === STREAM_END) return c.shape.scalar(null);
  parseDirectives(c);
  const explicit = token.type === VERSION_DIRECTIVE || token.type === TAG_DIRECTIVE || token.type === DOCUMENT_START;
  if (explicit) {
    token = peekToken(s);
    if (token.type !== DOCUMENT_START) throw parserError(s, "did not find expected <document start>", token.at);
    takeToken(s);
  }
  const value = explicit && isEndOfContent(peekToken(s).type) ? c.shape.scalar(null) : parseNode(c, ROOT);
  peekToken(s);
  return value;
}

function isEndOfContent(type: number): boolean {
  return type <= TAG_DIRECTIVE;
}

function parseDirectives<V, M extends V>(c: Composer<V, M>): void {
  const s = c.scanner;
  let version = false;
  for (;;) {
    const token = peekToken(s);
    if (token.type === VERSION_DIRECTIVE) {
      if (version) throw parserError(s, "found duplicate %YAML directive", token.at);
      if (token.value !== "1.1") throw parserError(s, "found incompatible YAML document", token.at);
      version = true;
    } else if (token.type === TAG_DIRECTIVE) {
      if (c.handles.has(token.value)) throw parserError(s, "found duplicate %TAG directive", token.at);
      c.handles.set(token.value, token.extra);
    } else break;
    takeToken(s);
  }
  if (!c.handles.has("!")) c.handles.set("!", "!");
  if (!c.handles.has("!!")) c.handles.set("!!", "tag:yaml.org,2002:");
}
