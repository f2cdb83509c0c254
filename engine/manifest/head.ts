import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import type { JsonObject } from "../errors.ts";
import { ManifestError } from "./manifest-error.ts";

/** What Helm reads of a document. Absent is empty. */
export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly annotations: ReadonlyMap<string, string>;
}

const STRING: FieldType = { kind: "string" };
const METADATA_TYPE =
  'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }';

const HEAD: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "util.SimpleHead",
  fields: new Map<string, FieldType>([
    ["apiVersion", STRING],
    ["kind", STRING],
    [
      "metadata",
      {
        kind: "struct",
        type: METADATA_TYPE,
        fields: new Map<string, FieldType>([
          ["name", STRING],
          ["annotations", { kind: "map", type: "map[string]string", element: STRING }],
        ]),
      },
    ],
  ]),
};

/**
 * The head of a document. A document of comments alone has an empty one. Throws {@link ManifestError} with Helm's
 * `YAML parse error on PATH: …` for what is no YAML or no object; the whole document is checked.
 */
export function decodeHead(content: string, path: string): ManifestHead {
  const head = decode(content, path);
  const metadata = objectOf(head, "metadata");
  return {
    apiVersion: textOf(head, "apiVersion"),
    kind: textOf(head, "kind"),
    name: textOf(metadata, "name"),
    annotations: annotationsOf(metadata),
  };
}

function decode(content: string, path: string): JsonObject {
  try {
    return decodeYamlStruct(content, HEAD);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ManifestError(`YAML parse error on ${path}: ${cause.message}`, { path }, { cause });
  }
}

function annotationsOf(metadata: JsonObject): ReadonlyMap<string, string> {
  const annotations = objectOf(metadata, "annotations");
  return new Map(Object.keys(annotations).map((key) => [key, textOf(annotations, key)]));
}

function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}

function objectOf(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
