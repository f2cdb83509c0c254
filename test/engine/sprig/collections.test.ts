import { describe, expect, it } from "vitest";
import { formatValue } from "../../../engine/go/format-value.ts";
import { GoList, GoMap } from "../../../engine/go/value.ts";
import { call, failureOf, int64 } from "./calling.ts";
import type { Plain } from "./calling.ts";

/** Function, arguments, how Go prints the answer. */
const rows: readonly (readonly [string, readonly Plain[], string])[] = [
  ["first", [[]], "<nil>"],
  ["rest", [[1, 2, 3]], "[2 3]"],
  ["initial", [[1, 2, 3]], "[1 2]"],
  ["reverse", [[1, 2, 3]], "[3 2 1]"],
  ["uniq", [[1, 1, "1", 1.5, 1.5, 2, [1], [1]]], "[1 1 1.5 2 [1]]"],
  ["without", [[1, 2, 3, [4]], 2, [4]], "[1 3]"],
  ["has", [1, [1.5, 1]], "true"],
  ["has", ["1", [1]], "false"],
  ["has", [1, null], "false"],
  ["compact", [[0, 1, "", "a", null, false, [], {}]], "[1 a]"],
  ["slice", [[1, 2, 3, 4], 1, 3], "[2 3]"],
  ["chunk", [2, [1, 2, 3, 4, 5]], "[[1 2] [3 4] [5]]"],
  ["chunk", [-5, [1]], "[[1]]"],
  ["concat", [[1], [2, [3]]], "[1 2 [3]]"],
  ["sortAlpha", [["b", "a", "C", 10, 9]], "[10 9 C a b]"],
  ["dict", [1, 2, true, 3, null, 4], "map[1:2 <nil>:4 true:3]"],
  ["dict", ["a"], "map[a:]"],
  ["get", [{ a: 1 }, "zz"], ""],
  ["pick", [{ a: 1, b: 2 }, "b", "zz"], "map[b:2]"],
  ["omit", [{ a: 1, b: 2 }, "b"], "map[a:1]"],
  ["dig", ["a", "z", "def", { a: { b: 5 } }], "def"],
  ["dig", ["a", "def", { a: null }], "<nil>"],
  [
    "merge",
    [
      { a: 1, n: { x: 1 }, z: "", f: false },
      { a: 2, b: 3, n: { y: 2 }, z: "filled", f: true },
    ],
    "map[a:1 b:3 f:true n:map[x:1 y:2] z:filled]",
  ],
  [
    "mergeOverwrite",
    [
      { a: 1, k: { a: 1 }, m: { a: 1 }, li: [1] },
      { a: 0, k: "str", m: null, li: [] },
    ],
    "map[a:0 k:str li:[] m:<nil>]",
  ],
  ["mergeOverwrite", [{ a: { x: 1 } }, { a: {} }], "map[a:map[x:1]]"],
  ["default", ["d", 0], "d"],
  ["default", ["d", "0"], "0"],
  ["coalesce", [0, "", null, "x"], "x"],
  ["kindOf", [null], "invalid"],
  ["typeOf", [{}], "map[string]interface {}"],
  ["deepEqual", [{ a: [1] }, { a: [1] }], "true"],
];

const failures: readonly (readonly [string, readonly Plain[], string])[] = [
  ["append", ["a", 1], "Cannot push on type string"],
  ["append", [null, 1], "runtime error: invalid memory address or nil pointer dereference"],
  ["concat", [[1], "a"], "Cannot concat type string as list"],
  ["slice", [[1, 2], 0, 5], "reflect.Value.Slice: slice index out of bounds"],
  ["chunk", [0, [1]], "runtime error: makeslice: len out of range"],
  ["dig", ["a", "b", "def", { a: 5 }], "interface conversion: interface {} is int, not map[string]interface {}"],
  ["dig", ["a", {}], "dig needs at least three arguments"],
  ["deepCopy", [null], "reflect: call of reflect.Value.Type on zero Value"],
  ["set", [null, "a", 1], "assignment to entry in nil map"],
];

describe("collections", () => {
  it.each(rows)("%s of %j is as in Go", (name, args, wanted) => {
    expect(formatValue(call(name, ...args))).toBe(wanted);
  });

  it.each(failures)("%s of %j fails as in Go", (name, args, wanted) => {
    expect(failureOf(name, ...args)).toBe(wanted);
  });

  it("tells numbers of different types apart", () => {
    expect(call("deepEqual", 1, int64(1n))).toBe(false);
    expect(call("has", int64(1n), [1])).toBe(false);
  });

  it("gives a nil slice for the rest of nothing", () => {
    expect(call("rest", [])).toEqual(new GoList([], "[]interface {}", true));
  });

  it("changes the map that set and merge are given and shares what merge took over", () => {
    const target = new GoMap();
    const source = new GoMap(new Map([["n", new GoMap()]]));
    expect(call("merge", target, source)).toBe(target);
    expect(target.entries.get("n")).toBe(source.entries.get("n"));
    call("set", target, "a", 1);
    expect([...target.entries.keys()]).toEqual(["n", "a"]);
  });

  it("copies maps and lists deeply", () => {
    const inner = new GoMap();
    const copy = call("deepCopy", new GoList([inner]));
    expect(copy).toEqual(new GoList([new GoMap()]));
    expect(copy instanceof GoList && copy.items[0]).not.toBe(inner);
  });

  it("refuses values that contain themselves instead of overflowing the stack", () => {
    const cycle = new GoMap();
    cycle.entries.set("self", cycle);
    const other = new GoMap();
    other.entries.set("self", other);
    expect(failureOf("deepCopy", cycle)).toContain("1000 levels");
    expect(failureOf("deepEqual", cycle, other)).toContain("1000 levels");
    expect(failureOf("merge", cycle, other)).toContain("1000 levels");
  });
});
