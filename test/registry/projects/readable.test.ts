import { describe, expect, it } from "vitest";
import { readableNames } from "../../../registry/projects/readable.ts";

/** A store of names that gives so many at a time, and counts how often it is asked. */
function namesOf(all: readonly string[], atATime: number) {
  const asked = { times: 0 };
  const list = async ({ after, limit }: { readonly after?: string; readonly limit: number }) => {
    asked.times++;
    const start = after === undefined ? 0 : all.indexOf(after) + 1;
    const names = all.slice(start, start + Math.min(limit, atATime));
    const next = names.at(-1);
    return next === undefined || next === all.at(-1) ? { names } : { names, next };
  };
  return { list, asked };
}

const numbered = (count: number, name: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(6, "0")}`);

describe("a page of readable names", () => {
  const all = ["a", "x1", "b", "x2", "x3", "c", "x4"];
  it.each<[number, string | undefined, readonly string[], string | undefined]>([
    [10, undefined, ["a", "b", "c"], undefined],
    [3, undefined, ["a", "b", "c"], undefined],
    [2, undefined, ["a", "b"], "b"],
    [1, "a", ["b"], "b"],
    [1, "b", ["c"], undefined],
    [5, "c", [], undefined],
  ])("of %d after %s is %j, and goes on behind %s", async (limit, after, names, next) => {
    for (const atATime of [1, 2, 100]) {
      const { list } = namesOf(all, atATime);
      const wanted = { limit, ...(after === undefined ? {} : { after }) };
      const page = await readableNames(list, (name) => !name.startsWith("x"), wanted);
      expect([page.names, page.next]).toEqual([names, next]);
    }
  });

  it("ends after 50,000 names, however many nobody may read", async () => {
    const { list, asked } = namesOf([...numbered(60_000, "x"), "z"], 1000);
    expect(await readableNames(list, (name) => name === "z", { limit: 1 })).toEqual({ names: [] });
    expect(asked.times).toBe(50);
  });
});
