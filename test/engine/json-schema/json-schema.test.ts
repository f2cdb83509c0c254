import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeYamlMap } from "../../../engine/encoding/index.ts";
import { goMap } from "../../../engine/go/value.ts";
import { compileSchema, validateSchema } from "../../../engine/json-schema/index.ts";
import { parseVectorAnswers, parseVectorInput } from "../../support/vector-file.ts";

const folder = new URL("../../vectors/", import.meta.url);
const cases = parseVectorInput(readFileSync(new URL("values-subcharts-2.in", folder), "utf8"));
const answers = parseVectorAnswers(readFileSync(new URL("values-subcharts-2.out", folder), "utf8"), cases);
const HEADING = "ERR: values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n";

/** What Helm says of a schema; nothing where it is content. Siblings come in any order. */
function say(schema: string, values: string): readonly string[] {
  const outcome = validateSchema(schema, decodeYamlMap(values));
  return outcome.ok ? [] : outcome.text.split("\n").toSorted();
}

describe("schemas of charts", () => {
  const recorded = cases.flatMap((entry, i) => {
    const schema = entry.files.get("values.schema.json");
    const isOwn = [...entry.files.keys()].every((path) => !path.startsWith("charts/"));
    return schema === undefined || !isOwn ? [] : [[entry.name, schema, entry.values, answers[i] ?? ""] as const];
  });
  it("has the recorded cases", () => expect(recorded.length).toBeGreaterThan(25));
  it.each(recorded)("%s: says what Helm says", (_, schema, values, answer) => {
    const wanted = answer.startsWith(HEADING) ? answer.slice(HEADING.length).split("\n").toSorted() : [];
    expect(say(schema, values)).toEqual(wanted);
  });
});

const D7 = '"$schema":"http://json-schema.org/draft-07/schema#"';
const D19 = '"$schema":"https://json-schema.org/draft/2019-09/schema"';

describe("messages", () => {
  it.each([
    ['{"properties":{"a":{"maximum":1000}}}', "a: 1234567.5", "- at '/a': maximum: got 1.2345675×10⁰⁶, want 1,000"],
    [
      '{"properties":{"a":{"exclusiveMinimum":0.00001}}}',
      "a: 0.00001",
      "- at '/a': exclusiveMinimum: got 1×10⁻⁰⁵, want 1×10⁻⁰⁵",
    ],
    [
      '{"properties":{"a":{"enum":[1.0,"x\\"\'",null,true]}}}',
      "a: z",
      "- at '/a': value must be one of 1.0, 'x\"\\'', <nil>, true",
    ],
    ['{"properties":{"a":{"enum":[[1]]}}}', "a: z", "- at '/a': 'enum' failed"],
    ['{"required":["x","y"]}', "a: 1", "- at '': missing properties 'x', 'y'"],
    ['{"properties":{"a/b":{"type":"string"}}}', "a/b: 1", "- at '/a~1b': got number, want string"],
    [
      '{"type":"object","minProperties":2,"required":["x"]}',
      "a: 1",
      "- at '': minProperties: got 1, want 2\n- at '': missing property 'x'",
    ],
    ['{"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}}]}', "a: 1\nb: 2", "- at '/b': false schema"],
    [
      '{"properties":{"a":{"prefixItems":[true],"items":{"type":"string"}}}}',
      "a: [1, 2]",
      "- at '/a/1': got number, want string",
    ],
    [
      `{${D7},"properties":{"a":{"items":[{}],"additionalItems":false}}}`,
      "a: [1, 2, 3]",
      "- at '/a': last 2 additionalItem(s) not allowed",
    ],
    [
      `{${D7},"properties":{"a":{"format":"date"}}}`,
      "a: 2020-13-01",
      "- at '/a': '2020-13-01' is not valid date: parsing time \"2020-13-01\": month out of range",
    ],
    [
      `{${D7},"properties":{"a":{"format":"hostname"}}}`,
      "a: a_b",
      "- at '/a': 'a_b' is not valid hostname: invalid character '_'",
    ],
    [
      `{${D19},"$recursiveAnchor":true,"additionalProperties":{"$recursiveRef":"#"},"type":["object","number"]}`,
      "a: {b: {c: x}}",
      "- at '/a/b/c': got string, want number or object",
    ],
    [
      '{"$ref":"#/$defs/t","$defs":{"t":{"additionalProperties":{"$ref":"#/$defs/t"},"type":["object","number"]}}}',
      "a: {b: x}",
      "- at '/a/b': got string, want number or object",
    ],
    ['{"properties":{"a":{"multipleOf":0.1}}}', "a: 0.35", "- at '/a': multipleOf: got 0.35, want 0.1"],
    [
      '{"properties":{"a":{"minContains":2,"contains":{"type":"string"}}}}',
      "a: [x]",
      "- at '/a': min 2 items required to match contains schema, but matched 1 items at 0",
    ],
    ['{"oneOf":[{},{"type":"object"}]}', "a: 1", "- at '': 'oneOf' failed, subschemas 0, 1 matched"],
    [
      '{"$ref":"#"}',
      "a: 1",
      "- at '': both /$ref and  resolve to \"file:///values.schema.json#\" causing reference cycle",
    ],
  ])("%s refuses %j", (schema, values, text) => {
    expect(say(schema, values)).toEqual([...text.split("\n"), ""].toSorted());
  });

  it.each([
    ['{"properties":{"a":{"multipleOf":0.1}}}', "a: 0.3"],
    ['{"properties":{"a":{"const":1.0}}}', "a: 1"],
    ['{"properties":{"a":{"format":"ipv4"}}}', "a: no"],
    ['{"$dynamicRef":"#n","$defs":{"n":{"$dynamicAnchor":"n","type":"object"}}}', "a: 1"],
    ['{"properties":{"a":{"$ref":"urn:nobody:knows"}}}', "a: 1"],
    [`{${D7},"$ref":"#/definitions/x","definitions":{"x":{}},"type":"string"}`, "a: 1"],
  ])("%s accepts %j", (schema, values) => expect(say(schema, values)).toEqual([]));
});

describe("schemas that are none", () => {
  it.each([
    ["{", "unexpected EOF"],
    ["", "EOF"],
    ["{} x", "invalid character after top-level value"],
    ['{"$ref":"other.json"}', 'failing loading "file:///other.json": open /other.json: no such file or directory'],
    ['{"$ref":"ftp://x/y"}', 'failing loading "ftp://x/y": no URLLoader registered for "ftp://x/y"'],
    [
      '{"$ref":"#nope"}',
      'anchor in "file:///values.schema.json" not found in schema "file:///values.schema.json#nope"',
    ],
    [
      `{${D7},"properties":{"a":{"$id":"x"},"b":{"$id":"x"}}}`,
      'duplicate id "file:///x" in "file:///values.schema.json" at "/properties/b" and "/properties/a"',
    ],
  ])("%s: says why", (schema, text) => {
    const compiled = compileSchema(schema);
    expect(compiled.ok ? "" : compiled.text).toBe(text);
  });

  it("are not fetched", () => {
    const compiled = compileSchema('{"$ref":"https://example.com/x.json"}');
    expect(compiled.ok ? "" : compiled.text).toContain('failing loading "https://example.com/x.json"');
  });
});

describe("budgets", () => {
  it("stop alternatives that double at each level", () => {
    const defs = Array.from(
      { length: 40 },
      (_, i) => `"d${i}":{"anyOf":[{"$ref":"#/$defs/d${i + 1}"},{"$ref":"#/$defs/d${i + 1}"}]}`,
    );
    const schema = `{"$ref":"#/$defs/d0","$defs":{${defs.join()},"d40":{"type":"string"}}}`;
    const outcome = validateSchema(schema, goMap());
    expect(outcome.ok ? "" : outcome.text).toBe("unable to validate schema: too many steps");
  });

  it("stop chains of references", () => {
    const defs = Array.from({ length: 900 }, (_, i) => `"d${i}":{"$ref":"#/$defs/d${i + 1}"}`);
    const outcome = validateSchema(`{"$ref":"#/$defs/d0","$defs":{${defs.join()},"d900":{}}}`, goMap());
    expect(outcome.ok ? "" : outcome.text).toBe("unable to validate schema: nested too deeply");
  });

  it("keep a compiled schema for many values", () => {
    const compiled = compileSchema('{"required":["a"]}');
    expect(validateSchema(compiled, goMap([["a", 1]])).ok).toBe(true);
    expect(validateSchema(compiled, goMap()).ok).toBe(false);
  });
});
