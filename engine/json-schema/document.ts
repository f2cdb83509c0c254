import { readJson, UNEXPECTED_END } from "../go/json-reader.ts";
import type { JsonShape } from "../go/json-reader.ts";
import { GoFailure, GoList, GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { jsonNumber } from "./number.ts";

const SHAPE: JsonShape<GoValue> = {
  scalar: (value) => value,
  number: (text) => jsonNumber(text),
  list: (items) => new GoList(items),
  map: (entries) => new GoMap(entries),
};

/** A schema document; numbers keep their text. Throws {@link GoFailure} with the text of Go's JSON decoder. */
export function readDocument(text: string): GoValue {
  try {
    return readJson(text, SHAPE);
  } catch (error) {
    if (!(error instanceof GoFailure)) throw error;
    if (error.message.endsWith("after top-level value")) throw new GoFailure("invalid character after top-level value");
    if (error.message !== UNEXPECTED_END) throw error;
    throw new GoFailure(text.trim() === "" ? "EOF" : "unexpected EOF");
  }
}

/** The member of an object that is a string. */
export function textMember(value: GoValue, name: string): string | undefined {
  const member = value instanceof GoMap ? value.entries.get(name) : undefined;
  return typeof member === "string" ? member : undefined;
}
