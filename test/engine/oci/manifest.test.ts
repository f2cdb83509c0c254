import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { artifactTypeOf, MAX_MANIFEST_BYTES, parseManifest } from "../../../engine/oci/manifest.ts";
import { parseChallenge } from "../../../engine/oci/challenge.ts";
import { descriptor, imageOf, INDEX, MANIFEST, utf8 } from "../../support/registry.ts";

const bytes = (value: unknown) => utf8(JSON.stringify(value));
const image = imageOf(utf8("{}"), utf8("layer"));

describe("a manifest", () => {
  it("of helm push has no mediaType: the Content-Type says it", () => {
    const { mediaType: _, ...bare } = image;
    expect(parseManifest(bytes(bare), `${MANIFEST}; charset=utf-8`)).toMatchObject({
      kind: "image",
      mediaType: MANIFEST,
    });
    expect(parseManifest(bytes(bare), undefined).mediaType).toBe(MANIFEST);
  });

  it("may be an index, also an empty one", () => {
    const item = descriptor(MANIFEST, bytes(image));
    expect(parseManifest(bytes({ schemaVersion: 2, manifests: [item] }), INDEX)).toMatchObject({
      kind: "index",
      manifests: [item],
    });
    expect(parseManifest(bytes({ schemaVersion: 2, manifests: [] }), INDEX)).toMatchObject({ manifests: [] });
  });

  it("says its subject and its artifact type", () => {
    const subject = descriptor(MANIFEST, bytes(image));
    const manifest = parseManifest(bytes({ ...image, subject, artifactType: "a/b" }), MANIFEST);
    expect(manifest.subject).toMatchObject(subject);
    expect(artifactTypeOf(manifest)).toBe("a/b");
    expect(artifactTypeOf(parseManifest(bytes(image), MANIFEST))).toBe("application/vnd.oci.image.config.v1+json");
    expect(artifactTypeOf(parseManifest(bytes({ schemaVersion: 2, manifests: [] }), INDEX))).toBeUndefined();
  });

  it.each([
    ["no JSON", utf8("{"), MANIFEST],
    ["a list", utf8("[]"), MANIFEST],
    ["null", utf8("null"), MANIFEST],
    ["another type than said", bytes(image), INDEX],
    ["an unknown type", bytes({ ...image, mediaType: "text/plain" }), "text/plain"],
    ["schema 1", bytes({ ...image, schemaVersion: 1 }), MANIFEST],
    ["no config", bytes({ ...image, config: undefined }), MANIFEST],
    ["layers that are no list", bytes({ ...image, layers: {} }), MANIFEST],
    ["a layer without a digest", bytes({ ...image, layers: [{ mediaType: "a/b", size: 1 }] }), MANIFEST],
    ["a negative size", bytes({ ...image, layers: [{ ...(image["config"] as object), size: -1 }] }), MANIFEST],
    ["a broken subject", bytes({ ...image, subject: "x" }), MANIFEST],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), MANIFEST],
  ])("is refused with %s", (_name, body, type) => {
    expect(() => parseManifest(body, type)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });

  it("of more than 4 MiB is refused before it is read", () => {
    expect(() => parseManifest(new Uint8Array(MAX_MANIFEST_BYTES + 1), MANIFEST)).toThrow(
      expect.objectContaining({ code: "SIZE_INVALID" }),
    );
  });

  it("that is any JSON is read or refused, never more", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(MANIFEST, INDEX, undefined), (value, type) => {
        try {
          parseManifest(bytes(value), type);
        } catch (error) {
          expect(error).toMatchObject({ code: "MANIFEST_INVALID" });
        }
      }),
    );
  });
});

describe("a challenge", () => {
  it.each([
    [
      'Bearer realm="https://a.example/token",service="r",scope="repository:a/b:pull,push"',
      { kind: "bearer", realm: "https://a.example/token", service: "r", scope: "repository:a/b:pull,push" },
    ],
    ["bearer realm=https://a/t , service=x", { kind: "bearer", realm: "https://a/t", service: "x" }],
    ['Bearer realm="a\\"b"', { kind: "bearer", realm: 'a"b' }],
    ['Basic realm="x"', { kind: "basic" }],
    ["Bearer", undefined],
    ["Negotiate", undefined],
    ["", undefined],
    [null, undefined],
  ])("%s is read", (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  it("costs linear time, whatever it is", () => {
    expect(parseChallenge(`Bearer ${'a="\\'.repeat(2000)}`)).toBeUndefined();
    expect(parseChallenge(`Bearer ${"a".repeat(100_000)}`)).toBeUndefined();
  });
});
