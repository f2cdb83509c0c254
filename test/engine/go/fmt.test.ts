import { describe, expect, it } from "vitest";
import { goComplex } from "../../../engine/go/complex.ts";
import { formatValue, sprint, sprintf, sprintln, typeName } from "../../../engine/go/fmt.ts";
import { GoBytes, GoInt, goInt, GoList, goMap, GoMap, GoObject, STRING_MAP } from "../../../engine/go/value.ts";
import type { GoIntKind, GoStructType, GoValue } from "../../../engine/go/value.ts";
import { floatOfBits, fromHex, recorded, toHex } from "./recorded.ts";

function argument(kind: string, text: string): GoValue {
  if (kind === "float64") return floatOfBits(text);
  if (kind === "string") return fromHex(text);
  return kind === "bool" ? text === "true" : new GoInt(kind as GoIntKind, BigInt(text));
}

const version: GoStructType = {
  name: "common.KubeVersion",
  fields: ["Version"],
  hidden: ["normal"],
  methods: new Map(),
};
const pointer: GoStructType = { name: "*x.Y", fields: ["A"], methods: new Map() };
const stringer: GoStructType = { name: "x.S", fields: [], methods: new Map(), print: () => "shown" };

function times(count: number, value: GoValue): readonly GoValue[] {
  return Array.from({ length: count }, () => value);
}

describe("sprintf", () => {
  it("formats one argument under every verb and flag as Go does", () => {
    const rows = recorded("go-printf") as readonly (readonly [string, string, string, string])[];
    expect(rows.length).toBeGreaterThan(500);
    for (const [format, kind, text, wanted] of rows) {
      expect(toHex(sprintf(format, [argument(kind, text)])), `${format} of ${kind} ${text}`).toBe(wanted);
    }
  });

  it.each<readonly [wanted: string, format: string, ...args: GoValue[]]>([
    ["1 %!d(MISSING)", "%d %d", goInt(1)],
    ["1%!(EXTRA int=2)", "%d", goInt(1), goInt(2)],
    ["2 1", "%[2]d %[1]d", goInt(1), goInt(2)],
    ["%!d(BADINDEX)", "%[3]d", goInt(1)],
    ["   42", "%*d", goInt(5), goInt(42)],
    ["42   |", "%*d|", goInt(-5), goInt(42)],
    ["2.72", "%.*f", goInt(2), 2.71999],
    ["%!(BADWIDTH)1", "%*d", "x", goInt(1)],
    ["%!(BADPREC)1", "%.*d", goInt(-1), goInt(1)],
    ["%!(NOVERB)", "%"],
    ["%!(NOVERB)%!(EXTRA int=1)", "%99999999d", goInt(1)],
    ["100%", "%d%%", goInt(100)],
    [
      "  4|%!d(BADINDEX)|%!d(BADINDEX)|4|%!d(MISSING) %|%!!(int=3)",
      "%[1]*d|%[]d|%[x]d|%.[2]d|%d %[1]%|%!",
      goInt(3),
      goInt(4),
    ],
    ["%!z(int=1)", "%z", goInt(1)],
    ["%!(EXTRA <nil>)", "", null],
    ["%!d(<nil>) <nil>", "%d %v", null, null],
    ["<nil>", "%T", null],
    ["[a %!s(int=1)]", "%s", new GoList(["a", goInt(1)])],
    ['["a" "b"]', "%q", new GoList(["a", "b"], "[]string")],
    ["[1 %!d(string=a) <nil>]", "%d", new GoList([goInt(1), "a", null])],
    ['map["a":"b"]', "%q", goMap([["a", "b"]])],
    [
      "map[a:1 b:map[c:<nil>]]",
      "%v",
      goMap([
        ["b", goMap([["c", null]])],
        ["a", goInt(1)],
      ]),
    ],
    [
      'map[string]interface {}{"a":1, "b":[]string(nil)}',
      "%#v",
      goMap([
        ["b", new GoList([], "[]string", true)],
        ["a", 1],
      ]),
    ],
    ["[]byte{0x1, 0xff} [1 255] 01ff", "%#v %v %x", ...times(3, new GoBytes(Uint8Array.of(1, 255)))],
    ["(1+2i) (1.0+2.0i) %!d(complex128=(1+2i))", "%v %.1f %d", ...times(3, goComplex(1, 2))],
    [
      "1m30s 90000000000 1h0m0.5s",
      "%v %d %s",
      new GoInt("time.Duration", 90_000_000_000n),
      new GoInt("time.Duration", 90_000_000_000n),
      new GoInt("time.Duration", 3_600_500_000_000n),
    ],
    ["March %!Month(13)", "%s %v", new GoInt("time.Month", 3n), new GoInt("time.Month", 13n)],
    [
      "{v1 v1} {Version:v1 normal:v1}",
      "%v %+v",
      ...times(
        2,
        new GoObject(
          version,
          new Map([
            ["Version", "v1"],
            ["normal", "v1"],
          ]),
        ),
      ),
    ],
    ["&{1} &x.Y{A:1}", "%v %#v", ...times(2, new GoObject(pointer, new Map([["A", goInt(1)]])))],
    ['shown "shown" {}', "%v %q %d", ...times(3, new GoObject(stringer, new Map()))],
  ])("prints %s", (wanted, format, ...args) => {
    expect(sprintf(String(format), args)).toBe(wanted);
  });

  it("refuses a value that contains itself", () => {
    const map = new GoMap();
    map.entries.set("self", map);
    expect(() => formatValue(map)).toThrow("nested too deeply");
    expect(() => sprintf("%s", [map])).toThrow("nested too deeply");
  });

  it("refuses a value that prints endlessly", () => {
    let list = new GoList(["0123456789".repeat(100)]);
    for (let i = 0; i < 30; i++) list = new GoList([list, list]);
    expect(() => formatValue(list)).toThrow("exceeds");
    expect(() => sprintf("%s", [list])).toThrow("exceeds");
  });
});

describe("sprint", () => {
  it("puts a space only between two operands that are no strings", () => {
    expect(sprint([goInt(1), goInt(2), "a", "b", goInt(3)])).toBe("1 2ab3");
    expect(sprint(["a", goInt(1), goInt(2), null])).toBe("a1 2 <nil>");
    expect(sprintln(["a", goInt(1)])).toBe("a 1\n");
  });
});

describe("typeName", () => {
  it.each<readonly [string, GoValue]>([
    ["<nil>", null],
    ["bool", true],
    ["float64", 1],
    ["string", ""],
    ["uint8", new GoInt("uint8", 1n)],
    ["[]uint8", new GoBytes(new Uint8Array())],
    ["[]interface {}", new GoList([])],
    ["map[string]string", new GoMap(new Map(), STRING_MAP)],
    ["*x.Y", new GoObject(pointer, new Map())],
  ])("is %s", (wanted, value) => {
    expect(typeName(value)).toBe(wanted);
  });
});
