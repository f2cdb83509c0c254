import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sprigFunctions } from "../../../engine/sprig/index.ts";

/** `name func(int, ...string) R`, as Go prints the functions of Sprig 3.3.0. */
const lines = readFileSync(new URL("../../vectors/sprig-funcs.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");
/** Helm removes these two. */
const REMOVED = new Set(["env", "expandenv"]);
const signatures = lines.map((line) => {
  const [name = "", rest = ""] = line.split(/ func(.*)/s);
  const inner = rest.slice(1, closing(rest));
  return { name, parameters: inner === "" ? [] : inner.split(", ") };
});

function closing(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  return -1;
}

describe("signatures", () => {
  it("has every function of Sprig that Helm leaves, with Go's parameter types", () => {
    expect(signatures.length).toBeGreaterThan(200);
    for (const { name, parameters } of signatures) {
      if (REMOVED.has(name)) continue;
      const found = sprigFunctions.get(name);
      expect(found, name).toBeDefined();
      const shown = found?.parameters.map((type, i) =>
        found.variadic === true && i === found.parameters.length - 1 ? `...${type}` : type,
      );
      expect(shown, name).toEqual(parameters);
    }
  });

  it("has no function that reads the environment", () => {
    for (const name of REMOVED) expect(sprigFunctions.has(name)).toBe(false);
  });

  it("has Helm's own functions", () => {
    const own = [
      "include",
      "tpl",
      "required",
      "fail",
      "lookup",
      "toYaml",
      "mustToYaml",
      "toYamlPretty",
      "fromYaml",
      "fromYamlArray",
      "toJson",
      "mustToJson",
      "fromJson",
      "fromJsonArray",
      "mustToDuration",
      "durationSeconds",
      "durationMilliseconds",
      "durationMicroseconds",
      "durationNanoseconds",
      "durationMinutes",
      "durationHours",
      "durationDays",
      "durationWeeks",
      "durationRoundTo",
      "durationTruncateTo",
      "toToml",
      "mustToToml",
      "fromToml",
    ];
    expect(own.filter((name) => !sprigFunctions.has(name))).toEqual([]);
  });
});
