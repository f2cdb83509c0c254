import { describe, expect, test } from "vitest";
import { ChartError } from "../../../engine/chart/chart-error.ts";
import { parseIgnore } from "../../../engine/chart/ignore.ts";
import { pathMatch } from "../../../engine/chart/path-match.ts";

/** Answers of Go's `filepath.Match`. */
const MATCHES: readonly (readonly [string, string, boolean | "bad"])[] = [
  ["abc", "abc", true],
  ["*", "abc", true],
  ["*c", "abc", true],
  ["a*", "ab/c", false],
  ["a*/b", "abc/b", true],
  ["a*b*c*d*e*/f", "axbxcxdxe/f", true],
  ["a*b*c*d*e*/f", "axbxcxdxexxx/fff", false],
  ["a*b?c*x", "abxbbxdbxebxczzx", true],
  ["a*b?c*x", "abxbbxdbxebxczzy", false],
  ["ab[c]", "abc", true],
  ["ab[^b-d]", "abc", false],
  ["ab[^e-g]", "abc", true],
  ["a\\*b", "a*b", true],
  ["a\\*b", "ab", false],
  ["a?b", "a☺b", true],
  ["a[^a]b", "a☺b", true],
  ["a???b", "a☺b", false],
  ["[a-ζ]*", "α", true],
  ["a?b", "a/b", false],
  ["[\\]a]", "]", true],
  ["[\\-x]", "-", true],
  ["[]a]", "]", "bad"],
  ["[-]", "-", "bad"],
  ["[x-]", "x", "bad"],
  ["\\", "a", "bad"],
  ["[a-b-c]", "a", "bad"],
  ["[", "a", "bad"],
  ["[^bc", "a", "bad"],
  ["a[", "a", "bad"],
  ["a[", "ab", "bad"],
  ["*x", "xxx", true],
  ["", "", true],
  ["", "x", false],
];

test.each(MATCHES)("pattern %j against %j is %j", (pattern, name, wanted) => {
  if (wanted === "bad") expect(() => pathMatch(pattern, name)).toThrow("syntax error in pattern");
  else expect(pathMatch(pattern, name)).toBe(wanted);
});

describe(".helmignore", () => {
  const rules = (text: string) => parseIgnore(new TextEncoder().encode(text));
  const CASES: readonly (readonly [string, string, boolean, boolean])[] = [
    ["", "templates/.hidden", false, true],
    ["", ".hidden", false, false],
    ["*.txt", "a/b.txt", false, true],
    ["a/*.txt", "a/b.txt", false, true],
    ["/b.txt", "a/b.txt", false, false],
    ["/b.txt", "b.txt", false, true],
    ["d/", "d", true, true],
    ["d/", "d", false, false],
    ["!a.txt", "Chart.yaml", false, true],
    ["!a.txt", "a.txt", false, false],
    ["!d/", "a.txt", false, true],
    ["# *.txt", "a.txt", false, false],
    ["  *.md  ", "README.md", false, true],
    ["\uFEFF*.md", "README.md", false, true],
    ["\\#x", "#x", false, true],
  ];
  test.each(CASES)("%j on %j (directory: %j) ignores: %j", (text, path, isDirectory, wanted) => {
    expect(rules(text)(path, isDirectory)).toBe(wanted);
  });

  test.each([
    ["**/x", "double-star (**) syntax is not supported"],
    ["[a", "syntax error in pattern"],
  ])("%j is refused", (text, message) => {
    expect(() => rules(text)).toThrow(new ChartError("invalid-ignore", message));
  });
});
