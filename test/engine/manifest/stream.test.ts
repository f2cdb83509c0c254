import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { ManifestError, mergeFiles, sortManifests, splitStream } from "../../../engine/manifest/index.ts";
import { STREAM_CASES } from "./stream-table.ts";

/** What YAML is made of, for texts that are nearly some. */
const TOKENS = [
  "a",
  ":",
  " ",
  "\n",
  "- ",
  "? ",
  "&a ",
  "*a ",
  "{",
  "}",
  "[",
  "]",
  "|",
  ">",
  "#",
  "'",
  '"',
  "!!str ",
  "!x ",
].concat(["---\n", "~", "metadata:", "annotations:", "\n  ", "%", "@", ",", "<<: "]);
const PATH = "c/templates/a.yaml";

describe("the stream of a post-renderer", () => {
  it.each(STREAM_CASES)("is made as helm makes it: %s", (_name, template, stream) => {
    expect(mergeFiles(new Map([[PATH, template]]))).toBe(stream);
  });

  it.each(STREAM_CASES)("becomes the manifests that helm makes of it: %s", (_name, _template, stream, printed) => {
    const { hooks, manifests } = sortManifests(splitStream(stream, ""));
    const print = (text: string): string => `---\n# Source: ${PATH}\n${text}\n`;
    const manifest = manifests.map(({ content }) => print(content)).join("");
    const printedHooks = hooks.map((hook) => print(hook.manifest)).join("");
    expect(`${manifest.trim()}\n${printedHooks}`).toBe(printed);
  });

  // What helm 4.3.1 says about a post-renderer's output.
  it.each([
    ["a: [\n", "line 1: did not find expected node content"],
    ["a: b: c\n", "mapping values are not allowed in this context"],
    ["a: *x\n", "unknown anchor 'x' referenced"],
    ["a: b\n\tc: d\n", "line 2: found a tab character that violates indentation"],
    ["a: b\n c: d\n", "line 2: mapping values are not allowed in this context"],
    ["ok: 1\n---\nx: [1,\n", "line 1: did not find expected node content"],
    ['"a\n', "line 2: found unexpected end of stream"],
    ["a: @x\n", "found character that cannot start any token"],
    ["{a: b\n", "line 1: did not find expected ',' or '}'"],
    ["a: b\n- c\n", "line 1: did not find expected key"],
  ])("is refused in helm's words: %j", (stream, problem) => {
    expect(() => splitStream(stream, "")).toThrow(
      new ManifestError(`error parsing YAML: MalformedYAMLError: yaml: ${problem}`),
    );
  });

  it("names documents without the annotation by their place", () => {
    const stream = "kind: A\n---\nkind: B\nmetadata:\n  name: b\n";
    expect([...splitStream(stream, "hooks-").keys()]).toEqual([
      "generated-by-postrender-hooks-0.yaml",
      "generated-by-postrender-hooks-1.yaml",
    ]);
  });

  it("orders files by path and leaves partials and blank files out", () => {
    const files = new Map([
      ["b.yaml", "kind: B\n"],
      ["_p.yaml", "kind: P\n"],
      ["a.yaml", "kind: A\n"],
      ["c.yaml", " \n"],
    ]);
    expect(mergeFiles(files).match(/kind: ./g)).toEqual(["kind: A", "kind: B"]);
  });

  it("refuses what is no YAML, and does nothing else", () => {
    const check = (text: string): void => {
      try {
        splitStream(text, "");
        mergeFiles(new Map([["a.yaml", text]]));
      } catch (error) {
        expect(error).toBeInstanceOf(ManifestError);
      }
    };
    ["a: [", "- 1\n", "x", "a: *b\n", "a: &a [*a]\n"].forEach(check);
    assert(property(string(), check));
    assert(property(array(constantFrom(...TOKENS), { maxLength: 14 }), (tokens) => check(tokens.join(""))));
  });
});
