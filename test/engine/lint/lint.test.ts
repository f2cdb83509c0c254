import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toUtf8 } from "../../../engine/go/utf8.ts";
import { GoMap } from "../../../engine/go/value.ts";
import { isEmail, isRequestUrl, isUrl } from "../../../engine/lint/address.ts";
import { deprecationWarning } from "../../../engine/lint/deprecation.ts";
import { readObjects } from "../../../engine/lint/document-reader.ts";
import { formatMessage, lintChart, lintSourceOf } from "../../../engine/lint/index.ts";
import { objectNameProblem } from "../../../engine/lint/object-name.ts";

async function lint(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const list = Object.entries(files).map(([name, text]) => ({ name, data: toUtf8(text) }));
  const messages = await lintChart(lintSourceOf(list, "/c"), {
    values: new GoMap(),
    namespace: "default",
    seed: new Uint8Array(32),
    now: 0,
  });
  return messages.map(formatMessage);
}

describe("lintChart", () => {
  it("finds nothing in a good chart but a missing icon", async () => {
    expect(
      await lint({
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "values.yaml": "",
        "templates/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
      }),
    ).toEqual(["[INFO] Chart.yaml: icon is recommended"]);
  });

  it("names the chart's folder where Chart.yaml and charts/ differ", async () => {
    expect(
      await lint({
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: a:b\ndependencies: [{name: x, version: 1.x}]\n",
        "values.yaml": "",
        "templates/a.txt": "",
        "charts/w/Chart.yaml": "apiVersion: v2\nname: w\nversion: 1.0.0\n",
      }),
    ).toEqual([
      "[ERROR] /c: chart metadata is missing these dependencies: w",
      "[WARNING] /c: chart directory is missing these dependencies: x",
    ]);
  });

  it("never throws, whatever stands in the files", async () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("{{", "{{ .Values.a }}", "a: [", "- a", "{", '{"a":1}{', "---\n--- x", "kind: List\nitems: 1"),
    );
    const name = fc.constantFrom(
      "Chart.yaml",
      "values.yaml",
      "values.schema.json",
      "templates/a.yaml",
      "crds/a.yaml",
      "charts/b/Chart.yaml",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, text), async (files) => {
        expect(Array.isArray(await lint({ "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", ...files }))).toBe(
          true,
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("addresses", () => {
  it.each([
    ["a@b.cd", true],
    ["a.b+c@d-e.fg", true],
    ["a@b", false],
    ["@b.cd", false],
    ["a..b@c.de", false],
    ["a b@c.de", false],
  ])("isEmail(%j) is %s", (text, expected) => expect(isEmail(text)).toBe(expected));

  it.each([
    ["https://example.com/a?b#c", true],
    ["example.com", true],
    ["foo bar", false],
    [".example.com", false],
    ["ab", false],
  ])("isUrl(%j) is %s", (text, expected) => expect(isUrl(text)).toBe(expected));

  it.each([
    ["foo:bar", true],
    ["/path", false],
    ["http://a b", false],
    ["http://a/#x", true],
  ])("isRequestUrl(%j) is %s", (text, expected) => expect(isRequestUrl(text)).toBe(expected));

  it("long and hostile addresses are refused at once", () => {
    expect(isEmail(`${"a.".repeat(50_000)}@b.cd`)).toBe(false);
    expect(isUrl(`${"a-".repeat(50_000)}.cd`)).toBe(false);
  });
});

describe("readObjects", () => {
  it.each([
    ["", []],
    ["# nothing\n", []],
    ["kind: A\n---\nkind: B\n", ["A", "B"]],
    ['{"kind":"A"}{"kind":"B"}', ["A", "B"]],
    ["KIND: A\n", ["A"]],
  ])("of %j are %j", (text, kinds) => expect([...readObjects(text)].map(({ kind }) => kind)).toEqual(kinds));

  it.each([
    ["{{ x }}", "json: offset 2: invalid character '{' looking for beginning of object key string"],
    [
      "- a\n",
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type rules.k8sYamlStruct",
    ],
    ['{"a":', "unexpected EOF"],
  ])("of %j fail", (text, message) => expect(() => [...readObjects(text)]).toThrow(message));

  it("gives what stands before a fault", () => {
    const seen: string[] = [];
    expect(() => {
      for (const { kind } of readObjects("kind: A\n---\n[\n")) seen.push(kind);
    }).toThrow("yaml: line");
    expect(seen).toEqual(["A"]);
  });
});

describe("names and deprecations", () => {
  it("a good name has no problem", () => {
    expect(objectNameProblem("Pod", "a.b-c")).toBeUndefined();
    expect(objectNameProblem("CertificateSigningRequest", "A B")).toBeUndefined();
  });

  it("several reasons stand in brackets", () => {
    expect(objectNameProblem("Role", "a/b%")).toBe(
      'object name does not conform to Kubernetes naming requirements: "a/b%": [metadata.name: Invalid value: "a/b%": may not contain \'/\', metadata.name: Invalid value: "a/b%": may not contain \'%\']',
    );
  });

  it.each([
    ["batch/v1beta1", "CronJob", "1", "20", undefined],
    [
      "batch/v1beta1",
      "CronJob",
      "1",
      "21",
      "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob",
    ],
    ["v1", "ComponentStatus", "1", "37", "v1 ComponentStatus is deprecated in v1.19+"],
    ["batch/v1", "CronJob", "1", "37", undefined],
  ])("%s %s in %s.%s", (apiVersion, kind, major, minor, text) => {
    expect(deprecationWarning({ apiVersion, kind }, { major, minor })).toBe(text);
  });
});
