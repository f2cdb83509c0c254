import { decodeYamlMap, readYamlDocuments, YamlError } from "../encoding/index.ts";
import { fromUtf8 } from "../go/utf8.ts";
import { GoMap } from "../go/value.ts";
import { ChartError } from "./chart-error.ts";
import { mergeMaps } from "./values.ts";

/** Documents of one values file: each is a merge over all values so far. */
const MAX_DOCUMENTS = 1000;

/**
 * Reads a values file: its documents merged from first to last, a `null` of a later one replacing. Throws {@link ChartError}
 * `invalid-values` with Helm's text.
 */
export function decodeValues(data: Uint8Array): GoMap {
  let values = new GoMap();
  let count = 0;
  for (const document of readDocuments(fromUtf8(data))) {
    if (++count > MAX_DOCUMENTS) throw new ChartError("invalid-values", `more than ${MAX_DOCUMENTS} yaml documents`);
    values = count === 1 ? decodeDocument(document) : mergeMaps(values, decodeDocument(document));
  }
  return values;
}

function readDocuments(text: string): readonly string[] {
  try {
    return readYamlDocuments(text);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("invalid-values", `error reading yaml document: ${cause.message}`, {}, { cause });
  }
}

function decodeDocument(text: string): GoMap {
  try {
    return decodeYamlMap(text);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new ChartError("invalid-values", `cannot unmarshal yaml document: ${cause.message}`, {}, { cause });
  }
}
