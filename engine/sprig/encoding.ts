import {
  JsonError,
  TomlError,
  YamlError,
  decodeJson,
  decodeJsonList,
  decodeJsonMap,
  decodeToml,
  decodeYamlList,
  decodeYamlMap,
  encodeJson,
  encodeToml,
  encodeYaml,
  encodeYamlPretty,
} from "../encoding/index.ts";
import { GoFailure, GoList, GoMap, goMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import type { CallContext, GoFunction } from "../template/function.ts";
import { ANY, TEXT, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Characters that are read or written in about a microsecond. */
const CHARACTERS_PER_UNIT = 20;

/** The text of an error that Go's codecs return; other errors are not theirs and go on. */
function codecMessage(error: unknown): string {
  const isCodec = error instanceof YamlError || error instanceof JsonError || error instanceof TomlError;
  if (isCodec || error instanceof GoFailure) return error.message;
  throw error;
}

type Encode = (value: GoValue) => string;

/** An encoder whose failure becomes `onFailure(message)`. What was written is counted. */
function encoder(encode: Encode, onFailure: (message: string) => string): GoFunction {
  return unary(ANY, (value, context) => {
    const text = attempt(() => encode(value), onFailure);
    context.spend(1 + text.length / CHARACTERS_PER_UNIT);
    context.reserve(text.length);
    return text;
  });
}

function attempt<T>(work: () => T, onFailure: (message: string) => T): T {
  try {
    return work();
  } catch (error) {
    return onFailure(codecMessage(error));
  }
}

const swallow = (): string => "";

/** Helm compatibility: the pretty encoder panics on a type that it does not know, and only then. */
function swallowKnown(message: string): string {
  return message.startsWith("cannot marshal type") ? raise(message) : "";
}

function raise(message: string): never {
  throw new GoFailure(message);
}

/** Helm compatibility: the error text is the result, but a panic of the encoder fails. */
function tomlOrError(value: GoValue): string {
  try {
    return encodeToml(value);
  } catch (error) {
    if (error instanceof TomlError && error.code !== "toml-panic") return error.message;
    throw error;
  }
}

/** Helm drops the one line feed that ends a document. */
function trimmed(encode: Encode): Encode {
  return (value) => {
    const text = encode(value);
    return text.endsWith("\n") ? text.slice(0, -1) : text;
  };
}

function decoder(decode: (text: string, context: CallContext) => GoValue): GoFunction {
  return unary(TEXT, (text, context) => {
    context.spend(1 + text.length / CHARACTERS_PER_UNIT);
    context.reserve(text.length);
    return decode(text, context);
  });
}

/** Helm compatibility: what Go decoded before a type error stays, and the error is the member `Error`. */
function mapOrError(decode: (text: string) => GoMap): GoFunction {
  return decoder((text) => {
    try {
      return decode(text);
    } catch (error) {
      const partial = error instanceof JsonError && error.partial instanceof GoMap ? error.partial : goMap();
      partial.entries.set("Error", codecMessage(error));
      return partial;
    }
  });
}

/** Helm compatibility: the error is the only element. */
function listOrError(decode: (text: string) => GoList): GoFunction {
  return decoder((text) =>
    attempt(
      () => decode(text),
      (message) => new GoList([message]),
    ),
  );
}

const yaml = trimmed(encodeYaml);
const yamlPretty = trimmed(encodeYamlPretty);
const prettyJson: Encode = (value) => encodeJson(value, { indent: "  " });
const rawJson: Encode = (value) => encodeJson(value, { escapeHtml: false });

/** Helm's and Sprig's codecs. Where a failure is swallowed, the `must` form reports it. */
export const encodingFunctions: readonly Entry[] = [
  ["toYaml", encoder(yaml, swallow)],
  ["mustToYaml", encoder(yaml, raise)],
  ["toYamlPretty", encoder(yamlPretty, swallowKnown)],
  ["fromYaml", mapOrError(decodeYamlMap)],
  ["fromYamlArray", listOrError(decodeYamlList)],
  ["toJson", encoder(encodeJson, swallow)],
  ["mustToJson", encoder(encodeJson, raise)],
  ["toPrettyJson", encoder(prettyJson, swallow)],
  ["mustToPrettyJson", encoder(prettyJson, raise)],
  ["toRawJson", encoder(rawJson, raise)],
  ["mustToRawJson", encoder(rawJson, raise)],
  ["toToml", encoder(tomlOrError, raise)],
  ["mustToToml", encoder(encodeToml, raise)],
  ["fromToml", mapOrError(decodeToml)],
  ["fromJson", mapOrError(decodeJsonMap)],
  ["fromJsonArray", listOrError(decodeJsonList)],
  ["mustFromJson", decoder((text) => attempt(() => decodeJson(text), raise))],
];
