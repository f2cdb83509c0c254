import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeGoValue,
  decodeJson,
  decodeToml,
  decodeYaml,
  decodeYamlJson,
  encodeGoValue,
  encodeJson,
  encodeJsonValue,
  encodeToml,
  encodeYaml,
  encodeYamlJson,
  encodeYamlPretty,
  fromJsonValue,
  toJsonValue,
} from "../../../engine/encoding/index.ts";
import { GoBytes, GoInt, GoList, goMap, GoMap, STRING_MAP } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";

/** Texts with much that YAML and JSON have to quote, without what Go's emitter refuses or folds. */
const scalarText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        " ",
        "  ",
        "\n",
        ": ",
        "- ",
        "#",
        "'",
        '"',
        "\\",
        "true",
        "1",
        "é",
        "😀",
        "\t",
        "x: y",
        "|",
        "~",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join("").toWellFormed())
  .filter((value) => !/[\u007f-\u009f\ufffe\uffff\ufeff]/.test(value) && !value.includes("<<"));

const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalarText,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(scalarText, tie("value"), { maxKeys: 4 }),
  ),
}));

/** The value as Go decodes it from JSON. */
const goValue = json.map((value) => decodeJson(JSON.stringify(value)));

describe("round trips", () => {
  it("YAML gives back what it was written from", () => {
    fc.assert(
      fc.property(goValue, (value) => {
        expect(decodeYaml(encodeYaml(value))).toEqual(value);
      }),
    );
  });

  it("pretty YAML gives back what it was written from", () => {
    fc.assert(
      fc.property(goValue, (value) => {
        // Helm compatibility: go-yaml v3 writes a text of tabs and line ends as a literal that no reader takes back.
        fc.pre(!/\\t[^"]*\\n|\\n[^"]*\\t/.test(JSON.stringify(toJsonValue(value))));
        expect(decodeYaml(encodeYamlPretty(value))).toEqual(value);
      }),
    );
  });

  it("YAML of plain JSON is YAML of the same values", () => {
    fc.assert(
      fc.property(goValue, (value) => {
        const plain = toJsonValue(value);
        expect(encodeYamlJson(plain)).toBe(encodeYaml(value));
        expect(decodeYamlJson(encodeYamlJson(plain))).toEqual(plain);
      }),
    );
  });

  it("JSON gives back what it was written from, indented or not", () => {
    fc.assert(
      fc.property(goValue, (value) => {
        expect(decodeJson(encodeJson(value))).toEqual(value);
        expect(decodeJson(encodeJson(value, { indent: "  ", escapeHtml: false }))).toEqual(value);
        expect(encodeJsonValue(toJsonValue(value))).toBe(encodeJson(value));
        expect(fromJsonValue(toJsonValue(value))).toEqual(value);
      }),
    );
  });

  it("JSON that JavaScript reads is read the same", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(toJsonValue(decodeJson(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  it("TOML gives back tables of texts, numbers and lists", () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => new GoInt("int64", value)),
    );
    const list = fc.array(scalar, { maxLength: 3 }).map((items) => new GoList(items));
    const table = fc
      .dictionary(fc.string(), fc.oneof(scalar, list), { maxKeys: 4 })
      .map((o) => goMap(Object.entries(o)));
    const document = fc
      .dictionary(fc.string(), fc.oneof(scalar, table), { maxKeys: 4 })
      .map((o) => goMap(Object.entries(o)));
    fc.assert(
      fc.property(document, (value) => {
        expect(decodeToml(encodeToml(value))).toEqual(value);
      }),
    );
  });
});

describe("the lossless form", () => {
  const kinds: readonly GoValue[] = [
    new GoInt("int64", 5n),
    new GoInt("int", -1n),
    new GoInt("uint64", 2n ** 64n - 1n),
    new GoInt("time.Duration", 90n),
    5,
    -0,
    Number.NaN,
    -Infinity,
    "\udcff raw",
    new GoBytes(Uint8Array.of(0, 255)),
    new GoList(["a"], "[]string"),
    new GoList([], "[]interface {}", true),
    goMap([["k", "v"]], STRING_MAP),
    goMap([
      ["$int64", "5"],
      ["$$", null],
      ["plain", undefined],
    ]),
  ];

  it.each(kinds.map((value) => [value]))("keeps %o", (value) => {
    const text = JSON.stringify(encodeGoValue(goMap([["v", value]])));
    const back = decodeGoValue(JSON.parse(text));
    expect(back instanceof GoMap ? back.entries.get("v") : undefined).toEqual(value);
  });

  it("writes numbers as the journal's readers expect them", () => {
    expect(
      encodeGoValue(
        goMap([
          ["a", new GoInt("int64", 5n)],
          ["$b", 1.5],
        ]),
      ),
    ).toEqual({ a: { $int64: "5" }, $$b: 1.5 });
  });

  it.each([{ $int64: 5 }, { $int64: "x" }, { $nope: "1" }, { $int64: "5", more: 1 }, { $bytes: 1 }])(
    "refuses %j",
    (form) => expect(() => decodeGoValue(form)).toThrow("no lossless form"),
  );
});
