import { assert, integer, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { admitPlugin, inspect, NO_GRANT, parsePluginYaml, PluginError } from "../../../engine/plugin/index.ts";
import { writeU32 } from "../../../engine/plugin/wasm-bytes.ts";
import { readWasm } from "../../../engine/plugin/wasm-module.ts";
import { admitted, digestOf, grantOf } from "../../support/plugin.ts";
import { i32, i64, type TestModule, wasm } from "../../support/wasm.ts";

const PLAIN: TestModule = { code: () => i32(0) };
const YAML = "apiVersion: v1\nname: labels\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: extism/v1\n";
const importing = (...imports: readonly string[]): TestModule => ({ imports, code: () => i32(0) });

/** The module with tables of functions, which stand between its functions and its memory. */
function withTables(bytes: Uint8Array, least: readonly number[]): Uint8Array<ArrayBuffer> {
  const { sections } = readWasm(bytes);
  const at = sections.find(({ id }) => id > 3)?.start ?? bytes.length;
  const body = [...writeU32(least.length), ...least.flatMap((one) => [0x70, 0, ...writeU32(one)])];
  return Uint8Array.from([...bytes.subarray(0, at), 4, ...writeU32(body.length), ...body, ...bytes.subarray(at)]);
}

function withYaml(yaml: string, module: TestModule = PLAIN, grant = NO_GRANT) {
  const bytes = wasm(module);
  return admitPlugin({ name: "file", digest: digestOf(bytes), bytes, metadata: parsePluginYaml(yaml) }, grant);
}

describe("admission of a plugin", () => {
  it.each<[string, TestModule, ReturnType<typeof grantOf>, string, string]>([
    [
      "HTTP without hosts",
      importing("http_request"),
      NO_GRANT,
      "not-granted",
      "it imports extism:host/env http_request, and no hosts are granted",
    ],
    [
      "variables where there are none",
      importing("var_set"),
      grantOf({ varBytes: 0 }),
      "not-granted",
      "it imports extism:host/env var_set, and no variables are granted",
    ],
    [
      "logging where there is none",
      importing("log_info"),
      grantOf({ logBytes: 0 }),
      "not-granted",
      "it imports extism:host/env log_info, and no logging is granted",
    ],
    [
      "a function that Extism does not have",
      importing("exec"),
      NO_GRANT,
      "not-granted",
      "it imports extism:host/env exec, which is no function of Extism",
    ],
    [
      "a host function of somebody's own",
      importing("extism:host/user/kube_get"),
      NO_GRANT,
      "not-granted",
      "it imports extism:host/user kube_get, and no host function of that name exists",
    ],
    [
      "a function that WASI does not have",
      importing("wasi:fork"),
      NO_GRANT,
      "not-granted",
      "it imports wasi_snapshot_preview1 fork, which is no function of WASI preview 1",
    ],
    ["no entry function", { ...PLAIN, export: "main" }, NO_GRANT, "wrong-abi", "unknown function: helm_plugin_main"],
    [
      "an entry with parameters",
      { ...PLAIN, parameters: 1 },
      NO_GRANT,
      "wrong-abi",
      "helm_plugin_main must be a function without parameters that returns nothing or a code",
    ],
    [
      "more memory than granted",
      { ...PLAIN, memory: [20] },
      grantOf({ pages: 10 }),
      "out-of-memory",
      "it needs 20 pages of memory; it may have 10",
    ],
  ])("refuses %s", (_name, module, grant, code, problem) => {
    expect(() => admitted(module, grant)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(problem) }),
    );
  });

  it.each([
    ["one", [10_000_000]],
    ["all together", [60_000, 60_000]],
  ])("refuses tables whose elements are too many before anything runs: %s", (_name, least) => {
    expect(() => admitted(withTables(wasm(PLAIN), least))).toThrow(
      expect.objectContaining({ code: "out-of-memory", message: expect.stringContaining("its tables begin with") }),
    );
  });

  it("lets tables grow to what is left for all of them", () => {
    const { tables } = readWasm(admitted(withTables(wasm(PLAIN), [20_000, 0])).bytes);
    expect(tables).toEqual([
      { least: 20_000, most: 60_000 },
      { least: 0, most: 40_000 },
    ]);
  });

  it("names the plugin and its digest", () => {
    const bytes = wasm(importing("http_request"));
    const digest = digestOf(bytes);
    expect(() => admitPlugin({ name: "evil", digest, bytes }, NO_GRANT)).toThrow(
      expect.objectContaining({ detail: { plugin: "evil", digest, import: "extism:host/env http_request" } }),
    );
  });

  it.each([
    ["nothing", { result: "none", code: () => [] }],
    ["an i64", { result: "i64", code: () => i64(0) }],
    ["an i32", PLAIN],
  ] as const)("takes an entry that returns %s", (_name, module) => {
    expect(admitted(module)).toMatchObject({ type: "postrenderer/v1", entry: "helm_plugin_main" });
  });

  it.each([
    ["postrenderer_v1", "postrenderer/v1"],
    ["getter_v1", "getter/v1"],
    ["cli_v1", "cli/v1"],
    ["function_v1", "function/v1"],
    ["policy_v1", "policy/v1"],
  ])("knows a bare module by its export %s", (name, type) => {
    expect(admitted({ ...PLAIN, export: name })).toMatchObject({ type, entry: name });
  });

  it("refuses a module of 50 MB, whatever is in it", () => {
    const bytes = wasm({ ...PLAIN, padding: 50_000_000 });
    expect(() => admitted(bytes)).toThrow(expect.objectContaining({ code: "invalid-module" }));
  });

  it("takes the lower of what is granted and what the author asks for", () => {
    const yaml = `${YAML}runtimeConfig: {timeout: 100, memory: {maxPages: 3}, config: {a: own, b: own}, entryFuncName: go}\n`;
    const plugin = withYaml(
      yaml,
      { ...PLAIN, export: "go" },
      grantOf({ milliseconds: 5000 }, { config: { b: "granted" } }),
    );
    expect(plugin).toMatchObject({ name: "labels", entry: "go", config: { a: "own", b: "granted" } });
    expect(plugin.limits).toMatchObject({ milliseconds: 100, pages: 3, varBytes: NO_GRANT.limits.varBytes });
  });

  it.each([
    ["[]", []],
    ["[api.example.com]", ["api.example.com"]],
    ["['*.example.com']", ["api.example.com", "b.example.com:8443"]],
    ["['*']", ["api.example.com", "b.example.com:8443", "other.org"]],
    ["['api*com', '*.net']", ["api.example.com"]],
  ])("gives a plugin that asks for %s only the granted ones of them", (asked, hosts) => {
    const granted = ["api.example.com", "b.example.com:8443", "other.org"];
    const plugin = withYaml(`${YAML}runtimeConfig: {allowedHosts: ${asked}}\n`, PLAIN, grantOf({}, { hosts: granted }));
    expect(plugin.hosts).toEqual(hosts);
  });

  it.each([
    ["subprocess", YAML.replace("extism/v1", "subprocess"), "unsupported-runtime", /Build it as a WASM plugin/],
    [
      "host functions",
      `${YAML}runtimeConfig: {hostFunctions: [f]}\n`,
      "not-granted",
      /^plugin requested host function "f" not found$/,
    ],
    ["files", `${YAML}runtimeConfig: {fileSystem: {createTempDir: true}}\n`, "missing-capability", /createTempDir/],
  ])("refuses a plugin.yaml that needs %s, and says what to do", (_name, yaml, code, message) => {
    expect(() => withYaml(yaml)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it("caps the memory in the module itself, and leaves a lower cap of its own", () => {
    const capOf = (memory: readonly [number, number?]): number | undefined =>
      inspect({ name: "x" }, admitted({ ...PLAIN, memory }, grantOf({ pages: 10 })).bytes).memories[0]?.most;
    expect([capOf([1]), capOf([1, 5]), capOf([1, 300])]).toEqual([10, 5, 10]);
  });

  it("refuses damaged modules with its own error, and never does anything else", () => {
    const good = wasm({ ...importing("alloc", "output_set"), memory: [1, 2] });
    const check = (bytes: Uint8Array): void => {
      try {
        admitted(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(PluginError);
      }
    };
    for (let length = 0; length < good.length; length++) check(good.subarray(0, length));
    assert(
      property(uint8Array({ maxLength: 64 }), (tail) => check(Uint8Array.from([...good.subarray(0, 8), ...tail]))),
    );
    assert(
      property(integer({ min: 0, max: good.length - 1 }), integer({ min: 0, max: 255 }), (at, byte) => {
        check(good.with(at, byte));
      }),
    );
  });
});
