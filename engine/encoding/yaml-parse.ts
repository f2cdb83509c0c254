import { emptyNode, INDENTLESS, parseMapping, parseSequence } from "./yaml-block.ts";
import { closeAnchor, expandAlias, openAnchor } from "./yaml-anchor.ts";
import { enter, failDecode, scalarValue } from "./yaml-composer.ts";
import type { Anchor, Composer } from "./yaml-composer.ts";
import { peekToken } from "./yaml-fetch.ts";
import { newEntries, putEntry } from "./yaml-entry.ts";
import type { Entries } from "./yaml-entry.ts";
import { resolve, resolveKey } from "./yaml-resolve.ts";
import {
  ALIAS,
  ANCHOR,
  BLOCK_ENTRY,
  BLOCK_MAPPING_START,
  BLOCK_SEQUENCE_START,
  FLOW_ENTRY,
  FLOW_MAPPING_END,
  FLOW_MAPPING_START,
  FLOW_SEQUENCE_END,
  FLOW_SEQUENCE_START,
  KEY,
  parserError,
  SCALAR,
  TAG,
  takeToken,
  VALUE,
} from "./yaml-scanner.ts";
import type { Token } from "./yaml-scanner.ts";
import { resolveTagged } from "./yaml-tagged.ts";
import { keyOfValue, MERGE_TAG, showKey } from "./yaml-key.ts";

/** What may stand before a node, and the token after it. */
interface Properties {
  readonly anchor: string;
  /** The long tag, or `""`. */
  readonly tag: string;
  readonly token: Token;
}

/** Reads the node at the head of the queue. `context`: 0 in flow, {@link IN_BLOCK}, or with sequences that need no indentation. */
export function parseNode<V, M extends V>(c: Composer<V, M>, context: number): V {
  const token = peekToken(c.scanner);
  c.decoded += 1;
  if (token.type === SCALAR) {
    takeToken(c.scanner);
    return token.plain ? scalarValue(c, resolve(token.value)) : c.shape.scalar(token.value);
  }
  if (token.type === ALIAS) {
    takeToken(c.scanner);
    return expandAlias(c, token.value);
  }
  if (token.type !== ANCHOR && token.type !== TAG) return parseContent(c, token, context);
  const properties = parseProperties(c, token);
  if (properties.anchor === "") return parseTagged(c, properties, context, undefined);
  const deepest = c.deepest;
  c.deepest = c.depth;
  const anchor = openAnchor(c, properties.anchor);
  const value = parseTagged(c, properties, context, anchor);
  closeAnchor(c, anchor, value, deepest);
  return value;
}

function parseProperties<V, M extends V>(c: Composer<V, M>, first: Token): Properties {
  const s = c.scanner;
  takeToken(s);
  let anchor = first.type === ANCHOR ? first : undefined;
  let tag = first.type === TAG ? first : undefined;
  let token = peekToken(s);
  if (tag === undefined ? token.type === TAG : token.type === ANCHOR) {
    if (token.type === TAG) tag = token;
    else anchor = token;
    takeToken(s);
    token = peekToken(s);
  }
  return { anchor: anchor?.value ?? "", tag: tag === undefined ? "" : longTag(c, tag), token };
}

function longTag<V, M extends V>(c: Composer<V, M>, tag: Token): string {
  if (tag.value === "") return tag.extra;
  const prefix = c.handles.get(tag.value);
  if (prefix === undefined) throw parserError(c.scanner, "found undefined tag handle", tag.at);
  return prefix + tag.extra;
}

function parseTagged<V, M extends V>(
  c: Composer<V, M>,
  properties: Properties,
  context: number,
  anchor: Anchor<V> | undefined,
): V {
  const { token, tag } = properties;
  if (token.type === SCALAR) {
    takeToken(c.scanner);
    const plain = token.plain && tag === "";
    if (anchor !== undefined) anchor.key = plain ? resolveKey(token.value) : keyOfScalar(tag, token.value);
    if (plain) return scalarValue(c, resolve(token.value));
    return tag === "" ? c.shape.scalar(token.value) : taggedScalar(c, tag, token.value);
  }
  if (isContent(token.type, context)) return parseContent(c, token, context);
  if (anchor !== undefined) anchor.key = tag === "" ? null : keyOfScalar(tag, "");
  return tag === "" ? c.shape.scalar(null) : taggedScalar(c, tag, "");
}

function taggedScalar<V, M extends V>(c: Composer<V, M>, tag: string, text: string): V {
  const tagged = resolveTagged(tag, text);
  if ("value" in tagged) return scalarValue(c, tagged.value);
  failDecode(c, tagged.problem);
  return c.shape.scalar(null);
}

function keyOfScalar(tag: string, text: string): string | null {
  const tagged = tag === "" ? { value: text } : resolveTagged(tag, text);
  return "value" in tagged ? keyOfValue(tagged.value) : text;
}

function isContent(type: number, context: number): boolean {
  if (type === FLOW_SEQUENCE_START || type === FLOW_MAPPING_START) return true;
  if (context === INDENTLESS && type === BLOCK_ENTRY) return true;
  return context !== 0 && (type === BLOCK_SEQUENCE_START || type === BLOCK_MAPPING_START);
}

function parseContent<V, M extends V>(c: Composer<V, M>, token: Token, context: number): V {
  if (!isContent(token.type, context)) throw parserError(c.scanner, "did not find expected node content", token.at);
  enter(c);
  const value = parseCollection(c, token.type);
  c.depth -= 1;
  return value;
}

function parseCollection<V, M extends V>(c: Composer<V, M>, type: number): V {
  switch (type) {
    case BLOCK_MAPPING_START:
      takeToken(c.scanner);
      return parseMapping(c);
    case BLOCK_SEQUENCE_START:
      takeToken(c.scanner);
      return parseSequence(c, false);
    case BLOCK_ENTRY:
      return parseSequence(c, true);
    case FLOW_MAPPING_START:
      return parseFlowMapping(c);
    default:
      return parseFlowSequence(c);
  }
}

/** Reads a key into `entries`. `none`: nothing stands where the key should be, which is a null key. */
export function parseKey<V, M extends V>(
  c: Composer<V, M>,
  entries: Entries<V, M>,
  none: boolean,
  context: number,
): void {
  entries.merge = false;
  entries.aliased = false;
  if (none) {
    emptyNode(c);
    entries.key = null;
    entries.shown = "<nil>";
  } else readKey(c, entries, context);
  entries.before = c.decodeProblem;
}

function readKey<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, context: number): void {
  const s = c.scanner;
  const token = peekToken(s);
  if (token.type !== SCALAR) return parseOtherKey(c, entries, token, context);
  takeToken(s);
  c.decoded += 1;
  entries.merge = token.plain && token.value === "<<";
  entries.key = token.plain ? resolveKey(token.value) : token.value;
  if (c.strict) entries.shown = showKey(token.value, token.plain);
}

/** A key that is more than a scalar. Helm compatibility: `! <<` merges as `<<` does. */
function parseOtherKey<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, token: Token, context: number): void {
  if (token.type === ALIAS) {
    const value = parseNode(c, context);
    const anchor = c.anchors.get(token.value);
    takeKey(c, entries, value, anchor === undefined ? null : anchor.key);
    return;
  }
  if (token.type !== ANCHOR && token.type !== TAG) return takeKey(c, entries, parseNode(c, context), undefined);
  const { deepest, jsonProblem } = c;
  c.decoded += 1;
  const properties = parseProperties(c, token);
  const { tag, token: content } = properties;
  entries.merge =
    content.type === SCALAR &&
    content.value === "<<" &&
    (tag === "!" || tag === MERGE_TAG || (tag === "" && content.plain));
  const anchor: Anchor<V> =
    properties.anchor === ""
      ? { value: undefined, key: undefined, count: c.decoded, height: 0 }
      : openAnchor(c, properties.anchor);
  c.deepest = c.depth;
  const value = parseTagged(c, properties, context, anchor);
  closeAnchor(c, anchor, value, deepest);
  if (anchor.key !== undefined) c.jsonProblem = jsonProblem;
  if (!entries.merge) takeKey(c, entries, value, anchor.key);
}

function takeKey<V, M extends V>(
  c: Composer<V, M>,
  entries: Entries<V, M>,
  value: V,
  key: string | null | undefined,
): void {
  if (key === undefined) failDecode(c, `yaml: invalid map key: ${c.shape.show(value)}`);
  entries.key = key ?? null;
  if (c.strict) entries.shown = c.shape.show(value);
}

function parseFlowSequence<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  const items: V[] = [];
  takeToken(s);
  for (let first = true; ; first = false) {
    let token = peekToken(s);
    if (token.type !== FLOW_SEQUENCE_END && !first) {
      if (token.type !== FLOW_ENTRY) throw parserError(s, "did not find expected ',' or ']'", token.at);
      takeToken(s);
      token = peekToken(s);
    }
    if (token.type === FLOW_SEQUENCE_END) break;
    items.push(token.type === KEY ? parsePair(c) : parseNode(c, 0));
  }
  takeToken(s);
  return c.shape.list(items);
}

/** A mapping of one pair inside `[…]`. Helm compatibility: where the key is missing, the `:` is lost with it. */
function parsePair<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  c.decoded += 1;
  enter(c);
  const entries = newEntries(c);
  takeToken(s);
  const before = peekToken(s);
  const none = before.type === VALUE || before.type === FLOW_ENTRY || before.type === FLOW_SEQUENCE_END;
  if (none) takeToken(s);
  parseKey(c, entries, none, 0);
  parseFlowValue(c, entries, FLOW_SEQUENCE_END);
  c.depth -= 1;
  return entries.map;
}

function parseFlowValue<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, end: number): void {
  const s = c.scanner;
  let token = peekToken(s);
  if (token.type === VALUE) {
    takeToken(s);
    token = peekToken(s);
    if (token.type !== FLOW_ENTRY && token.type !== end) {
      entries.aliased = token.type === ALIAS;
      return putEntry(c, entries, parseNode(c, 0), token.at);
    }
  }
  putEntry(c, entries, emptyNode(c), token.at);
}

function parseFlowMapping<V, M extends V>(c: Composer<V, M>): V {
  const s = c.scanner;
  const entries = newEntries(c);
  takeToken(s);
  for (let first = true; ; first = false) {
    let token = peekToken(s);
    if (token.type !== FLOW_MAPPING_END && !first) {
      if (token.type !== FLOW_ENTRY) throw parserError(s, "did not find expected ',' or '}'", token.at);
      takeToken(s);
      token = peekToken(s);
    }
    if (token.type === FLOW_MAPPING_END) break;
    parseFlowEntry(c, entries, token);
  }
  takeToken(s);
  return entries.map;
}

function parseFlowEntry<V, M extends V>(c: Composer<V, M>, entries: Entries<V, M>, token: Token): void {
  const s = c.scanner;
  if (token.type !== KEY) {
    parseKey(c, entries, false, 0);
    return putEntry(c, entries, emptyNode(c), peekToken(s).at);
  }
  takeToken(s);
  const { type } = peekToken(s);
  parseKey(c, entries, type === VALUE || type === FLOW_ENTRY || type === FLOW_MAPPING_END, 0);
  parseFlowValue(c, entries, FLOW_MAPPING_END);
}
