import { describe, expect, it } from "vitest";
import { parseSignature, readFunctionOutput, signatureText } from "../../../engine/plugin/index.ts";

describe("the signature of a template function", () => {
  it.each([
    ["slug(string) string", "slug(string) string"],
    ["join( string,...any ) list", "join(string, ...any) list"],
    ["now() int", "now() int"],
    ["same", "same(...any) any"],
  ])("is read: %s", (text, written) => {
    const read = parseSignature(text);
    expect(read === undefined ? undefined : signatureText(read)).toBe(written);
  });

  it.each([
    "",
    "a b",
    "1a",
    "a(",
    "a()",
    "a() text",
    "a(...any, string) any",
    "a(,) any",
    `a(${"any,".repeat(17)}any) any`,
    "a".repeat(65),
  ])("is none: %j", (text) => expect(parseSignature(text)).toBeUndefined());

  it.each([
    ["string", '{"value":"x"}', { ok: true, value: "x" }],
    ["any", '{"value":null}', { ok: true, value: null }],
    ["int", '{"value":-3}', { ok: true, value: -3 }],
    ["string", '{"error":"no"}', { ok: false, error: "no" }],
    ["string", '{"value":1}', "the value of f is not of the type string"],
    ["int", '{"value":1.5}', "the value of f is not of the type int"],
    ["map", '{"value":[]}', "the value of f is not of the type map"],
    ["list", '{"value":{}}', "the value of f is not of the type list"],
    ["any", "{}", "value is missing"],
    ["any", "[]", "it is no JSON object"],
    ["any", "", "it gave no output"],
  ])("decides what an answer of type %s may be: %s", (result, output, wanted) => {
    const signature = parseSignature(`f() ${result}`);
    if (signature === undefined) throw new Error("no signature");
    const read = (): unknown => readFunctionOutput({ name: "p" }, signature, output);
    if (typeof wanted === "string") expect(read).toThrow(wanted);
    else expect(read()).toEqual(wanted);
  });
});
