import { quote } from "../go/quote.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoFailure } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { compileAt } from "./compile.ts";
import type { Library } from "./compile.ts";
import { readDocument } from "./document.ts";
import { DRAFT_2020 } from "./draft.ts";
import type { Dialect } from "./draft.ts";
import { METASCHEMAS } from "./metaschema-table.ts";
import { newSchema } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { failureText, validateValue } from "./validate.ts";

/** The URL that Helm gives a chart's schema. */
const OWN_URL = "file:///values.schema.json";

/**
 * What came of a schema. `text` is the library's, as Helm prints it below the chart's name (a breach ends with a newline, a
 * bad schema does not). `unresolved`: the `urn:` references that were taken for `true`, for Helm's warning.
 */
export type SchemaOutcome =
  | { readonly ok: true; readonly unresolved: readonly string[] }
  | { readonly ok: false; readonly text: string; readonly unresolved: readonly string[] };

/** A schema that may be used for many values, or why it is none. */
export type CompiledSchema =
  | { readonly ok: true; readonly schema: Schema; readonly unresolved: readonly string[] }
  | { readonly ok: false; readonly text: string; readonly unresolved: readonly string[] };

/** Values settled once: the metaschemas of the drafts, which never change. */
const metaschemas = new Map<string, Schema>();

function metaDocument(url: string): GoValue {
  const path = /^https?:\/\/json-schema\.org\/(.*)$/.exec(url)?.[1];
  if (path === undefined) return undefined;
  const text = METASCHEMAS.get(path === "schema" ? new URL(DRAFT_2020.url).pathname.slice(1) : path);
  return text === undefined ? undefined : readDocument(text);
}

const META_LIBRARY: Library = {
  load: (url) => metaDocument(url) ?? refuseLoading(url),
  metaschema: undefined,
  assertFormat: true,
};

function metaschemaAt(url: string): Schema {
  const known = metaschemas.get(url);
  if (known !== undefined) return known;
  const schema = compileAt(META_LIBRARY, url);
  metaschemas.set(url, schema);
  return schema;
}

/** The metaschema of a dialect: the draft's, or the sum of the vocabularies in force. */
function metaschemaOf({ draft, vocabularies }: Dialect): Schema {
  if (vocabularies === undefined) return metaschemaAt(draft.url);
  const key = `${draft.url} ${vocabularies.join(" ")}`;
  const known = metaschemas.get(key);
  if (known !== undefined) return known;
  const schema = newSchema("urn:mem:metaschema", draft.version);
  schema.allOf = vocabularies.map((name) => metaschemaAt(draft.url.replace(/schema$/, `meta/${name}`)));
  if (draft.version >= 2020) {
    schema.dynamicAnchor = "meta";
    schema.dynamicAnchors = new Map([["meta", schema]]);
  }
  metaschemas.set(key, schema);
  return schema;
}

/** Nothing is fetched and no file is read: what Go would have to load is refused with the text of a failed load. */
function refuseLoading(url: string): never {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? "";
  let reason = `no URLLoader registered for ${quote(url)}`;
  if (scheme === "file") reason = `open ${fileOf(url)}: no such file or directory`;
  else if (scheme === "http" || scheme === "https")
    reason = `HTTP request failed for ${url}: remote schemas are not loaded`;
  throw new GoFailure(`failing loading ${quote(url)}: ${reason}`);
}

function fileOf(url: string): string {
  return decodeURI(url.replace(/^file:\/\/[^/]*/, ""));
}

/** Compiles a chart's `values.schema.json`. Drafts 4, 6, 7, 2019-09 and 2020-12. */
export function compileSchema(source: string | Uint8Array): CompiledSchema {
  const unresolved = new Set<string>();
  try {
    const document = readDocument(typeof source === "string" ? source : fromUtf8(source));
    const load = (url: string): GoValue => {
      if (url === OWN_URL) return document;
      if (!url.startsWith("urn:")) return metaDocument(url) ?? refuseLoading(url);
      unresolved.add(url);
      return true;
    };
    const schema = compileAt({ load, metaschema: metaschemaOf, assertFormat: false }, OWN_URL);
    return { ok: true, schema, unresolved: [...unresolved] };
  } catch (error) {
    if (error instanceof GoFailure) return { ok: false, text: error.message, unresolved: [...unresolved] };
    throw error;
  }
}

/** Checks values against a schema, or its source. */
export function validateSchema(source: string | Uint8Array | CompiledSchema, instance: GoValue): SchemaOutcome {
  const compiled = typeof source === "string" || source instanceof Uint8Array ? compileSchema(source) : source;
  if (!compiled.ok) return compiled;
  const { schema, unresolved } = compiled;
  try {
    const failure = validateValue(schema, instance);
    if (failure === undefined) return { ok: true, unresolved };
    return { ok: false, text: `${withoutHeading(failureText(failure))}\n`, unresolved };
  } catch (error) {
    if (error instanceof GoFailure) return { ok: false, text: error.message, unresolved };
    throw error;
  }
}

function withoutHeading(text: string): string {
  const heading = `jsonschema validation failed with '${OWN_URL}#'\n`;
  return text.startsWith(heading) ? text.slice(heading.length) : text;
}
