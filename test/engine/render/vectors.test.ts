import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runVectors } from "../../support/vectors.ts";

const directory = fileURLToPath(new URL("../../vectors", import.meta.url));
const gapsFile = new URL("../../known-gaps.json", import.meta.url);
const gaps = JSON.parse(readFileSync(gapsFile, "utf8")) as readonly { readonly id: string; readonly reason: string }[];

const results = await runVectors({
  directory,
  list: () => readdirSync(directory),
  read: (name) => readFileSync(`${directory}/${name}`),
});
const known = new Set(gaps.map(({ id }) => id));
const topics = Map.groupBy(results, ({ id }) => id.slice(0, id.indexOf(" ")));

test.each([...topics.keys()])("every answer of %s is that of Helm, known gaps aside", (topic) => {
  const wrong = (topics.get(topic) ?? []).filter(({ id, wanted, seen }) => wanted !== seen && !known.has(id));
  expect(wrong).toEqual([]);
});

test("every known gap is still one", () => {
  const open = new Set(results.filter(({ wanted, seen }) => wanted !== seen).map(({ id }) => id));
  expect([...known].filter((id) => !open.has(id))).toEqual([]);
});

test("no vector was lost", () => {
  expect(results.length).toBeGreaterThan(2_900);
});
