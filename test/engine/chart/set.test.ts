import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseSet } from "../../../engine/chart/set.ts";
import type { SetKind } from "../../../engine/chart/set.ts";
import { encodeJson } from "../../../engine/encoding/index.ts";
import { GoMap } from "../../../engine/go/value.ts";

const table = readFileSync(new URL("../../vectors/strvals.tsv", import.meta.url), "utf8");
const rows = table
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => line.split("\t"));
const KINDS: Readonly<Record<string, SetKind>> = {
  set: "set",
  string: "set-string",
  literal: "set-literal",
  json: "set-json",
};

test.each(rows)("--%s %s gives what Helm makes of it", (kind = "", argument = "", json = "", problem = "") => {
  const target = new GoMap();
  let message = "";
  try {
    parseSet(KINDS[kind] ?? "set", argument, target);
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  expect({ json: encodeJson(target), problem: message }).toEqual({ json, problem });
});

test("--set-file puts a file's content in the place of its name, in lists too", () => {
  const target = new GoMap();
  parseSet("set-file", "a=x.txt,b={y,z}", target, (path) => `<${path}>`);
  expect(encodeJson(target, { escapeHtml: false })).toBe('{"a":"<x.txt>","b":["<y>","<z>"]}');
});

test("31 dots are too many", () => {
  const key = Array.from({ length: 32 }, () => "a").join(".");
  expect(() => parseSet("set", `${key}=1`, new GoMap())).toThrow(
    "value name nested level is greater than maximum supported nested level of 30",
  );
});
