import { expect, test } from "vitest";
import { readVectorFiles } from "../../support/vector-files.ts";
import { runSuite, suiteNames } from "./suite.ts";

const files = readVectorFiles();
const outcomes = new Map((await runSuite(files)).map((outcome) => [outcome.name, outcome]));

test.each(suiteNames(files))("in Node %s", (name) => {
  expect(outcomes.get(name)).toEqual({ name });
});
