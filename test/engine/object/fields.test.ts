import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../engine/errors.ts";
import {
  formatPathElement,
  parsePathElement,
  printFieldPath,
  type FieldPath,
} from "../../../engine/object/field-path.ts";
import {
  fieldPaths,
  fieldsOf,
  formatFieldsV1,
  hasField,
  parseFieldsV1,
  subtree,
  unionFields,
} from "../../../engine/object/fields-v1.ts";
import { formatEntry, managedFieldsOf } from "../../../engine/object/managed-fields-entry.ts";
import { quantitiesEqual } from "../../../engine/object/quantity.ts";
import { parseObject } from "../../../engine/object/read.ts";

const deployment: JsonValue = {
  "f:metadata": { "f:labels": { "f:app.kubernetes.io/name": {} }, "f:finalizers": { 'v:"a/b"': {} } },
  "f:spec": {
    "f:replicas": {},
    "f:template": {
      "f:spec": {
        "f:containers": {
          'k:{"name":"web"}': { ".": {}, "f:image": {}, "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': {} } },
        },
      },
    },
  },
};

function tree(json: JsonValue): NonNullable<ReturnType<typeof parseFieldsV1>> {
  const parsed = parseFieldsV1(json);
  if (parsed === undefined) throw new Error("no fields");
  return parsed;
}

describe("fieldsV1", () => {
  it("lists its paths as conflicts print them", () => {
    expect(fieldPaths(tree(deployment)).map(printFieldPath).sort()).toEqual([
      '.metadata.finalizers[="a/b"]',
      ".metadata.labels.app.kubernetes.io/name",
      ".spec.replicas",
      '.spec.template.spec.containers[name="web"]',
      '.spec.template.spec.containers[name="web"].image',
      '.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]',
    ]);
  });
  it("is written as it was read", () => {
    expect(formatFieldsV1(tree(deployment))).toEqual(deployment);
    expect(formatFieldsV1(tree({}))).toEqual({});
  });
  it("drops what it does not know and refuses what is too deep", () => {
    expect(formatFieldsV1(tree({ "x:new": {}, "f:a": { "k:broken": {} }, plain: {} }))).toEqual({ "f:a": {} });
    let deep: JsonValue = {};
    for (let i = 0; i < 500; i++) deep = { "f:a": deep };
    expect(parseFieldsV1(deep)).toBeUndefined();
    expect(parseFieldsV1("text")).toBeUndefined();
  });
  it("joins sets", () => {
    const joined = unionFields(tree({ "f:a": { "f:b": {} } }), tree({ "f:a": { ".": {}, "f:c": {} }, "f:d": {} }));
    expect(formatFieldsV1(joined)).toEqual({ "f:a": { ".": {}, "f:b": {}, "f:c": {} }, "f:d": {} });
  });
  it("finds fields and what lies below them", () => {
    const fields = tree({ "f:a": { "f:b": {} } });
    const [a, b]: FieldPath = [
      { kind: "field", name: "a" },
      { kind: "field", name: "b" },
    ];
    if (a === undefined || b === undefined) throw new Error("no path");
    expect([hasField(fields, [a, b]), hasField(fields, [a]), hasField(fields, [b])]).toEqual([true, false, false]);
    expect(subtree(fields, [a])?.children.size).toBe(1);
  });

  const step = fc.oneof(
    fc.string({ minLength: 1, maxLength: 5 }).map((name) => ({ kind: "field", name }) as const),
    fc.string({ maxLength: 5 }).map((value) => ({ kind: "key", fields: [{ name: "name", value }] }) as const),
    fc
      .oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean())
      .map((value) => ({ kind: "value", value }) as const),
    fc.nat({ max: 9 }).map((index) => ({ kind: "index", index }) as const),
  );
  it("keeps any set of paths through writing and reading", () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (paths) => {
        const fields = fieldsOf(paths);
        const again = tree(formatFieldsV1(fields));
        for (const path of paths) expect(hasField(again, path)).toBe(true);
        expect(formatFieldsV1(again)).toEqual(formatFieldsV1(fields));
      }),
    );
  });
  it("never throws on any JSON", () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => void parseFieldsV1(JSON.parse(JSON.stringify(json)))));
  });
});

describe("path elements", () => {
  it("sort key fields by name", () => {
    const element = parsePathElement('k:{"b":1,"a":"x"}');
    expect(element === undefined ? "" : formatPathElement(element)).toBe('k:{"a":"x","b":1}');
  });
  for (const bad of ["", "f", "x:y", "fy", "k:[]", "k:1", "v:", "i:", "i:x", `f:${"x".repeat(5000)}`]) {
    it(`refuses ${bad.slice(0, 12)}`, () => expect(parsePathElement(bad)).toBeUndefined());
  }
  it("print as Go's %v and %q", () => {
    const print = (text: string): string => {
      const element = parsePathElement(text);
      return element === undefined ? "" : printFieldPath([element]);
    };
    expect(print('v:"a\\"b\\n"')).toBe('[="a\\"b\\n"]');
    expect(print("v:true")).toBe("[=true]");
    expect(print("v:null")).toBe("[=null]");
    expect(print("i:3")).toBe("[3]");
    expect(print('v:"\\u0001é\\\\"')).toBe('[="\\x01é\\\\"]');
  });
});

describe("managed fields entries", () => {
  it("are read and written; what is none is left out", () => {
    const entry = {
      manager: "kubectl",
      operation: "Update",
      apiVersion: "apps/v1",
      time: "2026-01-01T00:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
      subresource: "scale",
    };
    const object = parseObject({
      apiVersion: "v1",
      kind: "X",
      metadata: { managedFields: [entry, 1, { manager: "x" }] },
    });
    if (object === undefined) throw new Error("no object");
    const read = managedFieldsOf(object);
    expect(read.length).toBe(1);
    expect(read.map(formatEntry)).toEqual([entry]);
  });
});

describe("quantities", () => {
  const equal: [JsonValue, JsonValue][] = [
    ["1000m", "1"],
    ["1", 1],
    [0.5, "500m"],
    ["1Gi", "1024Mi"],
    ["1k", "1e3"],
    ["1E", "1e18"],
    ["0.5Gi", "512Mi"],
    ["-1", "-1000m"],
    ["100n", "0.1u"],
    [".5", "0.5"],
    ["5.", "5"],
    ["0", "0Gi"],
    ["1.50", "1.5"],
  ];
  const unequal: [JsonValue, JsonValue][] = [
    ["1", "2"],
    ["1G", "1Gi"],
    ["", ""],
    ["x", "x"],
    ["1", null],
    ["1 ", "1"],
    [".", "0"],
    ["1e999", "1e999"],
    ["0.0000000001", "0.0000000001"],
    [true, true],
  ];
  for (const [a, b] of equal)
    it(`${JSON.stringify(a)} = ${JSON.stringify(b)}`, () => expect(quantitiesEqual(a, b)).toBe(true));
  for (const [a, b] of unequal)
    it(`${JSON.stringify(a)} is not, or cannot be told to be, ${JSON.stringify(b)}`, () =>
      expect(quantitiesEqual(a, b)).toBe(false));
});
