import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../engine/errors.ts";
import { createVeil } from "../../../engine/plan/veil.ts";

const SECRET = "canary-91aa0c";
const KEY = `-----BEGIN KEY-----\n${"Zm9vYmFy".repeat(12)}\n-----END KEY-----\n`;
const QUOTED = `pa"ss'w\\ord é<1>`;

function secretOf(data: Readonly<Record<string, string>>, stringData: Readonly<Record<string, string>> = {}) {
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data, stringData };
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a veil", () => {
  const veil = createVeil({
    objects: [
      secretOf({ a: base64(SECRET), key: base64(KEY) }, { quoted: QUOTED }),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { open: "everybody-knows" } },
    ],
    values: { db: { password: "hunter2", existingSecret: "name-of-a-secret" }, replicas: 3 },
  });

  test.each<[string, string, string]>([
    ["a text of a Secret", `is ${SECRET}.`, "is [secret]."],
    ["it in base64", `is ${base64(SECRET)}.`, "is [secret]."],
    ["a text of stringData", QUOTED, "[secret]"],
    ["it in base64, wrapped", `${base64(QUOTED).slice(0, 10)}\n${base64(QUOTED).slice(10)}`, "[secret]"],
    ["it as JSON", JSON.stringify({ a: QUOTED }), '{"a":"[secret]"}'],
    ["it as JSON in JSON", JSON.stringify({ a: JSON.stringify(QUOTED) }), '{"a":"\\"[secret]\\""}'],
    ["it as Go writes JSON", String.raw`"pa\"ss'w\\ord \u00e9\u003c1\u003e"`, '"[secret]"'],
    ["it in YAML's single quotes", `'pa"ss''w\\ord é<1>'`, "'[secret]'"],
    ["a part of a long one", `begins ${"Zm9vYmFy".repeat(3)}`, "begins [secret]"],
    [
      "lines of a block",
      JSON.stringify(`key: |\n  ${KEY.replaceAll("\n", "\n  ")}\nx: y`),
      '"key: |\\n  [secret]\\n  \\nx: y"',
    ],
    ["a sensitive value", "is hunter2", "is [secret]"],
    ["one behind a backslash that makes an escape of it", "DOMAIN\\" + SECRET, "DOMAIN\\[secret]"],
    ["nothing of other objects", "everybody-knows 3", "everybody-knows 3"],
    ["no name of a Secret", "name-of-a-secret", "name-of-a-secret"],
  ])("hides %s", (_name, text, shown) => {
    expect(veil.text(text)).toBe(shown);
  });

  test("hides what begins in one line and ends in another", () => {
    const lines = ["before", `x ${SECRET.slice(0, 5)}`, "", `${SECRET.slice(5)} y`, "after"];
    expect(veil.lines(lines)).toEqual(["before", "x [secret]", "[secret]", "[secret] y", "after"]);
    expect(veil.lines([`a ${SECRET} b ${SECRET}`, SECRET])).toEqual(["a [secret] b [secret]", "[secret]"]);
  });

  test("hides what reads as an escape behind a backslash", () => {
    const near = createVeil({ objects: [], values: { token: "no-such" } });
    expect(near.text("a\\no-such b")).toBe("a\\n[secret] b");
  });

  test.each<[string, JsonObject[] | undefined, string]>([
    ["nothing is known of secrets", undefined, "harmless"],
    ["there are more secrets than are looked for", [secretOf({ a: "x".repeat(1024 * 1024 + 1) })], "harmless"],
    ["there is more text than is looked through", [secretOf({})], "y".repeat(1024 * 1024 + 1)],
  ])("shows nothing where %s", (_name, objects, text) => {
    const blind = createVeil(objects === undefined ? undefined : { objects, values: {} });
    expect(blind.lines([text])).toEqual(["[hidden: what is secret in the input cannot be told]"]);
  });
});
