import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  ChartError,
  decodeValues,
  loadArchive,
  loadFiles,
  mergeMaps,
  parseSet,
  pathMatch,
} from "../../../engine/chart/index.ts";
import type { SetKind } from "../../../engine/chart/index.ts";
import { coalesceValues } from "../../../engine/chart/coalesce.ts";
import { encodeJson, fromJsonValue } from "../../../engine/encoding/index.ts";
import { GoMap } from "../../../engine/go/value.ts";
import { compileGlob } from "../../../engine/render/index.ts";

const KINDS: readonly SetKind[] = ["set", "set-string", "set-json", "set-literal", "set-file"];
const argument = fc.array(fc.constantFrom("a", "b", ".", "[", "]", "0", "9", "=", ",", "{", "}", "\\", '"', " ", "é"), {
  maxLength: 40,
});
const table = fc.dictionary(
  fc.constantFrom("a", "b", "global", "s"),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, 1, "x", true),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom("a", "b", "k"), tie("value"), { maxKeys: 3 }),
    ),
  })).value,
  { maxKeys: 4 },
);

function toMap(json: unknown): GoMap {
  const value = fromJsonValue(JSON.parse(JSON.stringify(json)));
  return value instanceof GoMap ? value : new GoMap();
}

test("no --set argument does worse than a ChartError", () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), argument, (kind, parts) => {
      try {
        parseSet(kind, parts.join(""), new GoMap(), () => "content");
      } catch (error) {
        expect(error).toBeInstanceOf(ChartError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a million list items cost one error, not their memory", () => {
  expect(() => parseSet("set", "a[65537]=1", new GoMap())).toThrow("index of 65537 is greater than maximum supported");
  expect(() => parseSet("set", "a[99999999999999999999]=1", new GoMap())).toThrow("value out of range");
});

test("patterns with many stars end quickly", () => {
  const stars = "a*".repeat(200);
  const name = "a".repeat(2000);
  expect(pathMatch(`${stars}b`, name)).toBe(false);
  expect(compileGlob(`${"**a".repeat(60)}b`)?.(name)).toBe(false);
});

test("no bytes make loading do worse than a ChartError", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (data) => {
      for (const load of [
        () => loadArchive(data),
        () => loadFiles([{ name: "Chart.yaml", data }]),
        () => Promise.resolve().then(() => decodeValues(data)),
      ]) {
        await load().catch((error: unknown) => expect(error).toBeInstanceOf(ChartError));
      }
    }),
    { numRuns: 200 },
  );
});

test("merging maps takes every key of both, the second winning", () => {
  fc.assert(
    fc.property(table, table, (a, b) => {
      const merged = mergeMaps(toMap(a), toMap(b));
      expect([...merged.entries.keys()].toSorted()).toEqual(
        [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted(),
      );
      expect(encodeJson(mergeMaps(merged, toMap(b)))).toBe(encodeJson(merged));
    }),
  );
});

test("coalescing writes into neither side and gives the same twice", () => {
  fc.assert(
    fc.property(table, table, table, (own, sub, user) => {
      const chart = {
        name: "c",
        values: toMap(own),
        dependencies: [{ name: "s", values: toMap(sub), dependencies: [] }],
      };
      const values = toMap(user);
      const before = encodeJson(chart.values) + encodeJson(values);
      const run = (): string => {
        try {
          return encodeJson(coalesceValues(chart, values));
        } catch (error) {
          expect(error).toBeInstanceOf(ChartError);
          return "refused";
        }
      };
      expect(run()).toBe(run());
      expect(encodeJson(chart.values) + encodeJson(values)).toBe(before);
    }),
  );
});
