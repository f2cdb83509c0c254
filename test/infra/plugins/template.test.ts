import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../engine/errors.ts";
import { compile } from "../../../infra/build-plugins.ts";
import { openModule, openPlugin } from "../../support/first-party-plugin.ts";
import { schemaProblem } from "./message-schema.ts";

const call = await openPlugin("template");

const CALLS: readonly (readonly [name: string, args: readonly JsonValue[], output: JsonValue])[] = [
  ["slug", ["Web Shop 2"], { value: "web-shop-2" }],
  ["slug", ["  --Ä--  "], { value: "" }],
  ["slug", ["a".repeat(70)], { value: "a".repeat(63) }],
  ["slug", [[]], { error: "slug takes one text" }],
  ["same", [], { error: "same takes one value" }],
  ["other", [], { error: 'function "other" is not in this plugin' }],
];

describe("the template of the kit for AssemblyScript", () => {
  it.each(CALLS)("answers %s %j with %j", async (name, args, output) => {
    const input = { name, args: [...args] };
    expect(await call(input)).toEqual({ output });
    expect(schemaProblem("function/v1", "input", input)).toBe("");
    expect(schemaProblem("function/v1", "output", output)).toBe("");
  });

  it("takes and gives any value of JSON", async () => {
    const value = fc.jsonValue({ maxDepth: 5, stringUnit: "binary" });
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        const sent = JSON.parse(JSON.stringify(one)) as JsonValue;
        expect(await call({ name: "same", args: [sent] })).toEqual({ output: { value: sent } });
      }),
      { numRuns: 200 },
    );
  });
});

describe("a policy with the kit for AssemblyScript", async () => {
  const judge = openModule(await compile("test/data/plugins/kit-policy.ts"));
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "n" } };
  const ref = { apiVersion: "v1", kind: "Pod", namespace: "n", name: "a" };

  it.each([
    ["no hook", {}, "not web"],
    ["a hook", { hook: ["test", "post-install"] }, "not web by test,post-install"],
  ])("sees %s", async (_what, more, message) => {
    const plan = {
      action: "test",
      release: { name: "web", namespace: "n" },
      objects: [{ action: "create", object, ...more }],
    };
    const output = { results: [{ severity: "deny", object: ref, field: "kind", message }] };
    expect(await judge({ plan })).toEqual({ output });
    expect(schemaProblem("policy/v1", "input", { plan })).toBe("");
    expect(schemaProblem("policy/v1", "output", output)).toBe("");
  });
});

describe("a getter with the kit for AssemblyScript", async () => {
  const get = openModule(await compile("test/data/plugins/kit-getter.ts"));

  it.each(["", "a", "ab", "abc", "ü€😀"])("gives the bytes of %j", async (end) => {
    const input = { href: `s3://${end}`, protocol: "s3", options: { Timeout: 5 } };
    const data = Buffer.from(`s3://${end}5`).toString("base64");
    expect(await get(input)).toEqual({ output: { data } });
    expect(schemaProblem("getter/v1", "output", { data })).toBe("");
  });

  it("refuses in the author's words", async () => {
    expect(await get({ href: "" })).toEqual({ error: "no protocol" });
  });
});
