import { describe, expect, it } from "vitest";
import { decodeToml, encodeToml, TomlError } from "../../../engine/encoding/index.ts";
import { goInt, goInt64, GoList, goMap } from "../../../engine/go/value.ts";
import type { GoValue } from "../../../engine/go/value.ts";

function problem(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    if (error instanceof TomlError) return error.message;
    throw error;
  }
}

describe("TOML that is refused", () => {
  it.each([
    ["a = ", 'line 1 (last key "a"): unexpected EOF; expected value'],
    ["a", "line 1: unexpected EOF; expected key separator '='"],
    ["= 1", "line 1: unexpected '=': key name appears blank"],
    ["a = 1\na = 2", "line 2 (last key \"a\"): Key 'a' has already been defined."],
    ["[a]\n[a]", "line 2: Key 'a' has already been defined."],
    ["a = 'x", 'line 1 (last key "a"): unexpected EOF; expected "\'"'],
    ['a = "\\q"', "line 1 (last key \"a\"): invalid escape in string '\\q'"],
    ["a = [1", "line 1 (last key \"a\"): expected a comma (',') or array terminator (']'), but got end of file"],
    ["a = {", "line 1 (last key \"a\"): unexpected '=': key name appears blank"],
    ["a = 01", 'line 1 (last key "a"): Invalid integer "01": cannot have leading zeroes'],
    ["a = 1__0", 'line 1 (last key "a"): Invalid integer "1__0": underscores must be surrounded by digits'],
    ["a = 99999999999999999999", 'line 1 (last key "a"): 99999999999999999999 is out of range for int64'],
    ["a = tru", 'line 1 (last key "a"): expected value but found "tru" instead'],
    ["[a\nb=1", "line 2: expected '.' or ']' to end table name, but got '\\n' instead"],
    ["a = 1 b = 2", "line 1: expected a top-level item to end with a newline, comment, or EOF, but got 'b' instead"],
    ["a = 2020-13-01", 'line 1 (last key "a"): invalid datetime: "2020-13-01"'],
    ["map[a:1]", "line 1: expected '.' or '=', but got '[' instead"],
  ])("says why of %j", (text, message) => expect(problem(() => decodeToml(text))).toBe(`toml: ${message}`));

  it("says so of deep arrays", () => {
    expect(problem(() => decodeToml(`a = ${"[".repeat(2000)}`))).toContain("nested too deeply");
  });
});

describe("TOML values", () => {
  it("have Go's kinds", () => {
    const map = decodeToml("a = 1\nb = 1.5\n[[w]]\nx = 'y'\n[[w]]\n[q.r]\nz = true\n");
    expect(map).toEqual(
      goMap([
        ["a", goInt64(1n)],
        ["b", 1.5],
        ["w", new GoList([goMap([["x", "y"]]), goMap()], "[]map[string]interface {}")],
        ["q", goMap([["r", goMap([["z", true]])]])],
      ]),
    );
  });

  it("keep times without a zone apart", () => {
    const text = "a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00\nd = 1979-05-27T07:32:00.5\n";
    expect(encodeToml(decodeToml(text))).toBe(text);
  });
});

describe("writing TOML", () => {
  const row = (key: string, value: GoValue): GoValue => goMap([[key, value]]);
  it.each<readonly [string, GoValue, string]>([
    [
      "scalars before tables",
      goMap([
        ["d", row("e", true)],
        ["a b", 3],
        ["h", 1.5],
      ]),
      '"a b" = 3.0\nh = 1.5\n\n[d]\n  e = true\n',
    ],
    [
      "arrays of tables",
      row("t", new GoList([row("a", goInt(1)), row("b", row("c", goInt(2)))])),
      "[[t]]\n  a = 1\n\n[[t]]\n  [t.b]\n    c = 2\n",
    ],
    ["mixed arrays inline", row("t", new GoList([row("a", goInt(1)), goInt(5)])), "t = [{a = 1}, 5]\n"],
    [
      "no nil members",
      goMap([
        ["a", null],
        ["b", row("c", null)],
      ]),
      "[b]\n",
    ],
    ["a list alone", new GoList([goInt(1), "x"]), '[1, "x"]'],
  ])("has %s", (_, value, text) => expect(encodeToml(value)).toBe(text));

  it.each<readonly [GoValue, string]>([
    [row("a", new GoList([null])), "toml: cannot encode array with nil element"],
    [new GoList([goMap()]), "toml: top-level values must be Go maps or structs"],
    [null, "reflect: call of reflect.Value.Type on zero Value"],
  ])("refuses what Go refuses", (value, message) => expect(problem(() => encodeToml(value))).toBe(message));
});
