import { assert, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { type PluginMetadata, parsePluginYaml, PluginError } from "../../../engine/plugin/index.ts";
import { PLUGIN_YAML_CASES } from "./plugin-yaml-table.ts";

function answerTo(yaml: string): { readonly error: string } | { readonly listed: readonly string[] } {
  try {
    const { name, version, config, apiVersion } = parsePluginYaml(yaml);
    return { listed: [name, version ?? "", config.type, apiVersion] };
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return { error: error.message };
  }
}

const HEAD = "apiVersion: v1\nname: x\nversion: 1.0.0\n";

describe("plugin.yaml", () => {
  it.each(PLUGIN_YAML_CASES)("is read as helm reads it: %s", (_name, yaml, answer) => {
    expect(answerTo(yaml)).toEqual(answer);
  });

  it("gives what a WASM plugin asks for", () => {
    const yaml =
      `${HEAD}type: postrenderer/v1\nruntime: extism/v1\nsourceURL: https://example.com\nruntimeConfig:\n` +
      "  memory: {maxPages: 16, maxHttpResponseBytes: 1, maxVarBytes: 2}\n  config: {a: b, n: 1}\n" +
      "  allowedHosts: ['*.example.com']\n  fileSystem: {createTempDir: true}\n  timeout: 500\n" +
      "  hostFunctions: [f]\n  entryFuncName: main\n";
    expect(parsePluginYaml(yaml)).toEqual({
      apiVersion: "v1",
      name: "x",
      version: "1.0.0",
      sourceUrl: "https://example.com",
      config: { type: "postrenderer/v1" },
      runtime: {
        kind: "extism/v1",
        maxPages: 16,
        maxHttpResponseBytes: 1,
        maxVarBytes: 2,
        config: { a: "b", n: "1" },
        allowedHosts: ["*.example.com"],
        createTempDir: true,
        timeout: 500,
        hostFunctions: ["f"],
        entry: "main",
      },
    } satisfies PluginMetadata);
  });

  it.each([
    ["function/v1 names its functions", "function/v1", "{functions: [shout]}", undefined],
    ["a function plugin without functions", "function/v1", "{}", "function plugin has no functions"],
    [
      "a name that no template can write",
      "function/v1",
      "{functions: [a, 'b c']}",
      "function plugin has an invalid function at index 1",
    ],
    ["a function with its types", "function/v1", "{functions: ['slug(string, ...int) string']}", undefined],
    [
      "a type that is none",
      "function/v1",
      "{functions: ['slug(text) string']}",
      "function plugin has an invalid function at index 0",
    ],
    ["a function twice", "function/v1", "{functions: [a, 'a() string']}", "function plugin has the function a twice"],
    ["policy/v1 has no config", "policy/v1", "{}", undefined],
  ])("knows the types of our own: %s", (_name, type, config, problem) => {
    const answer = answerTo(`${HEAD}type: ${type}\nruntime: extism/v1\nconfig: ${config}\n`);
    const expected =
      problem === undefined
        ? { listed: ["x", "1.0.0", type, "v1"] }
        : { error: `config validation failed: ${problem}` };
    expect(answer).toEqual(expected);
  });

  it("cleans a legacy plugin's usage and keeps its protocols", () => {
    const legacy = 'name: x\ncommand: a\nusage: "a\\tb\\u0007c"\ndescription: d\n';
    expect(parsePluginYaml(legacy).config).toEqual({
      type: "cli/v1",
      usage: "",
      shortHelp: "a bc",
      longHelp: "d",
      ignoreFlags: false,
    });
    const getter = "name: x\ndownloaders: [{command: d, protocols: [s3, gs]}, {command: e, protocols: [http]}]\n";
    expect(parsePluginYaml(getter).config).toEqual({ type: "getter/v1", protocols: ["s3", "gs", "http"] });
  });

  it("refuses whatever is no plugin.yaml, and does nothing else", () => {
    assert(
      property(
        oneof(
          string(),
          string().map((text) => `${HEAD}type: cli/v1\nruntime: extism/v1\nconfig: ${text}`),
        ),
        (text) => {
          answerTo(text);
        },
      ),
    );
  });
});
