import { describe, expect, it } from "vitest";
import { goMap } from "../../../engine/go/value.ts";
import { call, failureOf } from "./calling.ts";
import type { Plain } from "./calling.ts";

/** Function, arguments, what Go answers. */
const rows: readonly (readonly [string, readonly Plain[], Plain])[] = [
  ["trunc", [3, "héllo"], "hé"],
  ["trunc", [-3, "hello"], "llo"],
  ["trunc", [-10, "hello"], "hello"],
  ["substr", [-1, 3, "hello"], "hel"],
  ["substr", [2, 99, "hello"], "llo"],
  ["nospace", ["é a"], "Ã©a"],
  ["nospace", ["é"], "é"],
  ["abbrev", [5, "hello world"], "he..."],
  ["abbrevboth", [5, 10, "1234 5678 9123"], "...5678..."],
  ["abbrevboth", [99, 7, "hello world"], "...orld"],
  ["initials", ["First Try now"], "FTn"],
  ["title", ["hello wORLD foo-bar it's"], "Hello WORLD Foo-Bar It'S"],
  ["upper", ["ßéǆ"], "ßÉǄ"],
  ["lower", ["ÀÉİΣ"], "àéiσ"],
  ["swapcase", ["This Is A.Test"], "tHIS iS a.tEST"],
  ["wrap", [5, "hello world foo"], "hello\nworld\nfoo"],
  ["wrapWith", [3, "|", "abcdefgh ij"], "abc|def|gh|ij"],
  ["replace", ["", "-", "abc"], "-a-b-c-"],
  ["replace", ["a", "$&", "banana"], "b$&n$&n$&"],
  ["trimAll", ["$", "$5$"], "5"],
  ["indent", [2, "a\nb\n"], "  a\n  b\n  "],
  ["nindent", [0, "a"], "\na"],
  ["snakecase", ["HTTP20xOK"], "http_20x_ok"],
  ["kebabcase", ["Bld4Floor3rd"], "bld4-floor-3rd"],
  ["camelcase", ["GOLANG_IS_GREAT"], "GolangIsGreat"],
  ["camelcase", ["_complex__case_"], "_Complex_Case_"],
  ["quote", ["a", 1, null, 1.5, true], '"a" "1" "1.5" "true"'],
  ["squote", ["a'b", 1, null], "'a'b' '1'"],
  ["cat", ["a", 1, null, "b", [1, 2]], "a 1 b [1 2]"],
  ["join", ["-", [1, "a", null, true, 1.5]], "1-a-true-1.5"],
  ["join", [",", null], ""],
  ["b64dec", ["!!"], "illegal base64 data at input byte 0"],
  ["b64dec", ["aGk=\n"], "hi"],
  ["b32dec", ["NBSWY3DP="], "illegal base32 data at input byte 8"],
  ["dir", ["a/b/"], "a/b"],
  ["clean", ["../a/./b/.."], "../a"],
  ["ext", [".bashrc"], ".bashrc"],
];

const failures: readonly (readonly [string, readonly Plain[], string])[] = [
  ["substr", [-1, 9, "hello"], "runtime error: slice bounds out of range [:9] with length 5"],
  ["substr", [3, 1, "hello"], "runtime error: slice bounds out of range [3:1]"],
  ["repeat", [-1, "ab"], "strings: negative Repeat count"],
  ["indent", [-1, "a"], "strings: negative Repeat count"],
  ["randInt", [5, 5], "invalid argument to Intn"],
  ["randBytes", [-1], "runtime error: makeslice: len out of range"],
];

describe("strings", () => {
  it.each(rows)("%s of %j is as in Go", (name, args, wanted) => {
    expect(call(name, ...args)).toEqual(wanted);
  });

  it.each(failures)("%s of %j fails as in Go", (name, args, wanted) => {
    expect(failureOf(name, ...args)).toBe(wanted);
  });

  it("splits into a map of strings, numbered keys", () => {
    const split = call("splitn", ",", 2, "a,b,c");
    expect(split).toEqual(
      goMap(
        [
          ["_0", "a"],
          ["_1", "b,c"],
        ],
        expect.objectContaining({ name: "map[string]string" }),
      ),
    );
  });
});
