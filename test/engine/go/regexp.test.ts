import { describe, expect, it } from "vitest";
import { expander } from "../../../engine/go/regexp-expand.ts";
import { groupNames } from "../../../engine/go/regexp-groups.ts";
import { compileRegexp, findAll, quoteMeta, replaceAll, splitAround } from "../../../engine/go/regexp.ts";
import { GoFailure } from "../../../engine/go/value.ts";

const free = (): void => undefined;

function texts(pattern: string, text: string): readonly string[] {
  return findAll(compileRegexp(pattern, free), text, -1).map(([start, end]) => text.slice(start, end));
}

function replaced(pattern: string, text: string, template: string): string {
  const regexp = compileRegexp(pattern, free);
  const expand = expander(regexp, template);
  return replaceAll(regexp, text, (match) => expand(text, match));
}

describe("regexp", () => {
  it("finds empty matches where Go does", () => {
    expect(texts("a*", "baac")).toEqual(["", "aa", ""]);
    expect(texts("", "é😀")).toEqual(["", "", ""]);
    expect(texts("a|b|", "abc")).toEqual(["a", "b", ""]);
  });

  it("replaces as Go does", () => {
    expect(replaced("a(x*)b", "-ab-axxb-", "${1}W")).toBe("-W-xxW-");
    expect(replaced("a(x*)b", "-ab-axxb-", "$1W")).toBe("---");
    expect(replaced("(a)(b)?", "abaa", "<$1|$2>")).toBe("<a|b><a|><a|>");
    expect(replaced("\\s+", "a  b", "$$")).toBe("a$b");
    expect(replaced("(a)", "a", "$01 ${ $")).toBe(" ${ $");
    expect(replaced("", "abc", "-")).toBe("-a-b-c-");
    expect(replaced("(?P<n>a)|(?P<n>b)", "ab", "[$n]")).toBe("[a][b]");
  });

  it("splits as Go does", () => {
    const split = (pattern: string, text: string, limit: number): readonly string[] | undefined =>
      splitAround(compileRegexp(pattern, free), text, limit, pattern === "");
    expect(split("z", "pizza", 2)).toEqual(["pi", "za"]);
    expect(split("", "abc", -1)).toEqual(["a", "b", "c"]);
    expect(split(",", "", -1)).toEqual([""]);
    expect(split(",", "a,b", 0)).toBeUndefined();
  });

  it.each([
    ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
    ["(?<", "invalid or unsupported Perl syntax: `(?<`"],
    ["[", "missing closing ]: `[`"],
    ["a**", "invalid nested repetition operator: `**`"],
    ["\\", "trailing backslash at end of expression: ``"],
    ["a{1001}", "invalid repeat count: `{1001}`"],
  ])("refuses %s as Go does", (pattern, reason) => {
    expect(() => compileRegexp(pattern, free)).toThrow(new GoFailure(`error parsing regexp: ${reason}`));
  });

  it("names the whole pattern when it nests too deeply", () => {
    const pattern = "(".repeat(5000) + ")".repeat(5000);
    expect(() => compileRegexp(pattern, free)).toThrow(`expression nests too deeply: \`${pattern}\``);
  });

  it("reads group names around escapes, classes and quoted texts", () => {
    expect(groupNames("\\(?P<a>(x)[(?P<b>](?P<c>y)\\Q(?P<d>\\E(?:z)(?<e>)").names).toEqual(["", "", "c", "e"]);
  });

  it("stays linear in the length of the text for nested repetitions", () => {
    let units = 0;
    const regexp = compileRegexp("(a*)*b", (more) => (units += more));
    expect(regexp.match("a".repeat(5000), 0)).toBeUndefined();
    expect(units).toBeLessThan(20_000);
  });

  it("quotes what has a meaning", () => {
    expect(quoteMeta("a.b*c\\é")).toBe("a\\.b\\*c\\\\é");
  });
});
