import { describe, expect, it } from "vitest";
import {
  decodeJson,
  decodeJsonMap,
  encodeJson,
  encodeYaml,
  encodeYamlPretty,
  JsonError,
  toJsonValue,
} from "../../../engine/encoding/index.ts";
import { goComplex } from "../../../engine/go/complex.ts";
import { GoBytes, GoInt, goInt, GoList, goMap, GoObject, STRING_MAP } from "../../../engine/go/value.ts";
import type { GoStructType, GoValue } from "../../../engine/go/value.ts";

function problem(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

describe("JSON that Go 1.27 refuses", () => {
  it.each([
    ['{"a": 01}', "invalid character '1' after object key:value pair"],
    ['{"a": .5}', "invalid character '.' looking for beginning of value"],
    ['{"a": 1.}', "invalid character '}' in numeric literal"],
    ["{a: 1}", "invalid character 'a' looking for beginning of object key string"],
    ["{\"a\": 'x'}", "invalid character '\\'' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a": tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a": "x', "unexpected end of JSON input"],
    ['{"a": "\n"}', "invalid character '\\n' in string"],
    ['{"a": "\\q"}', "invalid escape sequence `\\q` in string"],
    ['{"a": "\\u12"}', 'invalid escape sequence `\\u12"}` in string'],
    ["nul", "unexpected end of JSON input"],
    ['{"a":1} {', "invalid character '{' after top-level value"],
    ["\ufeff{}", "invalid character '\\ufeff' looking for beginning of value"],
    ["[1 2]", "invalid character '2' after array element"],
    ["", "unexpected end of JSON input"],
  ])("says why of %j", (text, message) => expect(problem(() => decodeJson(text))).toBe(message));

  it("says of what kind a text is when a map is wanted", () => {
    expect(problem(() => decodeJsonMap("[1]"))).toBe(
      "json: cannot unmarshal array into Go value of type map[string]interface {}",
    );
  });

  it("keeps what it read beside a number that is too big", () => {
    try {
      decodeJson('{"a": 1, "b": 1e400}');
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      expect(error.message).toBe("json: cannot unmarshal number 1e400 into Go struct field .b of type float64");
      expect(error.partial).toEqual(
        goMap([
          ["a", 1],
          ["b", 0],
        ]),
      );
    }
  });

  it("refuses deep texts", () => expect(problem(() => decodeJson("[".repeat(5000)))).toBe("exceeded max depth"));
});

const POINT: GoStructType = { name: "main.Point", fields: ["Z", "X"], methods: new Map() };
const VERSION: GoStructType = { name: "*semver.Version", fields: [], methods: new Map(), json: () => "1.2.3" };

describe("Go's kinds as JSON and YAML", () => {
  const fields: readonly (readonly [string, GoValue])[] = [
    ["Z", goInt(1)],
    ["X", "<"],
  ];
  const point = new GoObject(POINT, new Map(fields));
  const nil = goMap([], { ...STRING_MAP, isNil: true });
  it.each([
    ["a struct keeps the order of its fields", point, '{"Z":1,"X":"\\u003c"}', "X: <\nZ: 1\n", "z: 1\nx: <\n"],
    ["a struct may be a text", new GoObject(VERSION, new Map()), '"1.2.3"', "1.2.3\n", "1.2.3\n"],
    ["bytes are base64", new GoBytes(Uint8Array.of(104, 105)), '"aGk="', "aGk=\n", "- 104\n- 105\n"],
    ["a nil slice is null", new GoList([], "[]string", true), "null", "null\n", "[]\n"],
    ["a nil map is null", nil, "null", "null\n", "{}\n"],
    [
      "an integer is exact",
      new GoInt("int64", 9007199254740993n),
      "9007199254740993",
      "9007199254740993\n",
      "9007199254740993\n",
    ],
  ])("%s", (_, value, json, yaml, pretty) => {
    expect([encodeJson(value), encodeYaml(value), encodeYamlPretty(value)]).toEqual([json, yaml, pretty]);
  });

  it("writes bytes that are no UTF-8 as U+FFFD", () => expect(encodeJson("a\udcffb")).toBe('"a\ufffdb"'));

  it.each([Number.NaN, Infinity])("refuses %d", (value) => {
    const name = Number.isNaN(value) ? "NaN" : "+Inf";
    expect(problem(() => encodeJson(value))).toBe(`json: unsupported value: ${name}`);
    expect(problem(() => encodeYaml(value))).toBe(`error marshaling into JSON: json: unsupported value: ${name}`);
    expect(problem(() => toJsonValue(value))).toBe(`json: unsupported value: ${name}`);
  });

  it("refuses complex numbers, each encoder in its words", () => {
    const value = goComplex(0, 1);
    expect(problem(() => encodeJson(value))).toBe("json: unsupported type: complex128");
    expect(problem(() => encodeYaml(value))).toBe("error marshaling into JSON: json: unsupported type: complex128");
    expect(problem(() => encodeYamlPretty(value))).toBe("cannot marshal type: complex128");
  });

  it("takes a map that contains itself for a cycle", () => {
    const map = goMap();
    map.entries.set("self", map);
    const cycle = "json: unsupported value: encountered a cycle via map[string]interface {}";
    expect(problem(() => encodeJson(map))).toBe(cycle);
    expect(problem(() => toJsonValue(map))).toBe(cycle);
    expect(problem(() => encodeYaml(map))).toBe(`error marshaling into JSON: ${cycle}`);
    expect(problem(() => encodeYamlPretty(map))).toContain("cycle");
  });
});

describe("YAML keys", () => {
  it("are ordered as numbers where digits meet", () => {
    const keys = ["a10", "b", "a9", "_x", "A", "", "Zz", "é", "-y", "1"];
    const written = encodeYaml(goMap(keys.map((key) => [key, 0])));
    expect(written.split("\n").map((line) => line.replace(/: 0$/, ""))).toEqual([
      '""',
      "-y",
      "_x",
      '"1"',
      "A",
      "Zz",
      "a9",
      "a10",
      "b",
      "é",
      "",
    ]);
  });

  it("of more than 128 bytes take the explicit form", () => {
    expect(encodeYaml(goMap([["k".repeat(129), new GoList([goInt(1), goInt(2)])]]))).toBe(
      `? ${"k".repeat(129)}\n: - 1\n  - 2\n`,
    );
  });

  it("of more than 1024 characters are none", () => {
    expect(problem(() => encodeYaml(goMap([["k".repeat(1023), 1]])))).toContain("yaml: did not find expected");
  });
});
