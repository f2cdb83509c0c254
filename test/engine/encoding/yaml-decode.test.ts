import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeYaml,
  decodeYamlJson,
  decodeYamlMap,
  decodeYamlStrict,
  encodeJson,
  readYamlDocuments,
  YamlError,
} from "../../../engine/encoding/index.ts";

/** The JSON of a text's first document, or Go's complaint. */
function outcome(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
}

const decode = (text: string): string => outcome(() => encodeJson(decodeYaml(text), { escapeHtml: false }));
const strict = (text: string): string => outcome(() => encodeJson(decodeYamlStrict(text)));

describe("merge keys and anchors", () => {
  it.each([
    ["a: &x {p: 1}\nb: *x", '{"a":{"p":1},"b":{"p":1}}'],
    ["a: &x {p: 1}\nb:\n  <<: *x\n  q: 2", '{"a":{"p":1},"b":{"p":1,"q":2}}'],
    ["a: &x {p: 1}\nb: {p: 2, <<: *x}", '{"a":{"p":1},"b":{"p":1}}'],
    ["<<: [{a: 1, b: 1}, {a: 2, c: 2}]", '{"a":1,"b":1,"c":2}'],
    ["'<<': 1", '{"<<":1}'],
    ["<<: 1", "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"],
    ["&k a: 1\n*k : 2", '{"a":2}'],
  ])("reads %j as %s", (text, answer) => expect(decode(text)).toBe(answer));

  it("gives each alias a value of its own", () => {
    const map = decodeYamlMap("a: &x {p: 1}\nb: *x");
    expect(map.entries.get("a")).not.toBe(map.entries.get("b"));
  });

  it("refuses a document that consists of aliases", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    expect(decode(`l0: &l0 [1]\n${levels.join("\n")}`)).toBe(
      "error converting YAML to JSON: yaml: document contains excessive aliasing",
    );
  });
});

describe("strict decoding", () => {
  it.each([
    ["a: 1\na: 2", 'line 2: key "a" already set in map'],
    ["a: 1\nb: {c: 1, c: 2}\na: 3", 'line 2: key "c" already set in map\n  line 3: key "a" already set in map'],
    ["1: a\n1: b", "line 2: key 1 already set in map"],
  ])("refuses the second key of %j", (text, problem) => {
    expect(strict(text)).toBe(`error converting YAML to JSON: yaml: unmarshal errors:\n  ${problem}`);
  });

  it("tells a number from its text", () => expect(strict('1: a\n"1": b')).toBe('{"1":"b"}'));
});

describe("bytes that the reader refuses", () => {
  it.each([
    ["a: \udcff", "invalid leading UTF-8 octet"],
    ["a: \udcc3x", "invalid trailing UTF-8 octet"],
    ["a: \udcc3", "incomplete UTF-8 octet sequence"],
    ["a: \udced\udca0\udc80", "invalid Unicode character"],
    ["a: \u0007", "control characters are not allowed"],
  ])("says of %j: %s", (text, problem) => {
    expect(decode(text)).toBe(`error converting YAML to JSON: yaml: ${problem}`);
  });

  it("finds an earlier error first when the bad byte is in a later piece", () => {
    expect(decode(`a: [}\n${"#".repeat(600)}\n\u0007`)).toBe(
      "error converting YAML to JSON: yaml: did not find expected node content",
    );
  });
});

describe("budgets", () => {
  it.each([
    ["flow lists", "[".repeat(5000)],
    ["compact lists", "- ".repeat(5000)],
    ["nested maps", Array.from({ length: 1500 }, (_, i) => `${" ".repeat(i)}a:\n`).join("")],
  ])("refuses %s that are too deep", (_, text) => {
    expect(decode(text)).toContain("exceeded max depth of 400");
  });
});

describe("documents of a stream", () => {
  it.each([
    ["a: 1\n---\nb: 2", ["a: 1\n", "b: 2\n"]],
    ["---\na: 1\n--- # c\nb: 2\n", ["---\na: 1\n", "b: 2\n"]],
    ["---\n---\na: 1", ["---\n", "a: 1\n"]],
    ["", []],
    ["a: 1\r\n---\r\nb: 2", ["a: 1\n", "b: 2\n"]],
  ])("cuts %j", (text, documents) => expect(readYamlDocuments(text)).toEqual(documents));

  it("refuses a separator with text behind it", () => {
    expect(() => readYamlDocuments("a: 1\n---b: 8")).toThrow(
      new YamlError("yaml-separator", "invalid Yaml document separator: b: 8"),
    );
  });
});

describe("plain JSON", () => {
  it("keeps a member that JavaScript knows by another name", () => {
    expect(JSON.stringify(decodeYamlJson("__proto__: {a: 1}\nb: 2"))).toBe('{"__proto__":{"a":1},"b":2}');
  });
});

/** Pieces of YAML, so that most texts are nearly right. */
const piece = fc.constantFrom(
  ..."a|b: |key: value|- |- x|\n|\n  |\n    |\n\n|  |# c\n| # c|'q'|\"q\"|[|]|{|}|,|[]|{}|>-\n|? |: |:|&x |*x|!!str ".split(
    "|",
  ),
  ..."1|0x1f|true|~|é|😀|---\n|...\n|\t|<<: |-|'|\"|text more|\n- y: z\n  w: v".split("|"),
  "|\n",
);

describe("the two ways to read block collections", () => {
  it("complain alike of an empty list as a key", () => {
    expect(() => decodeYaml("- []: 1\n")).toThrow("did not find expected '-' indicator");
  });

  it("give the same, value or complaint", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = `${pieces.join("")}\n# end`;
        // A carriage return anywhere turns reading by lines off.
        expect(decode(`${text}\r\n`)).toBe(decode(`${text}\n`));
      }),
      { numRuns: 3000 },
    );
  });
});
