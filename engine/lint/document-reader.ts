import { jsonExtent } from "../chart/json-extent.ts";
import { decodeJson, decodeYamlStructPointer, JsonError, YamlError, yamlDocuments } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import { EngineError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { UNEXPECTED_END } from "../go/json-reader.ts";
import { isSpaceCode } from "../go/unicode.ts";
import { byteLength } from "../go/utf8.ts";

/** What the rules read of an object. Absent is empty. */
export interface LintedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

const STRING: FieldType = { kind: "string" };
const OBJECT: Extract<FieldType, { kind: "struct" }> = {
  kind: "struct",
  type: "rules.k8sYamlStruct",
  fields: new Map<string, FieldType>([
    ["apiVersion", STRING],
    ["kind", STRING],
    [
      "metadata",
      {
        kind: "struct",
        type: "rules.k8sYamlMetadata",
        fields: new Map([
          ["namespace", STRING],
          ["name", STRING],
        ]),
      },
    ],
  ]),
};

/** A document that is no object, or text that is no document. The message is Kubernetes' decoder's. */
export class DocumentError extends EngineError<"invalid-document"> {
  readonly code = "invalid-document";
}

/** How far Kubernetes looks for the brace that makes a text JSON. */
const LOOKAHEAD = 4096;

/**
 * The objects of a text as Kubernetes' `YAMLOrJSONDecoder` reads them, one by one, empty documents left out. A text that begins with `{` is
 * read as JSON values as long as they are some, then as YAML. Throws {@link DocumentError} at the first fault.
 */
export function* readObjects(text: string): Generator<LintedObject, void> {
  let rest = text;
  let refusal: DocumentError | undefined;
  if (firstBrace(text)) {
    const stream = readJsonStream(text);
    for (let next = stream.next(); ; next = stream.next()) {
      if (next.done === true) {
        if (next.value === undefined) return;
        ({ rest, refusal } = next.value);
        break;
      }
      yield next.value;
    }
  }
  yield* readYamlStream(rest, refusal);
}

function firstBrace(text: string): boolean {
  for (let at = 0; at < text.length && at < LOOKAHEAD; at++) {
    if (!isSpaceCode(text.charCodeAt(at))) return text[at] === "{";
  }
  return false;
}

interface YamlRest {
  readonly rest: string;
  readonly refusal: DocumentError;
}

/** After two values the stream is JSON for good. */
const UNAMBIGUOUS = 2;

function* readJsonStream(text: string): Generator<LintedObject, YamlRest | undefined> {
  for (let at = 0, count = 0; ; count++) {
    const piece = text.slice(at);
    if (isBlank(piece)) return undefined;
    const length = jsonExtent(piece);
    const value = parseJson(piece.slice(0, length), byteLength(text.slice(0, at)));
    if (value instanceof DocumentError) {
      if (count >= UNAMBIGUOUS) throw value;
      return { rest: withoutBlankLine(piece), refusal: value };
    }
    at += length;
    if (value !== undefined) yield value;
  }
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isSpaceCode(text.charCodeAt(at))) return false;
  return true;
}

/** Leading white space goes, up to and with the first line break. */
function withoutBlankLine(text: string): string {
  let at = 0;
  while (at < text.length && isSpaceCode(text.charCodeAt(at))) if (text[at++] === "\n") break;
  return text.slice(at);
}

function parseJson(text: string, before: number): LintedObject | DocumentError | undefined {
  try {
    decodeJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    if (cause.code === "json-syntax") return syntaxError(text, before, cause);
  }
  try {
    return linted(decodeYamlStructPointer(text, OBJECT));
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    const message = cause.message.replace("error unmarshaling JSON: while decoding JSON: ", "");
    return new DocumentError(message, {}, { cause });
  }
}

/** Go tells where it stopped: behind the first character that no JSON text could have there. */
function syntaxError(text: string, before: number, cause: JsonError): DocumentError {
  if (cause.message === UNEXPECTED_END) return new DocumentError("unexpected EOF", {}, { cause });
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (endsEarly(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const offset = before + byteLength(text.slice(0, bad));
  return new DocumentError(`json: offset ${offset}: ${cause.message}`, {}, { cause });
}

function endsEarly(text: string): boolean {
  try {
    decodeJson(text);
    return true;
  } catch (error) {
    if (error instanceof JsonError) return error.code !== "json-syntax" || error.message === UNEXPECTED_END;
    throw error;
  }
}

function* readYamlStream(text: string, refusal: DocumentError | undefined): Generator<LintedObject, void> {
  try {
    for (const document of yamlDocuments(text)) {
      const object = linted(decodeYamlStructPointer(document, OBJECT));
      if (object !== undefined) yield object;
    }
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw refusal ?? new DocumentError(cause.message, {}, { cause });
  }
}

function linted(object: JsonObject | undefined): LintedObject | undefined {
  if (object === undefined) return undefined;
  const metadata = object["metadata"];
  const name = isObject(metadata) ? metadata["name"] : undefined;
  return { apiVersion: textOf(object["apiVersion"]), kind: textOf(object["kind"]), name: textOf(name) };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
