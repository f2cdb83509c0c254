import { describe, expect, it } from "vitest";
import { createKeptPlugins } from "../../functions/releases/kept-plugins.ts";
import { admitted } from "../support/plugin.ts";
import { i32 } from "../support/wasm.ts";

const plugin = admitted({ code: () => i32(0), padding: 1000 });
const size = plugin.bytes.length;

describe("kept plugins", () => {
  it.each([
    ["all that fit", ["a", "b"], ["a", "b"]],
    ["those used last, where there is no room for more", ["a", "b", "c"], ["b", "c"]],
    ["one once, however often it comes", ["a", "a", "a", "b"], ["a", "b"]],
  ])("are %s", (_name, put, expected) => {
    const kept = createKeptPlugins(2 * size);
    for (const key of put) kept.set(key, plugin);
    expect(["a", "b", "c"].filter((key) => kept.get(key) !== undefined)).toEqual(expected);
  });

  it("are none that is larger than all may be, and those that are asked for stay", () => {
    const kept = createKeptPlugins(2 * size);
    kept.set("a", plugin);
    kept.set("b", plugin);
    kept.get("a");
    kept.set("c", plugin);
    expect([kept.get("a"), kept.get("b")]).toEqual([plugin, undefined]);
    const narrow = createKeptPlugins(size - 1);
    narrow.set("a", plugin);
    expect(narrow.get("a")).toBeUndefined();
  });
});
