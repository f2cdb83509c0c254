import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../engine/plugin/index.ts";
import { compile } from "../../../infra/build-plugins.ts";
import { runGuest } from "../../../infra/guest/run-guest.ts";

/** A node of the kit: kind, style, start, end, column, tag, fixed, keys, values. */
type Tree = readonly [number, number, number, number, number, string, number, readonly Tree[], readonly Tree[]];
interface Read {
  readonly problem: string;
  readonly trees: readonly Tree[];
}

const module = await WebAssembly.compile(new Uint8Array(await compile("test/data/plugins/kit-tree.ts")));

async function read(texts: readonly string[], only: readonly string[] = []): Promise<readonly Read[]> {
  const input = JSON.stringify({ texts, only });
  const call = { entry: "helm_plugin_main", config: {}, limits: DEFAULT_LIMITS, pure: true, input };
  const result = await runGuest(module, call);
  if (result.kind !== "reply") throw new Error(result.problem);
  return JSON.parse(result.output) as readonly Read[];
}

/** The same document as the item of a list: what stands in a list the parser reads, and none of it at one go. */
function inList(text: string): string {
  const lines = text.split("\n").map((line, index) => (index === 0 ? `- ${line}` : line === "" ? "" : `  ${line}`));
  return lines.join("\n");
}

/** Of a list's item the tree that it would be without the list. */
function outOfList(text: string, { problem, trees }: Read): Read {
  const placeOf = (at: number): number => {
    const before = text.slice(0, at).split("\n");
    const column = Math.max(0, (before.at(-1)?.length ?? 0) - 2);
    return before.slice(0, -1).reduce((sum, line) => sum + Math.max(0, line.length - 2) + 1, column);
  };
  const moved = ([kind, style, start, end, column, tag, fixed, keys, values]: Tree): Tree => {
    const shifted = column === 0 ? 0 : column - 2;
    return [kind, style, placeOf(start), placeOf(end), shifted, tag, fixed, keys.map(moved), values.map(moved)];
  };
  return { problem, trees: trees.flatMap(([, , , , , , , , items]) => items.map(moved)) };
}

const DOCUMENTS = [
  "a: b\n",
  "a: b",
  "a:\n",
  "a:",
  "a: \nb: c\n",
  "a:\n  b: c\n  d:\n    e: f\ng: h\n",
  "a:\n- b\n- c: d\n  e: f\n-   g: h\n    i: j\nk: l\n",
  "a:\n  - b\n  - c:\n    - d\n    - e\n    f: g\n  - h\n",
  "a:\n  b:\n  c:\n\n  # d\n  e: f\n# g\nh: i\n",
  "a: |\n  b\n\n    c\nd: >-\n  e\n  f\n\n\ng: |+\n  h\n\n",
  "a: |\nb: c\n",
  "a:\n  b: |\n   c\n  d: e\n",
  "a:\n- |\n  b\n- >\n  c\n",
  "a: |\n  b\n c\n",
  "a: |\n  b",
  "a: |2\n    b\n",
  "a: 'b c'\nd: \"e\\n\\\"f\"\ng: 'h''i'\nj: \"k\\u0041\"\n",
  "a: 'b'  \nc: \"d\" \n",
  "a: 'b\n  c'\n",
  "a: {}\nb: []\nc: {d: e}\nf: [ ]\n",
  "a: b # c\nd: e#f\n",
  "a: b:c\nd: e: f\n",
  "a: b:\n",
  "a: -b\nc: - d\n",
  "a: b\n  c\nd: e\n",
  "a: b\n  # c\nd: e\n",
  "a:\n  b: c\n d: e\n",
  "a:\n    b: c\n  d: e\n",
  "a: b\n- c\n",
  "a:\n- b\n c: d\n",
  "a: &b c\nd: *b\ne: !f g\n",
  "a:\tb\n",
  "a: b\t\n",
  "a:\n\tb: c\n",
  "a: b\r\nc: d\r\n",
  "a: b \nc:   d   e \n",
  "a b: c\n'd': e\n\"f\": g\n1: h\n-i: j\n",
  "a: ?b\nc: %d\ne: @f\ng: ,h\ni: }j\nk: !l\n",
  "a: é\né: b\nc: (d)\ne: $f\n",
  "- a\n",
  "a:\n  -b: c\n",
  "a:\n  - \n  - b\n",
  "a:\n  -\n  - b\n",
  "a:\n- - b\n  - c\n",
  Array.from({ length: 60 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""),
];

const WORD = fc.stringMatching(/^[a-z0-9][a-z0-9:/#. _{}[\]'",&*!|<>=?-]{0,9}$/);
const KEY = fc.constantFrom("a", "kind", "metadata", "b.c/d", '"e"', "f g", "0", "-", "é");
const VALUE = fc.oneof(
  { arbitrary: WORD, weight: 4 },
  fc.constantFrom(
    "",
    "",
    "{}",
    "[]",
    "[a, b]",
    "{a: b}",
    "|",
    "|-",
    ">",
    ">+",
    "|2",
    "'x y'",
    '"x y"',
    '"\\n"',
    "'x''y'",
  ),
  fc.constantFrom(
    "x # c",
    "# c",
    "- a",
    "--a",
    "-1",
    "~",
    "&x y",
    "!y z",
    "*x",
    "é",
    "x:",
    "x: y",
    "'x",
    '"x',
    "x ",
    "\tx",
  ),
);
const LINE = fc.record({
  indent: fc.constantFrom(0, 0, 0, 2, 2, 2, 4, 4, 6, 1, 3),
  dash: fc.constantFrom("", "", "", "- ", "- ", "-   "),
  key: KEY,
  value: VALUE,
  form: fc.constantFrom("pair", "pair", "pair", "pair", "open", "bare", "blank", "comment"),
});
/** A map, since a block of text that is the whole document has rules of its own. */
const TEXT = fc.array(LINE, { maxLength: 9 }).map((lines) => ["a: b", ...lines.map(lineOf)].join("\n"));

function lineOf({ indent, dash, key, value, form }: typeof LINE extends fc.Arbitrary<infer T> ? T : never): string {
  if (form === "blank") return "";
  const before = " ".repeat(indent);
  if (form === "comment") return `${before}# ${value}`;
  return `${before}${dash}${form === "bare" ? value : form === "open" ? `${key}:` : `${key}: ${value}`}`;
}

async function expectAlike(texts: readonly string[]): Promise<void> {
  const lists = texts.map(inList);
  const [plain, parsed] = [await read(texts), await read(lists)];
  for (const [index, text] of texts.entries()) {
    const wanted = parsed[index] ?? { problem: "", trees: [] };
    expect({ text, ...plain[index] }).toEqual({ text, ...outOfList(lists[index] ?? "", wanted) });
  }
}

/** A document's tree with some of its outermost keys alone. */
function keeping(text: string, { problem, trees }: Read, only: readonly string[]): Read {
  const kept = trees.map((tree): Tree => {
    const [kind, style, start, end, column, tag, fixed, keys, values] = tree;
    if (kind !== MAP || style !== BLOCK) return tree;
    const isKept = (_: Tree, index: number): boolean => {
      const [, , from = 0, to = 0] = keys[index] ?? [];
      return only.includes(text.slice(from, to).replaceAll('"', ""));
    };
    return [kind, style, start, end, column, tag, fixed, keys.filter(isKept), values.filter(isKept)];
  });
  return { problem, trees: kept };
}

const MAP = 2;
const BLOCK = 6;
const ONLY = ["kind", "metadata", "e"];

describe("what the kit reads at one go", () => {
  it("is what its parser reads, and refuses", async () => await expectAlike(DOCUMENTS));

  it("is what its parser reads, for any lines", async () => {
    await fc.assert(fc.asyncProperty(fc.array(TEXT, { minLength: 60, maxLength: 60 }), expectAlike), { numRuns: 60 });
  });

  it("is checked alike where it is not kept", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(TEXT, { minLength: 60, maxLength: 60 }), async (texts) => {
        const [all, some] = [await read(texts), await read(texts, ONLY)];
        for (const [index, text] of texts.entries()) {
          const wanted = keeping(text, all[index] ?? { problem: "", trees: [] }, ONLY);
          expect({ text, ...some[index] }).toEqual({ text, ...wanted });
        }
      }),
      { numRuns: 30 },
    );
  });
});
