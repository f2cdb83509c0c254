import { describe, expect, it } from "vitest";
import { withGetters } from "../../engine/plugin/getter-egress.ts";
import {
  parsePluginYaml,
  type PluginCall,
  PluginError,
  type PluginLog,
  type PluginSaid,
  type PluginSource,
  type PolicyPlan,
} from "../../engine/plugin/index.ts";
import { parseConfig } from "../../functions/config/parse.ts";
import type { Log } from "../../functions/http/log.ts";
import { createFunctionPlugins } from "../../functions/releases/function-plugins.ts";
import { createGetters } from "../../functions/releases/getters.ts";
import type { PluginDeps } from "../../functions/releases/plugin-admission.ts";
import { createKeptPlugins } from "../../functions/releases/kept-plugins.ts";
import { createPolicies } from "../../functions/releases/policies.ts";
import { digestOf } from "../support/plugin.ts";
import { i32, type TestModule, wasm } from "../support/wasm.ts";

const DIGEST = `sha256:${"1".repeat(64)}`;
const PLAIN: TestModule = { imports: ["config_get"], code: () => i32(0) };
const ASKING: TestModule = { imports: ["http_request"], code: () => i32(0) };

function yamlOf(type: string, config = "{}"): string {
  return `apiVersion: v1\nname: tool\nversion: 1.0.0\nruntime: extism/v1\ntype: ${type}\nconfig: ${config}\nruntimeConfig: {allowedHosts: ["*"]}\n`;
}

interface Options {
  /** Empty: there is none. */
  readonly yaml: string;
  readonly config: string;
  readonly output?: string | Error;
  readonly logs?: readonly PluginLog[];
  readonly module?: TestModule;
}

/** None of a bare module. */
function metadataOf(yaml: string): Pick<PluginSource, "metadata"> {
  return yaml === "" ? {} : { metadata: parsePluginYaml(yaml) };
}

function setUp({ yaml, config: text, output = "{}", logs = [], module = PLAIN }: Options) {
  const calls: PluginCall[] = [];
  const bytes = wasm(module);
  const source: PluginSource = { name: "tool", digest: digestOf(bytes), bytes, ...metadataOf(yaml) };
  const config = parseConfig(text);
  const deps: PluginDeps = {
    kept: createKeptPlugins(),
    isOwnHost: () => false,
    grants: config.plugins,
    plugins: { resolve: async () => DIGEST as never, open: async () => source },
    host: {
      call: async (call) => {
        calls.push(call);
        if (output instanceof Error) throw output;
        return { output, logs };
      },
    },
  };
  return { deps, calls, config };
}

const SLUG = yamlOf("function/v1", "{functions: ['slug(string) string']}");
const FUNCTIONS = "functions: [{plugin: 'tools/tool:1.0.0', config: {a: b}}]";

describe("configured template functions", () => {
  it("are pinned by digest, and answer with values of their type", async () => {
    const { deps, calls, config } = setUp({ yaml: SLUG, config: FUNCTIONS, output: '{"value":"x"}' });
    const { pin, run } = createFunctionPlugins(deps, config.functions);
    const [plugin] = await pin();
    if (plugin === undefined) throw new Error("nothing pinned");
    const [signature] = plugin.functions;
    expect(plugin).toMatchObject({ plugin: `tools/tool@${DIGEST}`, digest: DIGEST });
    if (signature === undefined) throw new Error("no function");
    expect(await run(plugin, { signature, args: ["X"] })).toEqual({ ok: true, value: "x" });
    expect(JSON.parse(calls[0]?.input ?? "")).toEqual({ name: "slug", args: ["X"] });
    expect(calls[0]?.plugin).toMatchObject({ pure: true, hosts: [], config: { a: "b" } });
  });

  it.each([
    ["another type", yamlOf("policy/v1"), FUNCTIONS, PLAIN, /is a policy\/v1 plugin, and no function\/v1/],
    ["a bare module, which names no function", "", FUNCTIONS, { ...PLAIN, export: "function_v1" }, /names no function/],
    ["a name that is Helm's", yamlOf("function/v1", "{functions: [upper]}"), FUNCTIONS, PLAIN, /name of one of Helm's/],
    [
      "hosts, although they are granted",
      SLUG,
      `${FUNCTIONS}\nplugins: [{plugin: tools/tool, hosts: [a.example]}]`,
      ASKING,
      /no hosts are granted/,
    ],
    [
      "a name that two have",
      SLUG,
      "functions: [{plugin: tools/tool}, {plugin: tools/other}]",
      PLAIN,
      /two plugins have/,
    ],
    ["none of this registry", SLUG, "functions: [{plugin: 'https://x/y'}]", PLAIN, /is not a plugin of this registry/],
  ])("refuse renders with %s", async (_name, yaml, text, module, problem) => {
    const { deps, config } = setUp({ yaml, config: text, module });
    await expect(createFunctionPlugins(deps, config.functions).pin()).rejects.toMatchObject({
      code: "render-failed",
      message: expect.stringMatching(problem),
    });
  });
});

describe("what a plugin logs", () => {
  const logs = [{ level: "info", text: "with canary-of-config, b" }] as const;
  const heard = [{ plugin: "tool", lines: [{ level: "info", text: "with [secret], b" }] }];
  const text = "functions: [{plugin: 'tools/tool:1.0.0', config: {apiToken: canary-of-config, a: bbbb}}]";
  const call = async (options: Pick<Options, "output" | "logs">) => {
    const { deps, config } = setUp({ yaml: SLUG, config: text, ...options });
    const { pin, run } = createFunctionPlugins(deps, config.functions);
    const [plugin] = await pin();
    const [signature] = plugin?.functions ?? [];
    if (plugin === undefined || signature === undefined) throw new Error("nothing pinned");
    const said: PluginSaid[] = [];
    const answer = await run(plugin, { signature, args: ["X"] }, undefined, (one) => said.push(one)).catch(String);
    return { said, answer };
  };

  it("is told without what its configuration calls secret", async () => {
    expect((await call({ output: '{"value":"x"}', logs })).said).toMatchObject(heard);
  });

  it("is told of a call that fails, too, whose own words are cleared as well", async () => {
    const error = new PluginError("trap", "no canary-of-config", { guest: "canary-of-config!" }, { logs });
    const { said, answer } = await call({ output: error });
    expect(said).toMatchObject(heard);
    expect(answer).toBe("PluginError: no [secret]");
  });
});

const PLAN: PolicyPlan = { action: "install", release: { name: "web", namespace: "n" }, objects: [] };
const FINDING = {
  severity: "deny",
  object: { apiVersion: "v1", kind: "Pod", namespace: "", name: "a" },
  field: "spec",
  message: "no",
};

describe("configured policies", () => {
  const at = { cluster: "prod", namespace: "shop", name: "web" };

  it.each([
    ["", true],
    ["clusters: [prod]", true],
    ["clusters: ['p*'], releases: ['shop/*']", true],
    ["clusters: [test]", false],
    ["releases: ['other/*']", false],
  ])("judge the releases that match: {%s} %s", async (patterns, isJudged) => {
    const text = `policies: [{plugin: tools/tool${patterns === "" ? "" : `, ${patterns}`}}]`;
    const output = JSON.stringify({ results: [FINDING] });
    const { deps, config, calls } = setUp({ yaml: yamlOf("policy/v1"), config: text, output });
    const judge = createPolicies(deps, config.policies)(at);
    expect(judge !== undefined).toBe(isJudged);
    if (judge === undefined) return;
    expect(await judge(PLAN)).toEqual([{ policy: "tool", findings: [FINDING] }]);
    expect(JSON.parse(calls[0]?.input ?? "")).toEqual({ plan: PLAN });
  });

  it.each([
    ["{}", "results is missing"],
    ['{"results":{}}', "results is no list"],
    ['{"results":[{}]}', "results[0].severity is missing or wrong"],
    [JSON.stringify({ results: [{ ...FINDING, severity: "allow" }] }), "results[0].severity"],
    [JSON.stringify({ results: [{ ...FINDING, object: {} }] }), "results[0].apiVersion"],
    [JSON.stringify({ results: [{ ...FINDING, message: "" }] }), "results[0].message"],
    [JSON.stringify({ results: [{ ...FINDING, field: 1 }] }), "results[0].field"],
    [JSON.stringify({ results: Array.from({ length: 10_001 }, () => 0) }), "more than 10000 items"],
  ])("that answer %.40s have not judged", async (output, problem) => {
    const { deps, config } = setUp({ yaml: yamlOf("policy/v1"), config: "policies: [{plugin: tools/tool}]", output });
    const judge = createPolicies(deps, config.policies)(at);
    await expect(judge?.(PLAN)).rejects.toMatchObject({
      code: "malformed-output",
      message: expect.stringContaining(problem),
    });
  });
});

const UPSTREAM = "upstreams: [{name: far, kind: classic, url: 's3://bucket/charts'}]";
const GETTER = "getters: [{plugin: tools/tool, protocols: [s3]}]";

describe("configured getters", () => {
  const none = { send: () => Promise.reject(new Error("not by the network")) };
  const policy = { name: "upstream far", hosts: ["bucket"], elsewhere: "listed" as const };

  const log: object[] = [];
  async function get(output: string | Error, url: string, logs: readonly PluginLog[] = []) {
    const yaml = yamlOf("getter/v1", "{protocols: [s3]}");
    const { deps, config, calls } = setUp({ yaml, config: GETTER, output, logs });
    const write: Log["write"] = (level, message, fields) => void log.push({ level, message, ...fields });
    const egress = withGetters(
      none,
      createGetters(() => deps, config.getters, { write }),
    );
    const authorization = `Basic ${Buffer.from("me:se:cret").toString("base64")}`;
    const response = await egress.send({ method: "GET", url, headers: { authorization, accept: "a/b" }, policy });
    return { status: response.status, text: await new Response(response.body).text(), calls };
  }

  it("fetch what URLs of their schemes stand for", async () => {
    const data = Buffer.from("entries: {}").toString("base64");
    const { status, text, calls } = await get(JSON.stringify({ data }), "s3://bucket/charts/index.yaml");
    expect([status, text]).toEqual([200, "entries: {}"]);
    expect(JSON.parse(calls[0]?.input ?? "")).toMatchObject({
      href: "s3://bucket/charts/index.yaml",
      protocol: "s3",
      options: { Username: "me", Password: "se:cret", AcceptHeader: "a/b", Timeout: 120_000_000_000 },
    });
  });

  it("log to the server's log, without credentials", async () => {
    const text = "GET s3://bucket/a?signature=canary-sig&v=1 as me with se:cret";
    log.length = 0;
    await get('{"data":""}', "s3://bucket/a?signature=canary-sig&v=1", [{ level: "error", text }]);
    expect(log).toMatchObject([
      {
        level: "error",
        message: "plugin",
        plugin: "tool",
        text: "GET s3://bucket/a?signature=[secret]&v=1 as me with [secret]",
      },
    ]);
    const error = new PluginError("guest-error", "plugin tool: no se:cret");
    await expect(get(error, "s3://bucket/a")).rejects.toSatisfy(
      (one) => !JSON.stringify(String(one)).includes("se:cret"),
    );
  });

  it("have no provenance where they tell an error", async () => {
    const told = new PluginError("guest-error", "plugin tool: no such key");
    expect((await get(told, "s3://bucket/charts/a-1.tgz.prov")).status).toBe(404);
    await expect(get(told, "s3://bucket/charts/a-1.tgz")).rejects.toMatchObject({ code: "unreachable" });
    const late = new PluginError("timeout", "plugin tool: it did not end");
    await expect(get(late, "s3://bucket/charts/a-1.tgz.prov")).rejects.toMatchObject({ name: "EgressError" });
  });

  it.each([
    ["an upstream whose scheme no getter serves", UPSTREAM, /no getter serves s3/],
    [
      "a registry of another scheme",
      `${UPSTREAM.replace("classic", "oci")}\n${GETTER}`,
      /must be an http or https URL/,
    ],
    [
      "a getter that is fetched by a getter",
      `${UPSTREAM}\n${GETTER}\nprojects: [{kind: proxy, name: tools, upstream: far}]`,
      /tools is a group, or read by a getter/,
    ],
    [
      "a scheme of Slipway's own",
      GETTER.replace("[s3]", "[https]"),
      /must be a scheme that no getter of Slipway's own has/,
    ],
  ])("are refused: %s", (_name, text, problem) => {
    expect(() => parseConfig(text)).toThrow(problem);
  });

  it("may serve an upstream", () => {
    const { upstreams } = parseConfig(`${UPSTREAM}\n${GETTER}\nprojects: [{kind: proxy, name: far, upstream: far}]`);
    expect(upstreams[0]?.url).toBe("s3://bucket/charts");
  });
});
