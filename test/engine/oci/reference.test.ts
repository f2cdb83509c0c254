import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOciReference, isOciReference, parseOciReference } from "../../../engine/oci/reference.ts";
import { parseRepositoryName, parseTag, tagToVersion, versionToTag } from "../../../engine/oci/repository-name.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("an OCI reference", () => {
  it.each([
    ["oci://h/charts/web:1.2.3", { host: "h", repository: "charts/web", tag: "1.2.3" }],
    ["oci://127.0.0.1:8080/charts/web", { host: "127.0.0.1:8080", repository: "charts/web" }],
    ["oci://h/charts/web:1.2.3+build.4", { host: "h", repository: "charts/web", tag: "1.2.3_build.4" }],
    [`oci://h/charts/web@${digest}`, { host: "h", repository: "charts/web", digest }],
    [`oci://h/charts/web:1.0.0@${digest}`, { host: "h", repository: "charts/web", tag: "1.0.0", digest }],
    ["h.example/a/b/c:v1", { host: "h.example", repository: "a/b/c", tag: "v1" }],
    ["oci://[::1]:5000/a/b", { host: "[::1]:5000", repository: "a/b" }],
  ])("%s is read", (text, expected) => {
    expect(parseOciReference(text)).toEqual(expected);
  });

  it.each([
    ["oci://h", "invalid reference: missing registry or repository"],
    ["oci://", "invalid reference: missing registry or repository"],
    ["oci://h/", "invalid reference: missing registry or repository"],
    ["oci:///charts/web", "invalid reference: missing registry or repository"],
    ["oci://h/Charts/web:1", 'invalid reference: invalid repository "Charts/web"'],
    ["oci://h/charts//web", 'invalid reference: invalid repository "charts//web"'],
    ["oci://h/charts/web:1/2", 'invalid reference: invalid repository "charts/web:1/2"'],
    ["oci://h/charts/web:-1", 'invalid reference: invalid tag "-1"'],
    ["oci://h/charts/web@sha256:abc", 'invalid reference: invalid digest "sha256:abc"'],
    ["oci://user:pw@h/charts/web", 'invalid reference: invalid registry "user:pw@h"'],
    ["oci://h_h/charts/web", 'invalid reference: invalid registry "h_h"'],
  ])("%s is refused", (text, message) => {
    expect(() => parseOciReference(text)).toThrow(message);
  });

  it("is written as it was read", () => {
    for (const text of ["oci://h:1/a/b:1.0.0", "oci://h/a/b", `oci://h/a/b@${digest}`]) {
      expect(formatOciReference(parseOciReference(text))).toBe(text);
    }
    expect(formatOciReference(parseOciReference(`oci://h/a/b:1@${digest}`))).toBe(`oci://h/a/b@${digest}`);
  });

  it("never fails but by its own error, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        try {
          parseOciReference(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid-reference" });
        }
      }),
    );
  });

  it("is told from other references by its scheme", () => {
    expect([isOciReference("oci://h/a"), isOciReference("https://h/a"), isOciReference("h/a")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("names and tags", () => {
  it.each([
    ["a", true],
    ["charts/web", true],
    ["a.b/c_d/e__f/g--h", true],
    ["a___b", false],
    ["a..b", false],
    ["-a", false],
    ["a-", false],
    ["a/", false],
    ["/a", false],
    ["A", false],
    ["a!b", false],
    ["a".repeat(255), true],
    ["a".repeat(256), false],
    ["", false],
  ])("%s is a repository name: %s", (text, good) => {
    expect(parseRepositoryName(text)).toBe(good ? text : undefined);
  });

  it.each([
    ["1.2.3", true],
    ["_x", true],
    ["V1", true],
    [".x", false],
    ["-x", false],
    ["a/b", false],
    ["a+b", false],
    ["a".repeat(128), true],
    ["a".repeat(129), false],
    ["", false],
    ["a\n", false],
  ])("%s is a tag: %s", (text, good) => {
    expect(parseTag(text)).toBe(good ? text : undefined);
  });

  it("a version becomes a tag and back", () => {
    expect(versionToTag("1.0.0+a.b")).toBe("1.0.0_a.b");
    expect(tagToVersion("1.0.0_a.b")).toBe("1.0.0+a.b");
  });
});
