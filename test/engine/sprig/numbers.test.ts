import { assert, bigInt, double, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { formatValue, typeName } from "../../../engine/go/format-value.ts";
import { call, failureOf } from "./calling.ts";
import type { Plain } from "./calling.ts";

/** Function, arguments, Go's type and print of the answer. */
const rows: readonly (readonly [string, readonly Plain[], string, string])[] = [
  ["int", ["010"], "int", "8"],
  ["int", ["08"], "int", "0"],
  ["int", ["10.00"], "int", "10"],
  ["int", ["1.5"], "int", "0"],
  ["int", [-1.9], "int", "-1"],
  ["int64", ["99999999999999999999"], "int64", "0"],
  ["int64", [1e300], "int64", "-9223372036854775808"],
  ["atoi", ["012"], "int", "12"],
  ["atoi", ["9223372036854775808"], "int", "9223372036854775807"],
  ["float64", ["1_000"], "float64", "1000"],
  ["float64", ["0x1p4"], "float64", "16"],
  ["toDecimal", ["0777"], "int64", "511"],
  ["add", ["1", 2.9, true], "int64", "4"],
  ["mul", [9223372036854775000n.toString(), 2], "int64", "-1616"],
  ["div", [-7, 2], "int64", "-3"],
  ["mod", [-7, 3], "int64", "-1"],
  ["max", [1.9, 1], "int64", "1"],
  ["addf", [0.1, 0.2], "float64", "0.3"],
  ["divf", [1, 3], "float64", "0.3333333333333333"],
  ["mulf", [1.1, 1.1], "float64", "1.21"],
  ["maxf", ["nan", "inf"], "float64", "+Inf"],
  ["round", [-2.7, 0], "float64", "-3"],
  ["round", [3.456, 2, 0.7], "float64", "3.45"],
  ["floor", [1e20], "float64", "1e+20"],
  ["seq", [-3], "string", "1 0 -1 -2 -3"],
  ["seq", [0, 2, 10], "string", "0 2 4 6 8 10"],
  ["seq", [10, 3, 0], "string", ""],
  ["until", [-3], "[]int", "[0 -1 -2]"],
  ["untilStep", [1, 5, 0], "[]int", "[]"],
];

describe("numbers", () => {
  it.each(rows)("%s of %j has Go's type and value", (name, args, type, wanted) => {
    const value = call(name, ...args);
    expect([typeName(value), formatValue(value)]).toEqual([type, wanted]);
  });

  it("fails where Go does", () => {
    expect(failureOf("div", 1, 0)).toBe("runtime error: integer divide by zero");
    expect(failureOf("divf", 1, 0)).toBe("decimal division by 0");
    expect(failureOf("addf", "nan")).toBe("Cannot create a Decimal from NaN");
  });

  it("adds and multiplies as int64 does, wrapping", () => {
    const int = bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    assert(
      property(int, int, (a, b) => {
        expect(formatValue(call("add", String(a), String(b)))).toBe(String(BigInt.asIntN(64, a + b)));
        expect(formatValue(call("mul", String(a), String(b)))).toBe(String(BigInt.asIntN(64, a * b)));
      }),
    );
  });

  it("takes a float through decimals unchanged", () => {
    assert(
      property(double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(call("addf", x)).toBe(x === 0 ? 0 : x);
      }),
    );
  });
});
