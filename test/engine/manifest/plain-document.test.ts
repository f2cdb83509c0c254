import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeFiles, splitStream } from "../../../engine/manifest/index.ts";
import { createPlainPrinter } from "../../../engine/manifest/plain-document.ts";

const print = createPlainPrinter();
const printPlain = (text: string): string | undefined => print(text)?.text;
const PATH = "c/templates/a.yaml";
/** The full reader takes what has a comment; the printer drops none but this one, which `without` takes out again. */
const MARK = "# full";

const DOCUMENTS = [
  "a: b\n",
  "a: b",
  "kind: A\nmetadata:\n  name: x\n",
  "kind: A\nmetadata:\n    name: x\n    annotations:\n        k: v\n        helm.sh/hook: pre-install\nspec:\n    l:\n    - a\n    - b: c\n      d:\n        - --flag\n        - -x\n",
  'metadata:\n  annotations:\n    "helm.sh/hook": "pre-install, post-install"\n  name: \'it s\'\n',
  "metadata:\nkind: A\n",
  "metadata: {}\nkind: A\n",
  "metadata:\n  annotations: {}\n  name: a\n",
  "metadata:\n  annotations:\n  name: a\n",
  "metadata:\n- a\nkind: A\n",
  "metadata:\n  - a\nkind: A\n",
  "data:\n  text: |\n    one\n\n      two\n    three # no comment\n  next: |-\n      a\n\n\n  last: x\n",
  "data:\n  text: |\n    one",
  "data:\n  text: |\n    one\n   two\n",
  "data:\n  text: |\n      one\n    two\n",
  "data:\n  text: |\n    trailing \n",
  "data:\n  text: |+\n    kept\n\n",
  "list:\n- |\n  block\n- - nested\n- a\n",
  "a: b: c\n",
  "a: b\n  c\n",
  "a: b\n  c: d\n",
  "a:\n  b: c\n d: e\n",
  "a: 'it''s'\nb: \"a\\nb\"\nc: \"é\"\nd: é\n",
  "a: b #c\nb: c#d\n",
  "a: x-\nb: x:\nc: :x\nd: ?x\n",
  "a: null\nb: ~\nc:\nd: Null\nnull: x\n",
  "a: &x b\nc: *x\n",
  "a: [1, 2]\nb: {c: d}\n",
  "a: !!str 1\n",
  "- a\n- b\n",
  "a: b\n...\n",
  "a:\tb\n",
  "a: b\t\n",
  "a:   spaced   words  here\n",
  "a: b\n   \nc: d\n",
  "a:\n    {}\nb:\n  - c:\n      []\n",
  "a:\n{}\n",
  'a: ["x", "y z", 1, w/v]\nb: [x , y]\nc: [null]\nd: [ x ]\n',
  'a: "x\\ny\\t\\"z\\" \\\\"\nb: "\\x41"\nc: "\\/"\n',
  "a: |\n\n  x\nb: |\n  \n  x\n",
  "a: 0644\nb: 1e3\nc: yes\nd: 2024-01-01\ne: 0x1F\nf: -1\ng: +1\nh: .5\n",
  "kind: List\nitems:\n- kind: A\n",
  "kind: ConfigMapList\nitems: []\n",
  "a: %x\nb: @x\nc: `x`\nd: >x\ne: <x\nf: =\ng: $x\n",
  "a-: b\n_b: c\na.b/c-d: e\n",
  "metadata:\n  name: a\nmetadata:\n  name: b\n",
  "metadata:\n  annotations:\n    a: b\n  annotations:\n    c: d\n",
  "metadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: mine.yaml\n",
  "metadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'mine.yaml'\n    x: y\nkind: A\n",
  "other:\n  postrenderer.helm.sh/postrender-filename: 'mine.yaml'\nmetadata:\n  annotations:\n    x: y\n",
  "\nmetadata: 0\n",
  "\n\nmetadata: {a: b}\n",
];

/** What both directions make of a text, or their refusal. */
function outcome(text: string): readonly unknown[] {
  const tried = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return String(error).replace(/line \d+: /, "");
    }
  };
  return [
    tried(() => mergeFiles(new Map([[PATH, text]]))),
    tried(() => [...splitStream(text, "")]),
    tried(() => [...splitStream(`${text}\n---\nkind: Z\n`, "")]),
  ];
}

/**
 * The same text, in a form that only the full reader takes, with what that form adds taken out of the outcome: a comment, behind which a
 * blank line stays that else would go.
 */
function fullOutcome(text: string): readonly unknown[] {
  return JSON.parse(JSON.stringify(outcome(`${MARK}\n${text}`)).replaceAll(/# full\\n(?:\\n)*/g, "")) as unknown[];
}

const SAFE = fc.stringMatching(/^[a-z0-9][a-z0-9:/#. _{}[\]'",&*!|<>=?-]{0,12}$/);
const FILENAME = "postrenderer.helm.sh/postrender-filename";
const KEYS = fc.oneof(
  fc.constantFrom("metadata", "annotations", "name", "a", "b.c/d", '"helm.sh/hook"', "kind", "-", "null", FILENAME),
  fc.constantFrom('"metadata"', '"annotations"', `"${FILENAME}"`, "é", "'a'"),
);
const VALUES = fc.oneof(
  SAFE,
  fc.constantFrom("", "{}", "[]", "|", "|-", "'x y'", '"x y"', "x # c", "~", ">", "- a", "--flag", "é"),
  fc.constantFrom("'a.yaml'", '"a.yaml"', "a.yaml", "List", '"ConfigMapList"', FILENAME, "'it''s'"),
  fc.constantFrom('["a", "b"]', "[a, null]", "[a , b]", `["${"x".repeat(60)}"]`, '"a\\n\\"b"', '"\\u00e9"'),
);
const LINE = fc.record({
  indent: fc.constantFrom(0, 0, 2, 2, 4, 4, 1, 3),
  dash: fc.constantFrom("", "", "", "- ", "-   "),
  key: KEYS,
  value: VALUES,
  bare: fc.constantFrom(false, false, false, true),
});
const TEXT = fc
  .array(LINE, { minLength: 1, maxLength: 9 })
  .map((lines) =>
    lines
      .map(({ indent, dash, key, value, bare }) => `${" ".repeat(indent)}${dash}${bare ? value : `${key}: ${value}`}\n`)
      .join(""),
  );

/** What stands around the annotation of a file. */
const NAMED = fc
  .subarray([
    "kind: A",
    "kind: List",
    "metadata:",
    "metadata: {}",
    "  name: x",
    "  annotations:",
    "  annotations: {}",
    "    {}",
    "    x: y",
    `    ${FILENAME}: 'a.yaml'`,
    `    ${FILENAME}: "b.yaml"`,
    `    ${FILENAME}: c.yaml`,
    `    ${FILENAME}: |`,
    "      d.yaml",
    "    z:",
    `    - ${FILENAME}: 'e.yaml'`,
    "  annotations:",
    `  ${FILENAME}: 'f.yaml'`,
    "",
    "text: |",
    "  metadata:",
    `    ${FILENAME}: 'g.yaml'`,
    "items: []",
    "- annotations:",
    "metadata:",
    `note: ${FILENAME}`,
  ])
  .map((lines) => lines.map((line) => `${line}\n`).join(""));

type Tree = string | { readonly [key: string]: Tree } | readonly Tree[];
/** Mostly what is plain, and once in a while anything. */
const USUAL = fc.oneof(
  { arbitrary: fc.constantFrom("x", "y z", "1", "--a", "'q r'", '"s t"', "", "{}", "[a, b]", "a:b/c"), weight: 60 },
  { arbitrary: fc.constantFrom("|\n one\n\n   two", "|-\n three", "|\n four # é"), weight: 15 },
  { arbitrary: VALUES, weight: 1 },
);
const KEY = fc.oneof(
  { arbitrary: fc.constantFrom("kind", "name", "a", "b.c/d", "spec", '"e"', "annotations"), weight: 60 },
  { arbitrary: KEYS, weight: 1 },
);
const PATH_VALUE = fc.constantFrom("'a.yaml'", '"b c.yaml"', "d.yaml", "'é'", "|\n e.yaml", "{}", "[]");
const METADATA = fc.oneof(
  fc.record(
    {
      name: USUAL,
      annotations: fc.oneof(
        USUAL,
        fc.record({ x: USUAL, [FILENAME]: PATH_VALUE, "helm.sh/hook": USUAL }, { requiredKeys: [] }),
      ),
      labels: fc.dictionary(KEY, USUAL, { noNullPrototype: true }),
    },
    { requiredKeys: [] },
  ),
  USUAL,
);
const TREES = fc.letrec<{ map: Tree; value: Tree }>((tie) => ({
  map: fc.dictionary(KEY, tie("value"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, USUAL, tie("map"), fc.array(tie("value"), { minLength: 1, maxLength: 3 })),
}));
const TREE: fc.Arbitrary<Tree> = fc
  .tuple(TREES.map, fc.option(METADATA, { nil: undefined }), TREES.map)
  .map(([before, metadata, after]) => Object.assign({}, before, metadata === undefined ? {} : { metadata }, after));
const STYLE = fc.record({ step: fc.constantFrom(2, 4), inset: fc.constantFrom(0, 2) });
/** Documents as people write them: nearly all of them plain. */
const WRITTEN = fc.tuple(TREE, STYLE).map(([tree, style]) => `${linesOf(tree, 0, style).join("\n")}\n`);

function linesOf(tree: Tree, column: number, style: typeof STYLE extends fc.Arbitrary<infer T> ? T : never): string[] {
  const before = " ".repeat(column);
  if (typeof tree === "string") return [];
  if (isList(tree)) {
    return tree.flatMap((item) => {
      const [first = "", ...rest] =
        typeof item === "string"
          ? valueLines(item === "" ? "x" : item, column)
          : isList(item)
            ? ["x"]
            : linesOf(item, column + 2, style);
      return [`${before}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(tree).flatMap(([key, value]) => {
    if (typeof value !== "string") {
      const inner = isList(value) ? column + style.inset : column + style.step;
      return [`${before}${key}:`, ...linesOf(value, inner, style)];
    }
    const [first = "", ...rest] = valueLines(value, column);
    return [`${before}${key}:${first === "" ? "" : ` ${first}`}`, ...rest];
  });
}

function valueLines(value: string, column: number): string[] {
  const [first = "", ...rest] = value.split("\n");
  return [first, ...rest.map((line) => (line === "" ? "" : `${" ".repeat(column + 1)}${line}`))];
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

describe("a plain document", () => {
  it.each(DOCUMENTS)("is made as the full reader makes it: %j", (text) => {
    expect(outcome(text)).toEqual(fullOutcome(text));
  });

  it("is whatever the full reader makes of it, for any lines", () => {
    fc.assert(
      fc.property(fc.oneof(TEXT, NAMED, WRITTEN), (text) => {
        if (printPlain(text) !== undefined) expect(outcome(text)).toEqual(fullOutcome(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("is printed the same again", () => {
    fc.assert(
      fc.property(fc.oneof(TEXT, WRITTEN), (text) => {
        const printed = printPlain(text);
        if (printed !== undefined) expect(printPlain(printed)).toBe(printed);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a: b\n", true],
    [DOCUMENTS[3] ?? "", true],
    [DOCUMENTS[11] ?? "", true],
    ["a: [1]\n", true],
    ["a: {b: c}\n", false],
    ["# c\na: b\n", false],
  ])("is taken line by line: %j %s", (text, isPlain) => expect(printPlain(text) !== undefined).toBe(isPlain));
});
