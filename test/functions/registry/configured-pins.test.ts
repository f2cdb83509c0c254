import { describe, expect, it } from "vitest";
import { OciError } from "../../../engine/oci/error.ts";
import { PluginError } from "../../../engine/plugin/index.ts";
import { parseConfig } from "../../../functions/config/parse.ts";
import { withConfiguredPins } from "../../../functions/registry/configured-pins.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const POLICIES = "policies: [{plugin: 'tools/policy:1'}, {plugin: 'oci://own.example/tools/policy:1', clusters: [a]}]";
const GETTERS = `getters: [{plugin: 'tools/getter@${digest("b")}', protocols: [s3]}]`;
const FUNCTIONS = "functions: [{plugin: tools/functions}, {plugin: 'oci://other.example/tools/x:1'}]";

function open(text: string, failure?: Error) {
  const asked: (string | undefined)[] = [];
  const source = { page: async () => ({ digests: [digest("f")], next: "more" }) };
  const pins = withConfiguredPins(source, {
    config: parseConfig(text),
    isOwnHost: (host) => host === "own.example",
    plugins: () => ({
      resolve: async ({ name }) => {
        asked.push(name);
        if (failure !== undefined) throw failure;
        return digest(name === "policy" ? "a" : "c") as never;
      },
    }),
  });
  return { pins, asked };
}

describe("the pins of configured plugins", () => {
  it.each([
    ["policies, by what their tags say", POLICIES, ["a", "a"]],
    ["getters by their digest", GETTERS, ["b"]],
    ["template functions of this registry", FUNCTIONS, ["c"]],
    ["none", "", []],
  ])("are on the first page: %s", async (_name, text, expected) => {
    const { pins } = open(text);
    expect(await pins.page(undefined, 10)).toEqual({ digests: [...expected, "f"].map(digest), next: "more" });
    expect((await pins.page("more", 10)).digests).toEqual([digest("f")]);
  });

  it.each([
    ["is not there", new PluginError("not-found", "none")],
    ["is not signed", new OciError("SIGNATURE_REQUIRED")],
  ])("are none for a plugin that %s", async (_name, failure) => {
    expect((await open(POLICIES, failure).pins.page(undefined, 10)).digests).toEqual([digest("f")]);
  });

  it("stop a collection where nobody can tell", async () => {
    await expect(open(POLICIES, new Error("store")).pins.page(undefined, 10)).rejects.toThrow("store");
  });
});
