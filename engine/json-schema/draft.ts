import type { Schema } from "./schema.ts";

/** One version of JSON schema. */
export interface Draft {
  readonly version: number;
  readonly url: string;
  /** The keyword that names a resource. */
  readonly id: string;
  /** Where subschemas stand: keywords, `*` for each member, `[]` for each item. */
  readonly subschemas: readonly (readonly string[])[];
  readonly vocabularyPrefix: string;
  readonly vocabularies: readonly string[];
  readonly defaultVocabularies: readonly string[];
}

function paths(...texts: string[]): readonly (readonly string[])[] {
  return texts.map((text) => text.split("/"));
}

const IN_4 = paths(
  "definitions/*",
  "not",
  "allOf/[]",
  "anyOf/[]",
  "oneOf/[]",
  "properties/*",
  "additionalProperties",
  "patternProperties/*",
  "items",
  "items/[]",
  "additionalItems",
  "dependencies/*",
);
const IN_6 = [...IN_4, ...paths("propertyNames", "contains")];
const IN_7 = [...IN_6, ...paths("if", "then", "else")];
const IN_2019 = [
  ...IN_7,
  ...paths("$defs/*", "dependentSchemas/*", "unevaluatedProperties", "unevaluatedItems", "contentSchema"),
];
const IN_2020 = [...IN_2019, ...paths("prefixItems/[]")];

function oldDraft(version: number, id: string, subschemas: readonly (readonly string[])[]): Draft {
  return {
    version,
    url: `http://json-schema.org/draft-0${version}/schema`,
    id,
    subschemas,
    vocabularyPrefix: "",
    vocabularies: [],
    defaultVocabularies: [],
  };
}

export const DRAFT_4: Draft = oldDraft(4, "id", IN_4);
export const DRAFT_6: Draft = oldDraft(6, "$id", IN_6);
export const DRAFT_7: Draft = oldDraft(7, "$id", IN_7);
export const DRAFT_2019: Draft = {
  version: 2019,
  url: "https://json-schema.org/draft/2019-09/schema",
  id: "$id",
  subschemas: IN_2019,
  vocabularyPrefix: "https://json-schema.org/draft/2019-09/vocab/",
  vocabularies: ["core", "applicator", "validation", "meta-data", "format", "content"],
  defaultVocabularies: ["core", "applicator", "validation"],
};
export const DRAFT_2020: Draft = {
  version: 2020,
  url: "https://json-schema.org/draft/2020-12/schema",
  id: "$id",
  subschemas: IN_2020,
  vocabularyPrefix: "https://json-schema.org/draft/2020-12/vocab/",
  vocabularies: [
    "core",
    "applicator",
    "unevaluated",
    "validation",
    "meta-data",
    "format-annotation",
    "format-assertion",
    "content",
  ],
  defaultVocabularies: ["core", "applicator", "unevaluated", "validation"],
};

const BY_URL: ReadonlyMap<string, Draft> = new Map([
  ["json-schema.org/schema", DRAFT_2020],
  ...[DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020].map(
    (draft) => [draft.url.replace(/^https?:\/\//, ""), draft] as const,
  ),
]);

/** The draft that a `$schema` names; a fragment must be empty. */
export function draftOf(url: string): Draft | undefined {
  const hash = url.indexOf("#");
  if (hash >= 0 && hash < url.length - 1) return undefined;
  return BY_URL.get((hash < 0 ? url : url.slice(0, hash)).replace(/^https?:\/\//, ""));
}

/** A draft and, where a metaschema of its own chose them, the vocabularies in force. */
export interface Dialect {
  readonly draft: Draft;
  readonly vocabularies: readonly string[] | undefined;
}

export function hasVocabulary(dialect: Dialect, name: string): boolean {
  if (name === "core" || dialect.draft.version < 2019) return true;
  return (dialect.vocabularies ?? dialect.draft.defaultVocabularies).includes(name);
}

/** Gives the compiled metaschema of a dialect. */
export type MetaschemaOf = (dialect: Dialect) => Schema;
