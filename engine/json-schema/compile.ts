import { quote } from "../go/quote.ts";
import { GoFailure, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { compileKeywords } from "./keywords.ts";
import type { KeywordContext } from "./keywords.ts";
import { DRAFT_2020 } from "./draft.ts";
import type { MetaschemaOf } from "./draft.ts";
import { resolveReference, showPlace } from "./location.ts";
import type { Place } from "./location.ts";
import { collectResources, lookUp, resolveFragment, resourceAt } from "./resource.ts";
import type { Load, Root } from "./resource.ts";
import { newSchema } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { failureText, validateValue } from "./validate.ts";

/** Nodes that one schema may have, referenced documents included. */
const MAX_SCHEMAS = 200_000;

/** What a compilation draws on. */
export interface Library {
  readonly load: Load;
  /** Absent while the metaschemas themselves are compiled: they are taken to be valid. */
  readonly metaschema: MetaschemaOf | undefined;
  /** Assert `format` whatever the draft says. */
  readonly assertFormat: boolean;
}

interface Compiler {
  readonly library: Library;
  readonly roots: Map<string, Root>;
  readonly schemas: Map<string, Schema>;
  readonly queue: (readonly [Place, Schema])[];
}

/** Compiles the schema at the root of a document, with all that it refers to. Throws {@link GoFailure} with Go's text. */
export function compileAt(library: Library, url: string): Schema {
  const c: Compiler = { library, roots: new Map(), schemas: new Map(), queue: [] };
  const root = rootOf(c, url);
  const schema = enqueue(c, { url, pointer: resolveFragment(root, resourceAt(root, ""), "") });
  for (let i = 0; i < c.queue.length; i++) {
    const [place, node] = c.queue[i] ?? [];
    if (place === undefined || node === undefined) break;
    if (i === MAX_SCHEMAS) throw new GoFailure(`schema has more than ${MAX_SCHEMAS} nodes`);
    compileNode(c, place, node);
  }
  return schema;
}

function enqueue(c: Compiler, place: Place): Schema {
  const key = `${place.url}#${place.pointer}`;
  const known = c.schemas.get(key);
  if (known !== undefined) return known;
  const schema = newSchema(showPlace(place), 0);
  c.schemas.set(key, schema);
  c.queue.push([place, schema]);
  return schema;
}

function rootOf(c: Compiler, url: string): Root {
  const known = c.roots.get(url);
  if (known !== undefined) return known;
  const root: Root = { url, value: c.library.load(url), resources: new Map(), byUrl: new Map(), processed: new Set() };
  collectResources(root, c.library.load, root.value, "", {
    url,
    dialect: { draft: DRAFT_2020, vocabularies: undefined },
  });
  if (!/^https?:\/\/json-schema\.org\//.test(url)) validate(c, root, root.value, "");
  c.roots.set(url, root);
  return root;
}

function validate(c: Compiler, root: Root, value: GoValue, pointer: string): void {
  const { metaschema } = c.library;
  if (metaschema === undefined) return;
  const metaAt = (path: string): Schema | undefined => {
    const resource = root.resources.get(path);
    return resource === undefined ? undefined : metaschema(resource.dialect);
  };
  const failure = validateValue(metaschema(resourceAt(root, pointer).dialect), value, metaAt);
  if (failure === undefined) return;
  const place = quote(showPlace({ url: root.url, pointer }));
  throw new GoFailure(`${place} is not valid against metaschema: ${failureText(failure)}`);
}

/** A part of a document that no keyword declares a schema, but a reference takes for one. */
function ensureSchema(c: Compiler, root: Root, place: Place): GoValue {
  const value = lookUp(root.value, place);
  if (root.processed.has(place.pointer)) return value;
  const around = resourceAt(root, place.pointer);
  collectResources(root, c.library.load, value, place.pointer, around);
  validate(c, root, value, place.pointer);
  return value;
}

function compileNode(c: Compiler, place: Place, schema: Schema): void {
  const root = rootOf(c, place.url);
  const value = ensureSchema(c, root, place);
  const resource = resourceAt(root, place.pointer);
  schema.draft = resource.dialect.draft.version;
  const base = enqueue(c, { url: place.url, pointer: resource.pointer });
  schema.resource = base === schema ? undefined : base;
  if (schema.draft >= 2020 && base === schema) {
    const anchors = new Map<string, Schema>();
    for (const anchor of resource.dynamicAnchors) {
      anchors.set(anchor, enqueue(c, { url: place.url, pointer: resource.anchors.get(anchor) ?? "" }));
    }
    schema.dynamicAnchors = anchors;
  }
  if (typeof value === "boolean") schema.bool = value;
  else if (value instanceof GoMap) {
    if (value.entries.size === 0) schema.bool = true;
    else compileKeywords(contextOf(c, root, place, value), schema);
  }
}

function contextOf(c: Compiler, root: Root, place: Place, value: GoMap): KeywordContext {
  const resource = resourceAt(root, place.pointer);
  return {
    value,
    place,
    dialect: resource.dialect,
    assertFormat: c.library.assertFormat,
    schemaAt: (pointer) => enqueue(c, { url: place.url, pointer }),
    schemaOf: (reference) => resolve(c, root, resource.url, reference),
  };
}

/** The schema that a `$ref` names. */
function resolve(c: Compiler, root: Root, base: string, reference: string): Schema {
  const resolved = resolveReference(base, reference);
  if (resolved === undefined) throw new GoFailure(`error in parsing ${quote(reference)}: invalid URL`);
  const { url, fragment } = resolved;
  const own = url === root.url ? resourceAt(root, "") : root.byUrl.get(url);
  if (own !== undefined) return enqueue(c, { url: root.url, pointer: resolveFragment(root, own, fragment) });
  const other = rootOf(c, url);
  return enqueue(c, { url, pointer: resolveFragment(other, resourceAt(other, ""), fragment) });
}
