import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isKeybox, keyboxKeys } from "../../../engine/chart/keybox.ts";
import { parseRepositories, resolveUrl, sameUrl } from "../../../engine/chart/repositories.ts";
import { chartUrl, findVersion, parseIndex } from "../../../engine/chart/repository-index.ts";
import { parseReference, transferText } from "../../../engine/chart/chart-reference.ts";
import type { ChartWarning } from "../../../engine/chart/index.ts";
import { toUtf8 } from "../../../engine/go/utf8.ts";

const INDEX = `apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz], digest: aa}
  - {name: web, version: 2.0.0-rc.1, urls: [web-2.tgz]}
  - {name: web, version: 1.10.0, urls: ["https://a.b/web.tgz"]}
  - {name: web, version: nonsense, urls: [x]}
  - ~
  none: []
`;

describe("an index", () => {
  it("has the newest version first and says what it leaves out", () => {
    const warnings: ChartWarning[] = [];
    const index = parseIndex(toUtf8(INDEX), "S", (warning) => warnings.push(warning));
    expect(index.get("web")?.map(({ version }) => version)).toEqual(["2.0.0-rc.1", "1.10.0", "1.0.0"]);
    expect(warnings.map(({ message, attributes }) => [message, Object.fromEntries(attributes)["error"]])).toEqual([
      ["skipping loading invalid entry for chart: empty entry", undefined],
      ["skipping loading invalid entry for chart", 'validation: chart.metadata.version "nonsense" is invalid'],
    ]);
  });

  it.each([
    ["", "empty index.yaml file"],
    ["entries: {}\n", "no API version specified"],
    ["a: [", "error converting YAML to JSON: yaml: line 1: did not find expected node content"],
    [
      "- a\n",
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type repo.IndexFile",
    ],
  ])("that is %j is refused", (text, message) => {
    expect(() => parseIndex(toUtf8(text), "S")).toThrow(message);
  });

  it.each([
    ["", "1.10.0", []],
    [">0.0.0-0", "2.0.0-rc.1", []],
    ["1.0.0", "1.0.0", []],
    ["1", "1.10.0", ["1"]],
    ["^1", "1.10.0", []],
  ])("gives for %j the version %s", (wanted, version, fallback) => {
    const warned: string[] = [];
    const index = parseIndex(toUtf8(INDEX), "S");
    const found = findVersion(index, "web", wanted, ({ attributes }) =>
      warned.push(Object.fromEntries(attributes)["requested"] ?? ""),
    );
    expect([found.version, warned]).toEqual([version, fallback]);
  });

  it.each([
    ["no", "", "no chart name found"],
    ["none", "", "no chart version found"],
    ["web", "9.x", "no chart version found for web-9.x"],
    ["web", "a b", 'improper constraint: "a b"'],
  ])("has no %s %s", (name, wanted, message) => {
    expect(() => findVersion(parseIndex(toUtf8(INDEX), "S"), name, wanted)).toThrow(message);
  });

  it("names the repository in which a chart is not", () => {
    const wanted = { name: "web", version: "9.9.9", repository: "http://r" };
    expect(() => chartUrl(parseIndex(toUtf8(INDEX), "S"), wanted)).toThrow(
      'chart "web" version "9.9.9" not found in http://r repository',
    );
  });
});

describe("repositories", () => {
  it("are read with their credentials", () => {
    const text =
      "repositories:\n- {name: a, url: http://x, username: u, password: p, insecure_skip_tls_verify: true}\n";
    expect(parseRepositories(toUtf8(text))).toMatchObject([
      { name: "a", url: "http://x", username: "u", password: "p", insecure: true },
    ]);
    expect(parseRepositories(toUtf8(""))).toEqual([]);
  });

  it.each([
    ["http://a/b", "http://a/b/", true],
    ["http://a", "http://a/", true],
    ["http://a/b", "http://a/c", false],
    ["http://a/b", "https://a/b", false],
  ])("%s and %s are the same: %s", (a, b, expected) => expect(sameUrl(a, b)).toBe(expected));

  it.each([
    ["http://a/b", "c.tgz", "http://a/b/c.tgz"],
    ["http://a/b/", "../c.tgz", "http://a/c.tgz"],
    ["http://a/b", "/c.tgz", "http://a/c.tgz"],
    ["http://a/b?q=1", "c.tgz", "http://a/b/c.tgz?q=1"],
    ["http://a/b", "https://d/c.tgz", "https://d/c.tgz"],
  ])("%s leads by %s to %s", (base, reference, expected) => expect(resolveUrl(base, reference)).toBe(expected));
});

describe("references", () => {
  it.each([
    ["h:1/a/b:1.0+x", { host: "h:1", repository: "a/b", tag: "1.0_x", digest: "" }],
    ["h/a@sha256:0", { host: "h", repository: "a", tag: "", digest: "sha256:0" }],
  ])("%s", (text, expected) => expect(parseReference(text)).toEqual(expected));

  it.each(["h", "h/A", "h/a:b c"])("%j is none", (text) =>
    expect(() => parseReference(text)).toThrow("invalid reference"),
  );

  it("with an underscore come with a note", () => {
    expect(transferText("Pushed", "h/a:1_x", "d")).toContain("h/a:1_x contains an underscore.\n\nOCI artifact");
    expect(transferText("Pulled", "h/a:1", "d")).toBe("Pulled: h/a:1\nDigest: d\n");
  });
});

describe("a keybox", () => {
  const blob = (type: number, body: readonly number[]): number[] => [0, 0, 0, 5 + body.length, type, ...body];
  const header = blob(1, [1, 0, 0, 0x4b, 0x42, 0x58, 0x66]);
  const keys = (flags: number): number[] => blob(2, [1, 0, flags, 0, 0, 0, 16, 0, 0, 0, 2, 7, 8]);

  it("is known by its letters", () => {
    expect(isKeybox(Uint8Array.from(header))).toBe(true);
    expect(isKeybox(Uint8Array.from([1, 2, 3]))).toBe(false);
  });

  it("gives the keys of its blobs but for ephemeral ones", () => {
    expect([...keyboxKeys(Uint8Array.from([...header, ...keys(0), ...keys(2), ...keys(0)]))]).toEqual([7, 8, 7, 8]);
  });

  it.each([
    [[...header], "keybox contains no OpenPGP keys"],
    [[...header, 0, 0], "truncated blob header at offset 12"],
    [[...header, 0, 0, 0, 1, 2], "invalid blob length 1 at offset 12"],
    [[...header, 0, 0, 0, 99, 2], "blob at offset 12 has length 99 exceeding the 5 remaining bytes"],
    [[...header, ...blob(2, [1])], "OpenPGP blob at offset 12 is too short"],
    [
      [...header, ...blob(2, [1, 0, 0, 0, 0, 0, 16, 0, 0, 0, 9])],
      "OpenPGP blob at offset 12 has an out-of-range keyblock",
    ],
  ])("%j is broken", (bytes, message) => {
    expect(() => keyboxKeys(Uint8Array.from(bytes))).toThrow(message);
  });

  it("of any bytes is refused or read, never more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(keyboxKeys(bytes).length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ code: "provenance" });
        }
      }),
    );
  });
});
