import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { JsonObject } from "../../../engine/errors.ts";
import { documentsOf, editObjects, openPlugin, postRender } from "../../support/first-party-plugin.ts";
import { withLabels } from "./expected-edit.ts";

const call = await openPlugin("labels");
const run = async (manifests: string, config: Readonly<Record<string, string>>): Promise<string> =>
  await postRender(call, manifests, config);
const TEAM = { labels: "team: blue" };

/** Manifests, and what they must be with the label `team: blue`, to the byte. */
const EDITS: readonly (readonly [what: string, manifests: string, wanted: string])[] = [
  ["no labels yet", "kind: A\nmetadata:\n  name: a\n", 'kind: A\nmetadata:\n  labels:\n    team: "blue"\n  name: a\n'],
  [
    "others",
    "kind: A\nmetadata:\n  labels:\n    a: b\n",
    'kind: A\nmetadata:\n  labels:\n    team: "blue"\n    a: b\n',
  ],
  ["the same key", "kind: A\nmetadata: {labels: {team: red}}\n", 'kind: A\nmetadata: {labels: {team: "blue"}}\n'],
  ["the same label", "kind: A\nmetadata: {labels: {team: 'blue'}}\n", "kind: A\nmetadata: {labels: {team: 'blue'}}\n"],
  [
    "a key written twice",
    "kind: A\nmetadata: {labels: {team: x, team: y}}",
    'kind: A\nmetadata: {labels: {team: x, team: "blue"}}',
  ],
  ["labels in braces", "kind: A\nmetadata:\n  labels: {}\n", 'kind: A\nmetadata:\n  labels: {team: "blue"}\n'],
  [
    "labels that are null",
    "kind: A\nmetadata:\n  labels:\n  name: a\n",
    'kind: A\nmetadata:\n  labels: {team: "blue"}\n  name: a\n',
  ],
  [
    "labels that say null",
    "kind: A\nmetadata:\n  labels: ~ # none\n",
    'kind: A\nmetadata:\n  labels: {team: "blue"} # none\n',
  ],
  ["no metadata", "kind: A\n", 'metadata: {labels: {team: "blue"}}\nkind: A\n'],
  ["metadata in braces", "{kind: A, metadata: {}}", '{kind: A, metadata: {labels: {team: "blue"}}}'],
  [
    "a number",
    "kind: A\nmetadata:\n  labels:\n    team: 5 # five\n",
    'kind: A\nmetadata:\n  labels:\n    team: "blue" # five\n',
  ],
  [
    "a block of text",
    "kind: A\nmetadata:\n  labels:\n    team: |\n      x\n    a: b\n",
    'kind: A\nmetadata:\n  labels:\n    team: "blue"\n    a: b\n',
  ],
  [
    "quoted keys",
    '"kind": A\n\'metadata\':\n  "labels":\n    "team": x\n',
    '"kind": A\n\'metadata\':\n  "labels":\n    "team": "blue"\n',
  ],
  [
    "a list's items",
    "kind: List\nitems:\n- kind: A\n  metadata:\n    name: a\n- kind: B\n",
    'kind: List\nitems:\n- kind: A\n  metadata:\n    labels:\n      team: "blue"\n    name: a\n- metadata: {labels: {team: "blue"}}\n  kind: B\n',
  ],
  [
    "comments and documents without an object",
    "# a\n---\n# b\n---\nnote: x\n---\n- kind: A\n",
    "# a\n---\n# b\n---\nnote: x\n---\n- kind: A\n",
  ],
  [
    "Windows' line breaks",
    "kind: A\r\nmetadata:\r\n  labels:\r\n    a: b\r\n",
    'kind: A\r\nmetadata:\r\n  labels:\r\n    team: "blue"\n    a: b\r\n',
  ],
  [
    "text that looks like an object",
    "kind: A\ndata: |\n  kind: B\n  metadata:\n    labels: {}\nmetadata: {name: a}",
    'kind: A\ndata: |\n  kind: B\n  metadata:\n    labels: {}\nmetadata: {labels: {team: "blue"}, name: a}',
  ],
  ["nothing", "", ""],
];

const REFUSALS: readonly (readonly [manifests: string, config: Readonly<Record<string, string>>, message: string])[] = [
  [
    "kind: A\nmetadata: &m {name: a}\n",
    TEAM,
    "labels: A/a (line 1): metadata has an anchor or a tag, or is an alias; write it out",
  ],
  ["kind: A\nmetadata:\n  labels: [a]\n", TEAM, "labels: A (line 1): metadata.labels is no map"],
  ["kind: A\nmetadata:\n  labels:\n    team: {a: b}\n", TEAM, "labels: A (line 1): the value of team is no text"],
  ["kind: A\nmetadata: x\n", TEAM, "labels: A (line 1): metadata is no map"],
  [
    "x: &x {labels: {}}\nkind: A\nmetadata: {<<: *x}\n",
    TEAM,
    "labels: A (line 1): metadata is merged from an alias; write it out",
  ],
  [
    "a: b: c\n",
    TEAM,
    "labels: the manifests cannot be read: line 1: a mapping begins in the middle of a text; quote the text",
  ],
  ["a:\n\tb: c\n", TEAM, "labels: the manifests cannot be read: line 2: a tab stands where only blanks indent"],
  ["? a\n: b\n", TEAM, "labels: the manifests cannot be read: line 1: a key behind a question mark is not supported"],
  ["a: 'x\n", TEAM, "labels: the manifests cannot be read: line 2: a quoted text has no end"],
  ["a: {b: c\n", TEAM, "labels: the manifests cannot be read: line 2: a comma or a closing brace is expected"],
  [
    "a:\n    b: c\n  d: e\n",
    TEAM,
    "labels: the manifests cannot be read: line 3: this is not indented as a part of what stands above it",
  ],
  ["kind: A\n", { labels: "a b: c" }, 'labels: config labels: "a b" is no name of a label'],
  ["kind: A\n", { labels: "a: -b" }, 'labels: config labels: "-b" is no value of a label (a)'],
  ["kind: A\n", { labels: "[a]" }, "labels: config labels must be a map of texts"],
  ["kind: A\n", { annotations: "a: [b]" }, "labels: config annotations: the value of a must be a text"],
];

describe("labels", () => {
  it.each(EDITS)("adds to an object with %s, and touches nothing else", async (_what, manifests, wanted) => {
    const made = await run(manifests, TEAM);
    expect(made).toBe(wanted);
    expect(await run(made, TEAM)).toBe(made);
  });

  it.each(REFUSALS)("refuses %j with %j", async (manifests, config, message) => {
    expect(await run(manifests, config)).toBe(`error: ${message}`);
  });

  it.each(["e0", "E-12"])("quotes the key %s, which some readers take for a number", async (key) => {
    const made = await run("kind: A\n", { annotations: JSON.stringify({ [key]: "x", egg: "y" }) });
    expect(made).toContain(`"${key}": "x"`);
    expect(made).toContain('egg: "y"');
    expect(documentsOf(made)).toEqual([{ kind: "A", metadata: { annotations: { [key]: "x", egg: "y" } } }]);
  });

  it("labels pod templates where it is told to, and no selectors", async () => {
    const pods = "template:\n    spec: {containers: []}\n";
    const cron = `kind: CronJob\nspec:\n  jobTemplate:\n    spec: {template: {spec: {containers: []}}}\n`;
    const made = await run(`kind: Deployment\nspec:\n  selector: {matchLabels: {a: b}}\n  ${pods}---\n${cron}`, {
      ...TEAM,
      templates: "true",
    });
    const metadata = { labels: { team: "blue" } };
    const template = { metadata, spec: { containers: [] } };
    expect(documentsOf(made)).toEqual([
      { kind: "Deployment", metadata, spec: { selector: { matchLabels: { a: "b" } }, template } },
      { kind: "CronJob", metadata, spec: { jobTemplate: { spec: { template } } } },
    ]);
  });

  it("leaves kinds alone that it is not told", async () => {
    const made = await run("kind: A\n---\nkind: B\n", { ...TEAM, kinds: "[B]" });
    expect(made).toBe('kind: A\n---\nmetadata: {labels: {team: "blue"}}\nkind: B\n');
  });

  it("refuses what is nested without end, in the same words whatever nests", async () => {
    for (const nested of ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)])
      expect(await run(nested, TEAM)).toBe(
        "error: labels: the manifests cannot be read: line 1: it is nested deeper than 200",
      );
  });

  it("makes of any objects, in any style of YAML, what the same edit of their data makes; twice is once", async () => {
    const texts = fc.record({
      labels: fc.dictionary(LABEL, LABEL),
      annotations: fc.dictionary(LABEL, fc.string({ unit: "grapheme" })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(OBJECT, { maxLength: 4 }),
        STYLE,
        texts,
        fc.boolean(),
        async (objects, style, more, templates) => {
          const manifests = objects.map((object) => `---\n# text\n${stringify(object, style)}`).join("");
          const settings = { ...more, templates };
          const config = {
            labels: JSON.stringify(more.labels),
            annotations: JSON.stringify(more.annotations),
            templates: String(templates),
          };
          const made = await run(manifests, config);
          expect(documentsOf(made)).toEqual(
            editObjects(documentsOf(manifests), (object) => withLabels(object, settings)),
          );
          expect(await run(made, config)).toBe(made);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const LABEL = fc.stringMatching(/^[a-z]([a-z.]{0,5}[a-z0-9])?$/);
const VALUE = fc
  .jsonValue({ maxDepth: 3, stringUnit: "grapheme" })
  .filter((value) => !JSON.stringify(value).includes("__proto__"));
const METADATA = fc.record(
  {
    name: fc.string(),
    labels: fc.option(fc.dictionary(LABEL, fc.string())),
    annotations: fc.dictionary(fc.string(), fc.string()),
  },
  { requiredKeys: [] },
);
const OBJECT: fc.Arbitrary<JsonObject> = fc.record(
  {
    kind: fc.constantFrom("Deployment", "CronJob", "ConfigMap"),
    data: VALUE,
    metadata: METADATA,
    spec: fc.record({ template: fc.record({ metadata: METADATA, spec: fc.record({ containers: fc.array(VALUE) }) }) }),
  },
  { requiredKeys: ["kind"] },
) as fc.Arbitrary<JsonObject>;
const STYLE = fc.record({
  collectionStyle: fc.constantFrom("any", "block", "flow"),
  defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"),
  lineWidth: fc.constantFrom(0, 20, 80),
  version: fc.constant("1.1"),
} as const);
