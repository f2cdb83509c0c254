import { describe, expect, it } from "vitest";
import { eq, ge, gt, le, lt, ne } from "../../../engine/go/compare.ts";
import { isTrue } from "../../../engine/go/truth.ts";
import { GoBytes, GoInt, goInt, goInt64, GoList, goMap, GoMap, GoObject } from "../../../engine/go/value.ts";
import type { GoStructType, GoValue } from "../../../engine/go/value.ts";

const point: GoStructType = { name: "x.P", fields: ["A"], methods: new Map() };
const at = (a: number): GoObject => new GoObject(point, new Map([["A", goInt(a)]]));

describe("eq", () => {
  it.each<readonly [boolean, GoValue, ...GoValue[]]>([
    [true, "a", "b", "a"],
    [true, goInt(1), goInt64(1n)],
    [true, goInt(1), new GoInt("uint64", 1n)],
    [false, goInt(-1), new GoInt("uint64", (1n << 64n) - 1n)],
    [true, null, undefined],
    [false, null, "x"],
    [false, goInt(0), null],
    [false, null, new GoList([])],
    [true, null, new GoList([], "[]interface {}", true)],
    [true, at(1), at(1)],
    [false, at(1), at(2)],
    [false, Number.NaN, Number.NaN],
  ])("is %s for %o and %o", (wanted, first, ...rest) => {
    expect(eq(first, rest)).toBe(wanted);
  });

  it.each<readonly [string, GoValue, GoValue]>([
    ["incompatible types for comparison: float64 and int", 1, goInt(1)],
    ["incompatible types for comparison: string and []interface {}", "a", new GoList([])],
    ["non-comparable type [%!s(int=1)]: []interface {}", new GoList([]), new GoList([goInt(1)])],
    ["non-comparable type map[]: map[string]interface {}", new GoMap(), new GoMap()],
    [
      "non-comparable types [a]: []interface {}, map[string]interface {}: map[b:1]",
      new GoList(["a"]),
      goMap([["b", 1]]),
    ],
  ])("fails with %s", (message, a, b) => {
    expect(() => eq(a, [b])).toThrow(message);
    expect(() => ne(a, b)).toThrow(message);
  });

  it("wants an argument to compare with", () => {
    expect(() => eq(1, [])).toThrow("missing argument for comparison");
  });
});

describe("order", () => {
  it("compares strings by bytes, not by UTF-16 units", () => {
    expect(lt("\uff5e", "😀")).toBe(true);
    expect(lt("a", "b")).toBe(true);
  });

  it("negates as Go negates, also for NaN", () => {
    expect([lt(NaN, 1), le(NaN, 1), gt(NaN, 1), ge(NaN, 1)]).toEqual([false, false, true, true]);
    expect([le(1, 1), ge(1, 1), gt(1, 1), lt(1, 1)]).toEqual([true, true, false, false]);
  });

  it("has no order for bools, nothing and lists, nor between kinds", () => {
    expect(() => lt(true, false)).toThrow("invalid type for comparison");
    expect(() => lt(null, "a")).toThrow("invalid type for comparison");
    expect(() => gt(new GoList([]), new GoList([]))).toThrow("invalid type for comparison");
    expect(() => lt(1, "a")).toThrow("incompatible types for comparison: float64 and string");
  });
});

describe("truth", () => {
  it.each<readonly [boolean, GoValue]>([
    [false, undefined],
    [false, null],
    [false, 0],
    [false, -0],
    [true, Number.NaN],
    [false, ""],
    [false, goInt(0)],
    [true, goInt(-1)],
    [false, new GoList([])],
    [true, new GoList([null])],
    [false, new GoMap()],
    [false, new GoBytes(new Uint8Array())],
    [true, at(0)],
  ])("is %s for %o", (wanted, value) => {
    expect(isTrue(value)).toBe(wanted);
  });
});
