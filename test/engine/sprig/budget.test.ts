import { describe, expect, it } from "vitest";
import { GoFailure } from "../../../engine/go/value.ts";
import { callIn, fixedContext } from "./calling.ts";
import type { Plain } from "./calling.ts";

class Spent extends Error {}

/** Ends a call when it asks for more than it may. */
function limited(units: number, bytes: number): ReturnType<typeof fixedContext> {
  let [unitsLeft, bytesLeft] = [units, bytes];
  return fixedContext({
    spend: (more) => {
      if ((unitsLeft -= more) < 0) throw new Spent("units");
    },
    reserve: (more) => {
      if ((bytesLeft -= more) < 0) throw new Spent("bytes");
    },
  });
}

const huge = 2 ** 40;
/** Calls that would need much more memory than they may have. */
const large: readonly (readonly [string, readonly Plain[]])[] = [
  ["until", [huge]],
  ["untilStep", [0, huge, 1]],
  ["seq", [huge]],
  ["repeat", [2 ** 26, "abcd"]],
  ["indent", [2 ** 26, "a\nb"]],
  ["randAlphaNum", [huge]],
  ["randBytes", [huge]],
  ["replace", ["", "x".repeat(1000), "y".repeat(10_000)]],
  ["regexReplaceAll", ["", "y".repeat(10_000), "x".repeat(1000)]],
];

describe("budgets", () => {
  it.each(large)("%s counts its bytes before it makes them", (name, args) => {
    expect(() => callIn(limited(1e9, 1e6), name, ...args)).toThrow(Spent);
  });

  it("refuses texts longer than any string can be", () => {
    expect(() => callIn(fixedContext(), "repeat", 2 ** 40, "abcd")).toThrow(GoFailure);
  });

  it("counts the quadratic work of a regular expression that reads far ahead", () => {
    const text = "x".repeat(20_000);
    expect(() => callIn(limited(1e5, 1e9), "regexFindAll", "x*y|x", text, -1)).toThrow(Spent);
  });

  it("counts password hashes, scrypt and signatures", () => {
    expect(() => callIn(limited(1000, 1e9), "bcrypt", "x")).toThrow(Spent);
    expect(() => callIn(limited(1000, 1e9), "derivePassword", 1, "long", "p", "u", "s")).toThrow(Spent);
  });

  it("counts comparisons of nested values in uniq", () => {
    const lists = Array.from({ length: 3000 }, (_, i) => [i]);
    expect(() => callIn(limited(1e5, 1e9), "uniq", lists)).toThrow(Spent);
  });
});
