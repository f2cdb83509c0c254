import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkConstraint, parseConstraint, parseVersion } from "../../../engine/semver/index.ts";
import { parseVectorAnswers, parseVectorInput } from "../../support/vector-file.ts";

const folder = new URL("../../vectors/", import.meta.url);
const cases = parseVectorInput(readFileSync(new URL("semver.in", folder), "utf8"));
const answers = parseVectorAnswers(readFileSync(new URL("semver.out", folder), "utf8"), cases);

describe("semverCompare", () => {
  it.each(cases.map((entry, i) => [entry.name, entry.files.get("templates/t.txt") ?? "", answers[i] ?? ""] as const))(
    "answers %s as Helm does",
    (_, template, answer) => {
      const match = /^\{\{ semverCompare "([^"]*)" "([^"]*)" \}\}$/.exec(template);
      const [, constraint = "", version = ""] = match ?? [];
      const holds = checkConstraint(parseConstraint(constraint), parseVersion(version));
      expect(String(holds)).toBe(answer);
    },
  );
});
