import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../engine/errors.ts";
import { jsonEqual } from "../../../engine/object/equal.ts";
import {
  formatApiVersion,
  formatGvk,
  gvkOf,
  keyOf,
  keyText,
  parseApiVersion,
  sameKey,
} from "../../../engine/object/gvk.ts";
import { integerAt, listAt, memberAt, objectAt, stringAt } from "../../../engine/object/json.ts";
import {
  getAnnotation,
  getAnnotations,
  getLabels,
  getName,
  getNamespace,
  getUid,
  isTerminating,
  parseObject,
} from "../../../engine/object/read.ts";

const web: JsonValue = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop", uid: "u1", labels: { a: "b", n: 1 }, annotations: { "x/y": "z" } },
  extra: { kept: true },
};

describe("parseObject", () => {
  it("takes what has apiVersion, kind and metadata, and keeps all else", () => {
    expect(parseObject(web)).toBe(web);
  });
  for (const bad of [
    undefined,
    null,
    "x",
    [],
    {},
    { apiVersion: "v1", kind: "Pod" },
    { apiVersion: "", kind: "Pod", metadata: {} },
    { apiVersion: "v1", kind: 1, metadata: {} },
    { apiVersion: "v1", kind: "Pod", metadata: [] },
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(parseObject(bad)).toBeUndefined();
    });
  }
});

describe("readers", () => {
  const object = parseObject(web);
  it("read what is there and call the rest absent", () => {
    if (object === undefined) throw new Error("no object");
    expect([getName(object), getNamespace(object), getUid(object)]).toEqual(["web", "shop", "u1"]);
    expect(getLabels(object)).toEqual({ a: "b" });
    expect(getAnnotations(object)).toEqual({ "x/y": "z" });
    expect([getAnnotation(object, "x/y"), getAnnotation(object, "toString")]).toEqual(["z", undefined]);
    expect(isTerminating(object)).toBe(false);
    const bare = parseObject({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
    });
    if (bare === undefined) throw new Error("no object");
    expect([getName(bare), getNamespace(bare), getUid(bare), isTerminating(bare)]).toEqual(["", "", undefined, true]);
  });
  it("keeps a label named __proto__ a label", () => {
    const odd = parseObject(JSON.parse('{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"__proto__":"x"}}}'));
    if (odd === undefined) throw new Error("no object");
    expect(Object.keys(getLabels(odd))).toEqual(["__proto__"]);
  });
  it("walk paths without ever meeting inherited members", () => {
    expect(memberAt(web, "metadata", "labels", "a")).toBe("b");
    expect(memberAt(web, "constructor")).toBeUndefined();
    expect(memberAt(web, "metadata", "name", "length")).toBeUndefined();
    expect([objectAt(web, "extra"), objectAt(web, "kind")]).toEqual([{ kept: true }, undefined]);
    expect([listAt({ a: [1] }, "a"), listAt({ a: {} }, "a")]).toEqual([[1], []]);
    expect([integerAt({ a: 1 }, "a"), integerAt({ a: 1.5 }, "a"), integerAt({ a: 2 ** 60 }, "a")]).toEqual([
      1,
      undefined,
      undefined,
    ]);
    expect(stringAt({ a: 1 }, "a")).toBeUndefined();
  });
});

describe("names", () => {
  it("print group, version and kind as Go does", () => {
    expect(formatGvk({ group: "apps", version: "v1", kind: "Deployment" })).toBe("apps/v1, Kind=Deployment");
    expect(formatGvk({ group: "", version: "v1", kind: "Service" })).toBe("/v1, Kind=Service");
    for (const text of ["v1", "apps/v1", "a.b/v1beta1"]) expect(formatApiVersion(parseApiVersion(text))).toBe(text);
  });
  it("ignore the version in keys", () => {
    const object = parseObject(web);
    const other = parseObject({ ...web, apiVersion: "apps/v1beta1" });
    if (object === undefined || other === undefined) throw new Error("no object");
    expect(sameKey(keyOf(object), keyOf(other))).toBe(true);
    expect(keyText(keyOf(object))).toBe("apps/Deployment/shop/web");
    expect(gvkOf(other).version).toBe("v1beta1");
  });
});

describe("jsonEqual", () => {
  const equal: [JsonValue, JsonValue][] = [
    [1, 1],
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [0.5, 0.5],
  ];
  const unequal: [JsonValue, JsonValue][] = [
    [1, "1"],
    [null, {}],
    [[], {}],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [2 ** 60, 2 ** 60],
  ];
  for (const [a, b] of equal)
    it(`${JSON.stringify(a)} equals ${JSON.stringify(b)}`, () => expect(jsonEqual(a, b)).toBe(true));
  for (const [a, b] of unequal)
    it(`${JSON.stringify(a)} is not ${JSON.stringify(b)}`, () => expect(jsonEqual(a, b)).toBe(false));
  it("calls what is too deep unequal rather than to end the process", () => {
    const deep = (): JsonValue => JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(jsonEqual(deep(), deep())).toBe(false);
  });
});
