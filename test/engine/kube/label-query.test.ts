import { describe, expect, it } from "vitest";
import { parseLabelQuery } from "../../../engine/kube/label-query.ts";

const PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe("a label query", () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ["", {}, true],
    ["a=b", { a: "b" }, true],
    ["a==b", { a: "c" }, false],
    ["a=", { a: "" }, true],
    ["a=", {}, false],
    ["a!=b", {}, true],
    ["a!=b", { a: "b" }, false],
    ["a", { a: "" }, true],
    ["!a", { a: "" }, false],
    ["!a,b", { b: "1" }, true],
    ["a in (x, y)", { a: "y" }, true],
    ["a in ()", { a: "" }, true],
    ["a notin (x,,y)", { a: "" }, false],
    ["a notin (x)", {}, true],
    ["in in (in,notin)", { in: "notin" }, true],
    ["a>1", { a: "10" }, true],
    ["a < 5", { a: "x" }, false],
    ["a.b/c=d,e=f", { "a.b/c": "d", e: "f" }, true],
  ])("%j of %j is %j", (query, labels, wanted) => {
    expect(parseLabelQuery(query)(labels)).toBe(wanted);
  });

  // The texts are those of helm 4.3.1 list -l.
  it.each([
    ["a=b=c", "found '=', expected: ',' or 'end of string'"],
    ["a in b", "unable to parse requirement: found 'b' expected: '('"],
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ["=b", "found '=', expected: !, identifier, or 'end of string'"],
    ["a,", "found '', expected: identifier after ','"],
    ["a=b c", "found 'c', expected: ',' or 'end of string'"],
    ["a in (b,c", "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      "a>b",
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ["A_=%", `unable to parse requirement: <nil>: Invalid value: "A_": ${PART}`],
    [",", "found ',', expected: !, identifier, or 'end of string'"],
    ["!=b", "found '!=', expected: !, identifier, or 'end of string'"],
    ["a=b,,c=d", "found ',', expected: identifier after ','"],
    ["(a", "found '(', expected: !, identifier, or 'end of string'"],
    ["a in (b) c", "found 'c', expected: ',' or 'end of string'"],
    [
      "x".repeat(70),
      `unable to parse requirement: <nil>: Invalid value: "${"x".repeat(70)}": name part must be no more than 63 bytes`,
    ],
  ])("%j is refused as Kubernetes refuses it", (query, message) => {
    expect(() => parseLabelQuery(query)).toThrow(message);
  });
});
