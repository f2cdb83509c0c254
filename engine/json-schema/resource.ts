import { quote } from "../go/quote.ts";
import { GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { textMember } from "./document.ts";
import { draftOf } from "./draft.ts";
import type { Dialect, Draft } from "./draft.ts";
import { isPointer, join, resolveReference, showPlace, splitHash, unescapeToken } from "./location.ts";
import type { Place } from "./location.ts";

/** A part of a document with a URL of its own. */
export interface Resource {
  readonly pointer: string;
  readonly url: string;
  readonly dialect: Dialect;
  /** Pointers by anchor. */
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

/** A document and its resources by pointer; the one at `""` is the document itself. */
export interface Root {
  readonly url: string;
  readonly value: GoValue;
  readonly resources: Map<string, Resource>;
  readonly byUrl: Map<string, Resource>;
  readonly processed: Set<string>;
}

/** Loads a document by its URL; throws {@link GoFailure} with Go's text. */
export type Load = (url: string) => GoValue;

/** The resource that a pointer lies in. */
export function resourceAt(root: Root, pointer: string): Resource {
  for (let path = pointer; ; path = path.slice(0, path.lastIndexOf("/"))) {
    const resource = root.resources.get(path);
    if (resource !== undefined) return resource;
    if (path === "") throw new Error("the document has no resource");
  }
}

/** The value at a place. */
export function lookUp(value: GoValue, place: Place): GoValue {
  let found: GoValue = value;
  for (const token of place.pointer.split("/").slice(1)) {
    const name = unescapeToken(token);
    if (name === undefined) throw new GoFailure(`invalid json-pointer ${quote(showPlace(place))}`);
    const next = member(found, name);
    if (next === undefined) throw new GoFailure(`json-pointer in ${quote(showPlace(place))} not found`);
    found = next;
  }
  return found;
}

function member(value: GoValue, name: string): GoValue {
  if (value instanceof GoMap) return value.entries.get(name);
  return value instanceof GoList && /^[0-9]+$/.test(name) ? value.items[Number(name)] : undefined;
}

/** The pointer of a fragment inside a resource. */
export function resolveFragment(root: Root, resource: Resource, fragment: string): string {
  if (isPointer(fragment)) return resource.pointer + fragment;
  const pointer = resource.anchors.get(fragment);
  if (pointer !== undefined) return pointer;
  const reference = showPlace({ url: resource.url, pointer: fragment });
  throw new GoFailure(`anchor in ${quote(root.url)} not found in schema ${quote(reference)}`);
}

/** Finds the resources and anchors of a document or, from `pointer` on, of a part that no keyword led to. */
export function collectResources(root: Root, load: Load, value: GoValue, pointer: string, base: Base): void {
  if (root.processed.has(pointer)) return;
  if (value instanceof GoMap) collectFrom(root, load, value, pointer, base);
  else if (pointer === "") addResource(root, pointer, base.url, base.dialect);
  root.processed.add(pointer);
}

/** The URL and the dialect that hold where nothing else is said. */
export interface Base {
  readonly url: string;
  readonly dialect: Dialect;
}

function addResource(root: Root, pointer: string, url: string, dialect: Dialect): Resource {
  const resource: Resource = { pointer, url, dialect, anchors: new Map(), dynamicAnchors: new Set() };
  root.resources.set(pointer, resource);
  root.byUrl.set(url, resource);
  return resource;
}

function idOf(value: GoMap, draft: Draft): string {
  if (draft.version < 2019 && value.entries.has("$ref")) return "";
  return splitHash(textMember(value, draft.id) ?? "")[0];
}

function collectFrom(root: Root, load: Load, value: GoMap, pointer: string, base: Base): void {
  let draft = draftAt({ url: root.url, pointer }, value, base.dialect.draft, load, new Set());
  let named = textMember(value, "$schema") !== undefined;
  let id = idOf(value, draft);
  if (id === "" && pointer !== "") {
    draft = base.dialect.draft;
    named = false;
    id = idOf(value, draft);
  }
  let { url } = base;
  if (id !== "") {
    const resolved = resolveReference(base.url, id);
    if (resolved === undefined)
      throw new GoFailure(`error in parsing id at ${quote(showPlace({ url: root.url, pointer }))}`);
    url = resolved.url;
  }
  if (id !== "" || pointer === "")
    openResource(root, pointer, url, () => (named ? dialectOf(value, draft, load) : base.dialect));
  const own = root.byUrl.get(url);
  if (own === undefined) throw new Error("the resource was just opened");
  collectAnchors(root, value, pointer, own);
  for (const [path, schema] of subschemas(value, pointer, draft)) {
    collectResources(root, load, schema, path, { url, dialect: own.dialect });
  }
}

function openResource(root: Root, pointer: string, url: string, dialect: () => Dialect): void {
  const same = root.byUrl.get(url);
  if (same === undefined) addResource(root, pointer, url, dialect());
  else if (same.pointer !== pointer) {
    throw new GoFailure(
      `duplicate id ${quote(url)} in ${quote(root.url)} at ${quote(pointer)} and ${quote(same.pointer)}`,
    );
  }
}

/** The draft that `$schema` leads to, through metaschemas of one's own if need be. */
function draftAt(place: Place, value: GoValue, fallback: Draft, load: Load, seen: Set<string>): Draft {
  const named = textMember(value, "$schema");
  if (named === undefined) return fallback;
  const draft = draftOf(named);
  if (draft !== undefined) return draft;
  const [url] = splitHash(named);
  if (place.pointer === "" && url === place.url) throw new GoFailure(`draft ${quote(url)} is not supported`);
  if (seen.has(url)) throw new GoFailure(`cycle in resolving $schema in ${quote(url)}`);
  seen.add(url);
  return draftAt({ url, pointer: "" }, load(url), fallback, load, seen);
}

/** The dialect of a resource with a `$schema`: a metaschema of one's own says which vocabularies are in force. */
function dialectOf(value: GoMap, draft: Draft, load: Load): Dialect {
  const named = textMember(value, "$schema");
  if (named === undefined || draftOf(named) !== undefined || draft.version < 2019)
    return { draft, vocabularies: undefined };
  const [url] = splitHash(named);
  const document = load(url);
  const list = document instanceof GoMap ? document.entries.get("$vocabulary") : undefined;
  if (!(list instanceof GoMap)) return { draft, vocabularies: undefined };
  const names = new Set<string>();
  for (const [vocabulary, required] of list.entries) {
    if (required !== true) continue;
    const name = vocabulary.startsWith(draft.vocabularyPrefix) ? vocabulary.slice(draft.vocabularyPrefix.length) : "";
    if (!draft.vocabularies.includes(name)) {
      throw new GoFailure(`unsupported vocabulary ${quote(vocabulary)} in ${quote(url)}`);
    }
    names.add(name);
  }
  names.add("core");
  return { draft, vocabularies: [...names] };
}

function collectAnchors(root: Root, value: GoMap, pointer: string, resource: Resource): void {
  const { draft } = resource.dialect;
  if (draft.version < 2019) {
    const id = value.entries.has("$ref") ? undefined : textMember(value, draft.id);
    const fragment = id === undefined ? "" : splitHash(id)[1];
    if (!isPointer(fragment)) addAnchor(root, resource, fragment, pointer);
    return;
  }
  const anchor = textMember(value, "$anchor");
  if (anchor !== undefined) addAnchor(root, resource, anchor, pointer);
  const dynamic = draft.version < 2020 ? undefined : textMember(value, "$dynamicAnchor");
  if (dynamic === undefined) return;
  addAnchor(root, resource, dynamic, pointer);
  resource.dynamicAnchors.add(dynamic);
}

function addAnchor(root: Root, resource: Resource, anchor: string, pointer: string): void {
  const known = resource.anchors.get(anchor);
  if (known !== undefined && known !== pointer) {
    throw new GoFailure(
      `duplicate anchor ${quote(anchor)} in ${quote(root.url)} at ${quote(known)} and ${quote(pointer)}`,
    );
  }
  resource.anchors.set(anchor, pointer);
}

function subschemas(value: GoMap, pointer: string, draft: Draft): ReadonlyMap<string, GoValue> {
  const found = new Map<string, GoValue>();
  for (const [keyword = "", part] of draft.subschemas) {
    const under = value.entries.get(keyword);
    if (under === undefined) continue;
    if (part === undefined) found.set(join(pointer, keyword), under);
    else if (part === "*" && under instanceof GoMap) {
      for (const [name, schema] of under.entries) found.set(join(pointer, keyword, name), schema);
    } else if (part === "[]" && under instanceof GoList) {
      for (const [i, schema] of under.items.entries()) found.set(join(pointer, keyword, String(i)), schema);
    }
  }
  return found;
}
