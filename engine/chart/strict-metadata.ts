import { decodeYamlStrict, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import { quote } from "../go/quote.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoList, GoMap, sortedKeys } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { METADATA } from "./metadata.ts";

/**
 * What Go says against a Chart.yaml that decodes but is not to the letter: a key that is set twice, else the first field that no chart
 * has, fields in the order of the alphabet. `undefined` for a good one.
 */
export function strictMetadataProblem(data: Uint8Array): string | undefined {
  let value: GoValue;
  try {
    value = decodeYamlStrict(fromUtf8(data));
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
  const unknown = unknownField(value, METADATA);
  if (unknown === undefined) return undefined;
  return `error unmarshaling JSON: while decoding JSON: json: unknown field ${quote(unknown)}`;
}

function unknownField(value: GoValue, type: FieldType): string | undefined {
  if (type.kind === "struct" && value instanceof GoMap) {
    for (const key of sortedKeys(value)) {
      const field = type.fields.get(key) ?? foldedField(type.fields, key);
      const unknown = field === undefined ? key : unknownField(value.entries.get(key), field);
      if (unknown !== undefined) return unknown;
    }
  }
  if (type.kind === "list" && value instanceof GoList) {
    for (const item of value.items) {
      const unknown = unknownField(item, type.element);
      if (unknown !== undefined) return unknown;
    }
  }
  return undefined;
}

function foldedField(fields: ReadonlyMap<string, FieldType>, key: string): FieldType | undefined {
  const folded = key.toLowerCase();
  for (const [name, field] of fields) if (name.toLowerCase() === folded) return field;
  return undefined;
}
